#include <assay/score/sample_rows.hpp>

#include "scores.hpp"

using namespace assay;
using assay::test::Column;
using assay::test::contains;
using assay::test::message_of;
using assay::test::Numbers;
using assay::test::Wholes;
using assay::test::Words;

namespace {

SampleSpec spec_of() {
  SampleSpec spec;
  spec.case_id = "id";
  spec.decision = "d";
  spec.verdict = "v";
  spec.labels = Labels{{"remove"}, {}, {}};
  return spec;
}

/// Two strata: all three cases of x, one of five of y.
std::vector<Column> sample() {
  return {{"id", Words{"007", "008", "009", "010"}}, {"d", Words{"remove", "allow", "allow", "allow"}},
          {"stratum", Words{"x", "x", "x", "y"}},    {"stratum_population", Wholes{3, 3, 3, 5}},
          {"stratum_size", Wholes{3, 3, 3, 1}},      {"inclusion_probability", Numbers{1, 1, 1, 0.2}},
          {"weight", Numbers{1, 1, 1, 5}},           {"decision_population", Wholes{1, 2, 2, 5}}};
}

std::vector<Column> audits() { return {{"id", Words{"010", "007"}}, {"v", Words{"remove", "allow"}}}; }

struct Read {
  io::Stream drawn;
  io::Stream found;
  detail::SampleRows rows;

  Read(const SampleSpec& spec, const std::vector<Column>& sample, const std::vector<Column>& audits)
      : drawn{test::stream_of(sample)}, found{test::stream_of(audits)}, rows{spec, drawn, found} {}
};

std::string refusal(const SampleSpec& spec, const std::vector<Column>& drawn,
                    const std::vector<Column>& found = audits()) {
  return message_of<InputError>([&] { const Read read{spec, drawn, found}; });
}

std::vector<Column> with(std::vector<Column> columns, const std::string& name, const decltype(Column::second)& values) {
  for (auto& column : columns)
    if (column.first == name) column.second = values;
  return columns;
}

}  // namespace

TEST_CASE("audits lie beside the cases they are about, in the sample's order", "[score]") {
  const SampleSpec spec = spec_of();
  const Read read{spec, sample(), audits()};
  REQUIRE(read.rows.size() == 4);
  CHECK(read.rows.audited(0));
  CHECK(read.rows.verdict(0) == "allow");
  CHECK(read.rows.decision(0) == "remove");
  CHECK_FALSE(read.rows.audited(1));
  CHECK(read.rows.verdict(3) == "remove");
  CHECK(read.rows.facts().size() == 2);
  CHECK(read.rows.facts()[1].population == 5.0);
  CHECK(read.rows.facts()[1].sampled == 1.0);
  CHECK(read.rows.facts()[0].acted_population == 1.0);
  CHECK(read.rows.facts()[1].acted_population == 0.0);
}

TEST_CASE("right or wrong can stand for the verdict", "[score]") {
  SampleSpec spec = spec_of();
  spec.verdict.clear();
  spec.correct = "ok";
  const Read read{spec, sample(), {{"id", Words{"008"}}, {"ok", Words{"false"}}}};
  CHECK(read.rows.audited(1));
  CHECK_FALSE(read.rows.correct(1));
  CHECK_FALSE(read.rows.audited(0));
}

TEST_CASE("a column of the audits has no value where a case has no audit", "[score]") {
  SampleSpec spec = spec_of();
  spec.by = {"reason"};
  std::vector<Column> found = audits();
  found.emplace_back("reason", Words{"rushed", "unclear"});
  const Read read{spec, sample(), found};
  CHECK(read.rows.audit_names() == std::set<std::string>{"reason"});
  CHECK(read.rows.by(0).dictionary.values.text(read.rows.by(0).codes[3]) == "rushed");
  CHECK(read.rows.by(0).codes[1] == io::no_code);
}

TEST_CASE("what the sample excludes was never waited for, what an audit excludes came back", "[score]") {
  SampleSpec spec = spec_of();
  spec.exclude = "incident";
  std::vector<Column> drawn = sample();
  drawn.emplace_back("incident", Words{"true", "false", "false", "false"});
  const Read by_sample{spec, drawn, audits()};
  CHECK(by_sample.rows.excluded(0));
  CHECK_FALSE(by_sample.rows.waited_for(0));
  std::vector<Column> found = audits();
  found.emplace_back("incident", Words{"true", "false"});
  const Read by_audit{spec, sample(), found};
  CHECK(by_audit.rows.excluded(3));
  CHECK(by_audit.rows.waited_for(3));
}

TEST_CASE("a stratum that is missing as a whole is noticed by what the draw said of itself", "[score]") {
  SampleSpec spec = spec_of();
  std::vector<Column> lost = sample();
  for (auto& [name, values] : lost) std::visit([](auto& each) { each.resize(3); }, values);
  const std::vector<Column> found{{"id", Words{"007"}}, {"v", Words{"allow"}}};
  CHECK_NOTHROW(Read{spec, lost, found});  // a sample of an earlier version says nothing of itself
  spec.drawn_strata = 2;
  CHECK_NOTHROW(Read{spec, sample(), audits()});
  CHECK(contains(refusal(spec, lost, found),
                 "wanted the whole sample, 2 strata with 3 cases, got 1 stratum with 3 cases"));
  spec.drawn_cases = 4;
  CHECK_NOTHROW(Read{spec, sample(), audits()});
  CHECK(contains(refusal(spec, lost, found),
                 "wanted the whole sample, 2 strata with 4 cases, got 1 stratum with 3 cases in column "
                 "'sample_design'; pass the whole sample"));
  spec.drawn_strata = {};
  CHECK(contains(refusal(spec, lost, found), "with 4 cases, got 1 stratum with 3 cases"));
}

TEST_CASE("ids that lost the zeros before them are recognised", "[score]") {
  const std::string mend = "where ids begin with zeros, read their column as text in both files";
  const std::string lost = refusal(spec_of(), sample(), {{"id", Wholes{10, 7}}, {"v", Words{"allow", "allow"}}});
  CHECK(contains(lost, "an audit of case '10', which is not in the sample"));
  CHECK(contains(lost, "the sample has '010': " + mend));
  const std::string kept = refusal(spec_of(), with(sample(), "id", Wholes{7, 8, 9, 10}), audits());
  CHECK(contains(kept, "an audit of case '010'"));
  CHECK(contains(kept, "the sample has '10': " + mend));
  const std::string strange = refusal(spec_of(), sample(), {{"id", Words{"0"}}, {"v", Words{"allow"}}});
  CHECK(contains(strange, "drop the audit, or pass the sample it belongs to"));
}

TEST_CASE("an empty sample may have been read before", "[score]") {
  std::vector<Column> none = sample();
  for (auto& [name, values] : none) std::visit([](auto& each) { each.clear(); }, values);
  CHECK(contains(refusal(spec_of(), none), "an empty table; a reader, stream or generator can be read only once"));
}

TEST_CASE("a sample that was altered is refused by column and row", "[score]") {
  const auto refused = [](const std::string& column, const decltype(Column::second)& values) {
    return refusal(spec_of(), with(sample(), column, values));
  };
  CHECK(contains(refused("id", Words{"007", "008", "008", "010"}), "each case once in the sample, got '008' again"));
  CHECK(contains(refused("stratum_population", Numbers{3, 3, 3, 5.5}), "a whole number of cases, at least 1, got 5.5"));
  CHECK(contains(refused("stratum_size", Wholes{3, 3, 3, 6}), "at most its stratum_population 5, got 6"));
  CHECK(contains(refused("stratum_population", Wholes{3, 3, 4, 5}), "one stratum_population and stratum_size"));
  CHECK(contains(refused("inclusion_probability", Numbers{1, 1, 1, 0.3}), "wanted 0.2"));
  CHECK(contains(refused("weight", Numbers{1, 2, 1, 5}), "'weight', row 1"));
  CHECK(contains(refused("decision_population", Wholes{1, 2, 2, 6}), "at most the stratum's population of 5, got 6"));
  CHECK(contains(refused("decision_population", Wholes{1, 2, 1, 5}), "one decision_population for each kind"));
  CHECK(contains(refused("stratum_size", Wholes{2, 2, 2, 1}), "inclusion_probability"));
  CHECK(contains(refusal(spec_of(), {{"id", Words{"1"}}}), "a table without 'stratum'"));
}

TEST_CASE("labels and audits that do not belong are refused", "[score]") {
  SampleSpec spec = spec_of();
  spec.known_labels = {"remove", "allow"};
  CHECK(contains(refusal(spec, with(sample(), "d", Words{"remove", "allow", "alow", "allow"})), "'alow'"));
  CHECK(contains(refusal(spec, sample(), {{"id", Words{"007"}}, {"v", Words{"remvoe"}}}), "'remvoe'"));
  CHECK(contains(refusal(spec, sample(), {{"id", Words{"007", "007"}}, {"v", Words{"allow", "allow"}}}),
                 "a second audit of case '007'"));
  spec.by = {"nowhere"};
  CHECK(contains(refusal(spec, sample()), "a column named 'nowhere'"));
  spec.by = {"site"};
  std::vector<Column> drawn = sample();
  drawn.emplace_back("site", Words(4, "a"));
  std::vector<Column> found = audits();
  found.emplace_back("site", Words(2, "a"));
  CHECK(contains(refusal(spec, drawn, found), "in the sample or in the audits, got one in each"));
}
