#pragma once
/// \file
/// A small operation to draw from.

#include <cstdint>
#include <vector>

#include <assay/sampling/frame.hpp>
#include <sampling/frames.hpp>

namespace assay::test {

/// 10 cases in eu (2 of them undecided), 6 in us, 1 in zz; sites 1 and 2 by turns.
[[nodiscard]] inline Frame operation(unsigned threads = 1, std::int64_t batch = 0) {
  std::vector<std::int64_t> cases;
  std::vector<std::int64_t> sites;
  TextsOrNulls queues;
  TextsOrNulls labels;
  for (int i = 0; i < 17; ++i) {
    cases.push_back(100 - i);
    sites.push_back(i % 2 + 1);
    queues.push_back(i < 10 ? "eu" : i < 16 ? "us" : "zz");
    labels.push_back(i < 2 ? "skip" : i % 3 == 0 ? "remove" : "approve");
  }
  FrameColumns columns;
  columns.case_id = "case";
  columns.decision = "label";
  columns.by = {"site", "queue"};
  columns.labels = Labels{{"remove"}, {}, {"skip"}};
  io::Stream stream = TableOf{}
                          .numbers("case", cases)
                          .numbers("site", sites)
                          .texts("queue", queues)
                          .texts("label", labels)
                          .stream(batch);
  return Frame::read(columns, stream, threads);
}

}  // namespace assay::test
