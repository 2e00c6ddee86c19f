#include <limits>

#include <assay_test.hpp>
#include <tally/rows.hpp>

using namespace assay;
using namespace assay::test;

namespace {

TallySpec random_spec(Random& random) {
  TallySpec spec;
  spec.decision = "decision";
  spec.verdict = "verdict";
  const std::vector<std::string> all{"site", "queue", "appealed", "day"};
  for (const std::string& name : all)
    if (random.below(3) != 0) spec.by.push_back(name);
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    std::vector<std::string> names;
    for (const std::string& name : spec.by)
      if (random.below(2) == 0) names.push_back(name);
    spec.groupings.push_back(names);
  }
  for (const std::string& name : all)
    if (random.below(5) == 0) spec.strata.push_back(name);
  if (random.below(2) == 0) spec.weight = "weight";
  if (random.below(2) == 0) spec.exclude = "excluded";
  if (random.below(3) == 0) spec.measures = {{"views", "views", "reach", outcomes(Outcome::leakage, Outcome::wrong)}};
  spec.labels = some_meanings(random.below(2) == 0);
  spec.missing = "(none)";
  return spec;
}

Tally counted(const TallySpec& spec, const Batches& batches, unsigned threads = 1, bool closed = false) {
  io::Stream stream = batches.stream();
  return tally_table(spec, stream, threads, closed);
}

void check_against_map(const Tally& tally, const std::vector<Decision>& rows) {
  const TallySpec& spec = tally.spec();
  const auto names = spec.dimensions();
  for (std::size_t g = 0; g < tally.groupings().size(); ++g) {
    NaiveCells known;
    std::uint64_t scored = 0;
    std::uint64_t undecided = 0;
    std::uint64_t excluded = 0;
    for (const Decision& row : rows) {
      const auto outcome = outcome_by_hand(row, spec.judged());
      if (!outcome) {
        ++undecided;
        continue;
      }
      if (!spec.exclude.empty() && row.excluded) {
        ++excluded;
        continue;
      }
      ++scored;
      std::vector<std::string> key;
      for (const std::size_t d : tally.groupings()[g]) key.push_back(word_of(row, names[d]));
      NaiveCell& cell = known[key];
      ++cell.counts[*outcome];
      add_weight(cell.weights[*outcome], cell.squares[*outcome], row.weight);
    }
    REQUIRE(tally.rows() == scored);
    REQUIRE(tally.undecided() == undecided);
    REQUIRE(tally.excluded() == excluded);
    const Cells& cells = tally.cells(g);
    REQUIRE(cells.size() == known.size());
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      std::vector<std::string> key;
      for (std::size_t d = 0; d < tally.groupings()[g].size(); ++d)
        key.push_back(tally.dictionaries()[tally.groupings()[g][d]].words(cells.codes(cell)[d]));
      const auto found = known.find(key);
      REQUIRE(found != known.end());
      for (std::size_t outcome = 0; outcome < cells.classes(); ++outcome) {
        REQUIRE(cells.counts(cell)[outcome] == found->second.counts[outcome]);
        if (!cells.weighted()) continue;
        REQUIRE(found->second.weights[outcome].equals(cells.weights(cell, outcome)));
        REQUIRE(found->second.squares[outcome].equals(cells.squares(cell, outcome)));
      }
    }
  }
}

TallySpec plain() {
  TallySpec spec;
  spec.by = {"x"};
  spec.groupings = {{"x"}};
  spec.decision = "d";
  spec.verdict = "v";
  return spec;
}

std::string said(const TallySpec& spec, const Batches& batches, unsigned threads = 1, bool closed = false) {
  return message_of<AssayError>([&] { (void)counted(spec, batches, threads, closed); });
}

Batches three(const Array& x, const Array& d, const Array& v) {
  Batches out{{"x", "d", "v"}};
  out.add({x, d, v}, static_cast<std::size_t>(x.length));
  return out;
}

}  // namespace

TEST_CASE("a tally counts what a map counts, and its sums are exact", "[law][tally][read]") {
  Random random{21};
  for (int trial = 0; trial < 40; ++trial) {
    const TallySpec spec = random_spec(random);
    const auto rows = random_decisions(random.below(1500), random);
    const Tally tally = counted(spec, batches_of(rows, 0, rows.size(), random), 1);
    check_against_map(tally, rows);
  }
}

TEST_CASE("any split of the rows, any layout, any threads and any order of merging give equal bytes",
          "[law][tally][read]") {
  Random random{22};
  for (int trial = 0; trial < 30; ++trial) {
    const TallySpec spec = random_spec(random);
    const auto rows = random_decisions(random.below(1200), random);
    const Bytes whole = counted(spec, batches_of(rows, 0, rows.size(), random)).to_bytes();
    for (unsigned threads = 1; threads <= 8; ++threads)
      REQUIRE(counted(spec, batches_of(rows, 0, rows.size(), random, 200), threads).to_bytes() == whole);
    // Parts that are merged as they come to hand, some of them by way of bytes.
    std::vector<Tally> parts;
    for (std::size_t from = 0; from < rows.size();) {
      const std::size_t count = std::min<std::size_t>(rows.size() - from, 1 + random.below(400));
      parts.push_back(counted(spec, batches_of(rows, from, from + count, random), 2));
      from += count;
    }
    parts.emplace_back(spec);
    parts.emplace_back();
    while (parts.size() > 1) {
      const std::size_t one = random.below(parts.size());
      Tally taken = random.below(3) == 0 ? Tally::from_bytes(parts[one].to_bytes()) : parts[one];
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(one));
      Tally& other = parts[random.below(parts.size())];
      if (random.below(2) == 0) std::swap(taken, other);
      other.merge(taken);
    }
    if (!rows.empty()) REQUIRE(parts[0].to_bytes() == whole);
  }
}

TEST_CASE("several ranges of rows and batches give equal bytes on any number of threads", "[law][tally][read]") {
  Random random{23};
  TallySpec spec;
  spec.by = {"site", "queue"};
  spec.groupings = {{"site"}, {"queue"}};
  spec.decision = "decision";
  spec.verdict = "verdict";
  spec.weight = "weight";
  spec.missing = "(none)";
  auto rows = random_decisions(2000, random);
  Batches batches = empty_batches();
  const Formats formats = Formats::random(random);
  for (int copy = 0; copy < 2; ++copy) {
    std::vector<Decision> many;
    while (many.size() < 150'000) many.insert(many.end(), rows.begin(), rows.end());
    batches.add(columns_of(many, 0, many.size(), formats, 0, random), many.size());
  }
  const Bytes one = counted(spec, batches, 1).to_bytes();
  for (const unsigned threads : {2U, 3U, 8U}) CHECK(counted(spec, batches, threads).to_bytes() == one);
}

TEST_CASE("combinations too many for dense blocks count the same", "[law][tally][read]") {
  // 3,000 x 3,000 combinations are far beyond the dense blocks; each column alone is not.
  Random random{24};
  Integers one;
  Integers other;
  test::Texts decisions;
  test::Texts verdicts;
  Reals weights;
  std::map<std::pair<std::int64_t, std::int64_t>, std::array<std::uint64_t, 2>> both;
  std::map<std::int64_t, std::array<std::uint64_t, 2>> single;
  for (int i = 0; i < 30'000; ++i) {
    one.emplace_back(random.below(3000));
    other.emplace_back(random.below(random.below(2) == 0 ? 5 : 3000));
    decisions.emplace_back("a");
    verdicts.emplace_back(random.below(4) == 0 ? "b" : "a");
    weights.emplace_back(2.0);
    ++both[{*one.back(), *other.back()}][verdicts.back() == "a" ? 0 : 1];
    ++single[*one.back()][verdicts.back() == "a" ? 0 : 1];
  }
  for (const bool weighted : {false, true}) {
    TallySpec spec;
    spec.by = {"one", "other", "third"};
    spec.groupings = {{"one", "other"}, {"one", "third"}};
    spec.decision = "d";
    spec.verdict = "v";
    if (weighted) spec.weight = "w";
    Batches batches{{"one", "other", "third", "d", "v", "w"}};
    batches.add({integers("s", one), integers("i", other), integers("l", Integers(one.size(), 1)),
                 texts("u", decisions), texts("u", verdicts), numbers<double>("g", weights)},
                one.size());
    const Tally tally = counted(spec, batches, 3);
    REQUIRE(tally.groupings() == std::vector<Grouping>{{0, 1}, {0, 2}});
    REQUIRE(tally.cells(0).size() == both.size());
    REQUIRE(tally.cells(1).size() == single.size());
    for (std::size_t cell = 0; cell < tally.cells(0).size(); ++cell) {
      const auto codes = tally.cells(0).codes(cell);
      const auto& counts =
          both.at({tally.dictionaries()[0].integer(codes[0]), tally.dictionaries()[1].integer(codes[1])});
      for (std::size_t outcome = 0; outcome < 2; ++outcome) {
        REQUIRE(tally.cells(0).counts(cell)[outcome] == counts[outcome]);
        if (weighted)
          REQUIRE(tally.cells(0).squares(cell, outcome).value() == 4.0 * static_cast<double>(counts[outcome]));
      }
    }
  }
}

TEST_CASE("measures are sums over the rows they are limited to", "[tally][read]") {
  Batches batches{{"x", "d", "v", "w", "n", "m"}};
  batches.add({texts("u", {"a", "a", "b", "a"}), texts("u", {"keep", "keep", "keep", "skip"}),
               texts("u", {"keep", "ban", "ban", "ban"}), numbers<double>("g", Reals{1, 2, 4, 8}),
               integers("s", {10, 20, 30, 40}), dictionary("c", {0, 0, 1, 1}, numbers<double>("g", Reals{100, 1000}))},
              4);
  TallySpec spec = plain();
  spec.weight = "w";
  spec.labels = Labels{{"ban"}, {}, {"skip"}};
  spec.measures = {{"lost", "n", "m", outcomes(Outcome::leakage)}, {"all", "n", "m", any_outcome}};
  const Tally tally = counted(spec, batches);
  REQUIRE(tally.cells(0).size() == 2);
  const std::size_t a = tally.dictionaries()[0].text(tally.cells(0).codes(0)[0]) == "a" ? 0 : 1;
  const MeasureSums& lost = tally.cells(0).measure(a, 0);
  CHECK(lost.y.value() == 40);
  CHECK(lost.x.value() == 300);
  CHECK(lost.yy.value() == 1600);
  CHECK(lost.xy.value() == 8000);
  CHECK(lost.xx.value() == 50'000);
  CHECK(tally.cells(0).measure(a, 1).y.value() == 50);
  CHECK(tally.cells(0).measure(1 - a, 0).y.value() == 120);

  spec.measures[0].numerator = "d";
  CHECK(contains(said(spec, batches), "wanted a number, got 'keep' in column 'd', row 0"));
}

TEST_CASE("correct= answers without labels", "[tally][read]") {
  TallySpec spec;
  spec.by = {"x"};
  spec.correct = "ok";
  Batches batches{{"x", "ok"}};
  batches.add({texts("u", {"a", "b", "a"}), bools({true, true, false})}, 3);
  const Tally tally = counted(spec, batches);
  REQUIRE(tally.cells(0).size() == 1);
  CHECK(tally.cells(0).counts(0)[0] == 2);
  CHECK(tally.cells(0).counts(0)[1] == 1);
  CHECK(tally.decisions().empty());
}

TEST_CASE("labels met are those of rows, not of unused categories", "[tally][read]") {
  const Batches batches = three(integers("i", {1, 1}), dictionary("c", {1, 2}, texts("u", {"unused", "keep", "ban"})),
                                dictionary("c", {0, 1}, texts("u", {"ban", "keep", "typo"})));
  const Tally tally = counted(plain(), batches, 1, true);
  CHECK(tally.decisions() == std::set<std::string>{"ban", "keep"});
  CHECK(tally.verdicts() == std::set<std::string>{"ban", "keep"});
}

TEST_CASE("values that only rows set aside have leave no trace in the bytes", "[tally][read]") {
  TallySpec spec = plain();
  spec.labels = Labels{{}, {}, {"skip"}};
  const Tally with =
      counted(spec, three(texts("u", {"a", "only here"}), texts("u", {"keep", "skip"}), texts("u", {"keep", "keep"})));
  CHECK(with.undecided() == 1);
  REQUIRE(with.dictionaries()[0].size() == 1);
  CHECK(with.dictionaries()[0].text(0) == "a");
}

TEST_CASE("a verdict no decision knows is refused with the row of the first", "[law][tally][read]") {
  test::Texts decisions(100'000, "keep");
  test::Texts verdicts(100'000, "keep");
  Integers xs(100'000, 1);
  decisions[99'999] = "ban";
  verdicts[5] = "ban";  // met as a decision later
  verdicts[70'001] = "kepe";
  verdicts[70'000] = "bann";
  verdicts[99'000] = "kepe";
  const Batches batches = three(integers("i", xs), texts("u", decisions), texts("vu", verdicts));
  for (unsigned threads = 1; threads <= 8; ++threads)
    REQUIRE(said(plain(), batches, threads, true) ==
            "wanted verdicts among the labels of the decisions ('ban', 'keep') or declared ones, got 'bann' in column "
            "'v', row "
            "70000 (counting from 0); mend the label, or declare it in violating= or not_violating=");
  CHECK(said(plain(), batches, 2, false) == "(nothing was thrown)");
  TallySpec declared = plain();
  declared.labels = Labels{{"bann", "kepe"}, {}, {}};
  CHECK(said(declared, batches, 2, true) == "(nothing was thrown)");
}

TEST_CASE("with both meanings declared the list of labels is closed", "[tally][read]") {
  TallySpec spec = plain();
  spec.labels = Labels{{"ban"}, {"keep"}, {"skip"}};
  const Array x = integers("i", {1, 1});
  CHECK(said(spec, three(x, texts("u", {"ban", "skip"}), texts("u", {"keep", "ban"}))) == "(nothing was thrown)");
  CHECK(contains(said(spec, three(x, texts("u", {"ban", "bann"}), texts("u", {"keep", "ban"}))),
                 "got 'bann' in column 'd', row 1"));
  CHECK(contains(said(spec, three(x, texts("u", {"ban", "ban"}), texts("u", {"kept", "ban"}))),
                 "got 'kept' in column 'v', row 0"));
}

TEST_CASE("the first faulty row is reported, whatever the number of threads", "[law][tally][read]") {
  constexpr std::size_t count = 300'000;
  for (int trial = 0; trial < 3; ++trial)
    for (unsigned threads = 1; threads <= 8; ++threads) {
      Reals weights(count, 1.0);
      weights[200'001] = -2.0;
      weights[280'000] = std::nan("");
      TallySpec spec = plain();
      spec.weight = "w";
      Batches batches{{"x", "d", "v", "w"}};
      test::Texts labels(count, "keep");
      batches.add(
          {integers("i", Integers(count, 1)), texts("u", labels), texts("u", labels), numbers<double>("g", weights)},
          count);
      REQUIRE(
          said(spec, batches, threads) ==
          "wanted a finite weight above 0, got -2 in column 'w', row 200001 (counting from 0); mend or drop the row");
    }
}

TEST_CASE("faulty rows say their column and their row of the table", "[tally][read]") {
  const Array good = texts("u", {"a", "b"});
  const Array null = texts("u", {"a", std::nullopt});
  const auto second = [&](const Array& x, const Array& d, const Array& v) {
    Batches out{{"x", "d", "v"}};
    return out.add({good, good, good}, 2).add({x, d, v}, 2);
  };
  CHECK(contains(said(plain(), second(null, good, good)), "wanted a value, got null in column 'x', row 3"));
  CHECK(contains(said(plain(), second(good, null, good)), "wanted a decision, got null in column 'd', row 3"));
  CHECK(contains(said(plain(), second(good, good, null)), "wanted a verdict, got null in column 'v', row 3"));
  TallySpec missing = plain();
  missing.missing = "?";
  CHECK(said(missing, second(null, good, good)) == "(nothing was thrown)");
  CHECK(contains(said(missing, second(good, good, null)), "got null in column 'v', row 3"));
  TallySpec absent = plain();
  absent.verdict = "w";
  CHECK(contains(said(absent, second(good, good, good)),
                 "wanted a column named 'w', got a table with the columns 'x', 'd', 'v'"));
  TallySpec weighted = plain();
  weighted.weight = "x";
  CHECK(contains(said(weighted, second(good, good, good)), "wanted a number, got 'a' in column 'x', row 0"));
  CHECK(
      contains(said(plain(), three(numbers<double>("g", Reals{1, 2}), good, good)), "got real numbers in column 'x'"));
}

TEST_CASE("weights at their limits are counted, beyond them refused", "[tally][read]") {
  const auto with = [](double weight) {
    TallySpec spec = plain();
    spec.weight = "w";
    Batches batches{{"x", "d", "v", "w"}};
    const Array two = texts("u", {"a", "a"});
    return message_of<InputError>([&] {
      io::Stream stream = batches.add({two, two, two, numbers<double>("g", Reals{1.0, weight})}, 2).stream();
      const Tally tally = tally_table(spec, stream);
      CHECK(tally.cells(0).weights(0, 0).value() == 1.0 + weight);
    });
  };
  CHECK(with(least_weight) == "(nothing was thrown)");
  CHECK(with(0x1p35) == "(nothing was thrown)");
  CHECK(contains(with(0x1p36), "wanted a weight between"));
  CHECK(contains(with(0.0), "row 1"));
  CHECK(contains(with(std::numeric_limits<double>::infinity()), "got inf"));
}

TEST_CASE("a table without rows is nothing at all", "[tally][read]") {
  const Array none = texts("u", {});
  const Tally tally = counted(plain(), three(none, none, none), 4, true);
  CHECK(tally.rows() == 0);
  CHECK(tally == Tally{plain()});
}

TEST_CASE("progress can stop the counting, and a failing producer keeps its words", "[tally][read]") {
  const Array one = texts("u", {"a"});
  io::Stream stream = three(one, one, one).stream();
  CHECK_THROWS_AS(tally_table(plain(), stream, 1, false, [](std::int64_t) { return false; }), io::Cancelled);
  CHECK(contains(said(plain(), three(one, one, one).then_fail("lost connection"), 3), "lost connection"));
}

TEST_CASE("a column of ids named as decision by mistake is counted or refused, not fatal", "[tally][read]") {
  test::Texts ids;
  for (int i = 0; i < 60'000; ++i) ids.emplace_back("case " + std::to_string(i));
  const Array column = texts("u", ids);
  const Array one = integers("i", Integers(ids.size(), 1));
  const Tally tally = counted(plain(), three(one, column, column));
  CHECK(tally.cells(0).counts(0)[0] == 60'000);
  CHECK(tally.decisions().size() == 60'000);
  const std::string typo = said(plain(), three(one, column, texts("u", test::Texts(ids.size(), "keep"))), 1, true);
  CHECK(contains(typo, "got 'keep' in column 'v', row 0"));
  CHECK(typo.size() < 2000);
}
