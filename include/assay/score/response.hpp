#pragma once
/// \file
/// Pooling of labels of which no audit came back.

#include <algorithm>
#include <map>
#include <set>

#include <assay/score/design.hpp>

namespace assay::detail {

/// Response by decision of one stratum.
using Responses = std::map<io::Code, Response>;

/// Whether of some label nothing came back.
[[nodiscard]] inline bool some_silent(const Responses& responses) {
  return std::any_of(responses.begin(), responses.end(),
                     [](const auto& entry) { return entry.second.answered == 0.0; });
}

/// Labels that agree in `key` share one response wherever one of them has no answer.
template <class Key>
void pool_where_needed(Responses& responses, const Key& key) {
  std::map<int, Response> pools;
  std::set<int> needed;
  for (const auto& [label, response] : responses) {
    Response& joined = pools[key(label)];
    joined.sampled += response.sampled;
    joined.answered += response.answered;
    if (response.answered == 0.0) needed.insert(key(label));
  }
  for (auto& [label, response] : responses)
    if (needed.contains(key(label)))
      response = {pools[key(label)].sampled, pools[key(label)].answered, -1 - key(label)};
}

/// Pools labels of which nothing came back: with those of the same kind, or, where that does not help, with the whole
/// stratum.
///
/// \param kind_of a label's kind, a whole number from 0 to 8.
template <class Kind>
void pool_silent(Responses& responses, const Kind& kind_of) {
  int pool = 0;
  for (auto& [label, response] : responses) response.pool = pool++;
  const Responses original = responses;
  if (some_silent(responses)) pool_where_needed(responses, kind_of);
  if (some_silent(responses)) {
    responses = original;
    pool_where_needed(responses, [](io::Code) { return 9; });
  }
}

}  // namespace assay::detail
