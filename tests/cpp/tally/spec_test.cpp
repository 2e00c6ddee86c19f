#include <assay/tally/spec.hpp>
#include <assay_test.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;

namespace {

TallySpec plain() {
  TallySpec spec;
  spec.decision = "decision";
  spec.verdict = "verdict";
  return spec;
}

template <class Change>
std::string said(const Change& change) {
  TallySpec spec = plain();
  change(spec);
  return message_of<InputError>([&] { spec.check(); });
}

}  // namespace

TEST_CASE("columns that contradict one another are refused", "[tally][spec]") {
  CHECK(said([](TallySpec&) {}) == "(nothing was thrown)");
  CHECK(contains(said([](TallySpec& spec) { spec.correct = "ok"; }), "got both"));
  CHECK(contains(said([](TallySpec& spec) { spec.verdict.clear(); }), "got neither"));
  CHECK(said([](TallySpec& spec) { spec.decision.clear(); }) == "wanted decision= beside verdict=, got none");
  CHECK(said([](TallySpec& spec) { spec.by = {"a", "b", "a"}; }) == "wanted each column once, got 'a' twice");
  CHECK(said([](TallySpec& spec) { spec.strata = {"a", "a"}; }) == "wanted each column once, got 'a' twice");
  CHECK(said([](TallySpec& spec) {
          spec.by = {"a"};
          spec.strata = {"a"};
        }) == "(nothing was thrown)");
  CHECK(contains(said([](TallySpec& spec) {
                   spec.by = {"a"};
                   spec.groupings = {{"b"}};
                 }),
                 "wanted a column that was tallied ('a'), got 'b'; name it in by="));
  CHECK(
      contains(said([](TallySpec& spec) { spec.groupings.resize(4097); }), "wanted at most 4096 groupings, got 4097"));
  CHECK(contains(said([](TallySpec& spec) {
                   for (int i = 0; i < 65; ++i) spec.by.push_back("c" + std::to_string(i));
                 }),
                 "wanted at most 64 columns in by= and strata=, got 65"));
}

TEST_CASE("kept groupings are the maximal ones, strata always among them", "[tally][spec]") {
  TallySpec spec = plain();
  spec.by = {"a", "b", "c"};
  spec.strata = {"s", "b"};
  CHECK(spec.dimensions() == std::vector<std::string>{"a", "b", "c", "s"});
  CHECK(spec.kept() == std::vector<Grouping>{{1, 3}});
  spec.groupings = {{}, {"a"}, {"c", "a"}, {"b"}};
  CHECK(spec.kept() == std::vector<Grouping>{{0, 1, 2, 3}});
  spec.strata.clear();
  CHECK(spec.kept() == std::vector<Grouping>{{0, 2}, {1}});
  CHECK(spec.grouping_of({"c", "a", "c"}) == Grouping{0, 2});
}

TEST_CASE("a long list of names is not recited to its end", "[tally][spec]") {
  CHECK(TallySpec::listed({}) == "none");
  CHECK(TallySpec::listed({"a", "b"}) == "'a', 'b'");
  const std::string many = TallySpec::listed(std::vector<std::string>(1000, "label"));
  CHECK(many.size() < 1000);
  CHECK(contains(many, "and 960 more"));
}

TEST_CASE("labels are judged only beside a verdict", "[tally][spec]") {
  TallySpec spec = plain();
  CHECK_FALSE(spec.judged());
  spec.labels = Labels{{"remove"}, {}, {}};
  CHECK(spec.judged());
  spec.verdict.clear();
  spec.correct = "ok";
  CHECK_FALSE(spec.judged());
  CHECK_FALSE(spec.weighted());
  spec.weight = "w";
  CHECK(spec.weighted());
}

TEST_CASE("every column that is read is named", "[tally][spec]") {
  TallySpec spec = plain();
  spec.by = {"a"};
  spec.strata = {"s"};
  spec.weight = "w";
  spec.exclude = "x";
  spec.measures = {{"m", "n", "d", any_outcome}};
  CHECK(spec.columns() == std::vector<std::string>{"a", "s", "decision", "verdict", "w", "x", "n", "d"});
}

TEST_CASE("a description survives its journey as bytes", "[law][tally][spec]") {
  TallySpec spec = plain();
  spec.by = {"a", "b"};
  spec.groupings = {{}, {"a"}, {"b", "a"}};
  spec.strata = {"s"};
  spec.weight = "w";
  spec.exclude = "x";
  spec.labels = Labels{{"remove", "ban"}, {"keep"}, {"skip"}};
  spec.measures = {{"m", "n", "d", outcomes(Outcome::leakage)}, {"k", "n", "e", any_outcome}};
  for (const auto& missing :
       {std::optional<std::string>{}, std::optional<std::string>{""}, std::optional<std::string>{"(none)"}}) {
    spec.missing = missing;
    io::Writer out;
    detail::write_spec(out, spec);
    const Bytes bytes = out.finish(io::Kind::tally, 1);
    io::Reader in{bytes, io::Kind::tally, 1};
    CHECK(detail::read_spec(in) == spec);
    CHECK_NOTHROW(in.done());
  }
}
