#include <assay/core/sketch.hpp>
#include <assay_test.hpp>
#include <tally/rows.hpp>

using namespace assay;
using namespace assay::test;

static_assert(Sketch<Tally>);

namespace {

TallySpec plain() {
  TallySpec spec;
  spec.by = {"x"};
  spec.groupings = {{"x"}};
  spec.decision = "d";
  spec.verdict = "v";
  return spec;
}

Tally of(const TallySpec& spec, const Array& x, const test::Texts& decisions, const test::Texts& verdicts) {
  Batches batches{{"x", "d", "v"}};
  batches.add({x, texts("u", decisions), texts("u", verdicts)}, decisions.size());
  io::Stream stream = batches.stream();
  return tally_table(spec, stream);
}

Tally some() { return of(plain(), texts("u", {"a", "b", "a"}), {"keep", "keep", "ban"}, {"keep", "ban", "ban"}); }

}  // namespace

TEST_CASE("nothing changes nothing, from either side", "[law][tally]") {
  const Tally tally = some();
  Tally left;
  left.merge(tally);
  CHECK(left == tally);
  Tally right = tally;
  right.merge(Tally{});
  right.merge(Tally{plain()});
  CHECK(right == tally);
  Tally empty;
  empty.merge(Tally{});
  CHECK(empty == Tally{});
  CHECK_FALSE(Tally{} == Tally{plain()});
  CHECK_FALSE(tally == Tally{plain()});
}

TEST_CASE("merging oneself doubles", "[tally]") {
  Tally tally = some();
  tally.merge(tally);
  CHECK(tally.rows() == 6);
  std::uint64_t rows = 0;
  for (std::size_t cell = 0; cell < tally.cells(0).size(); ++cell)
    for (const std::uint64_t count : tally.cells(0).counts(cell)) rows += count;
  CHECK(rows == 6);
}

TEST_CASE("tallies of something else are not merged, and nothing changes", "[tally]") {
  Tally tally = some();
  const Bytes before = tally.to_bytes();
  std::vector<TallySpec> others(6, plain());
  others[0].weight = "w";
  others[1].labels = Labels{{"ban"}, {}, {}};
  others[2].missing = "(none)";
  others[3].groupings = {{}};
  others[4].strata = {"x"};
  others[5].measures = {{"m", "n", "d", any_outcome}};
  for (const TallySpec& spec : others) {
    CHECK(message_of<InputError>([&] { tally.merge(Tally{spec}); }) ==
          "wanted a tally of the same columns, groupings and labels, got one that counts something else");
    CHECK(tally.to_bytes() == before);
  }
  const Tally numbers = of(plain(), integers("i", {1}), {"keep"}, {"keep"});
  CHECK(message_of<InputError>([&] { tally.merge(numbers); }) ==
        "wanted text, got whole numbers in column 'x'; make the column one kind of value everywhere");
  CHECK(tally.to_bytes() == before);
}

TEST_CASE("a kind that contradicts in a later column changes no earlier one", "[tally]") {
  TallySpec spec = plain();
  spec.by = {"x", "y"};
  spec.groupings = {{"x", "y"}};
  const auto with = [&](const Array& x, const Array& y) {
    Batches batches{{"x", "y", "d", "v"}};
    io::Stream stream = batches.add({x, y, texts("u", {"keep"}), texts("u", {"keep"})}, 1).stream();
    return tally_table(spec, stream);
  };
  Tally tally = with(texts("u", {"a"}), integers("l", {1}));
  const Bytes before = tally.to_bytes();
  CHECK_THROWS_AS(tally.merge(with(texts("u", {"new"}), bools({true}))), InputError);
  CHECK(tally.to_bytes() == before);
  CHECK(tally.dictionaries()[0].size() == 1);
}

TEST_CASE("a spec that contradicts itself makes no tally", "[tally]") {
  CHECK_THROWS_AS(Tally{TallySpec{}}, InputError);
  TallySpec spec = plain();
  spec.correct = "ok";
  CHECK_THROWS_AS(Tally{spec}, InputError);
}

TEST_CASE("labels are checked over all that was merged", "[tally]") {
  Tally tally = of(plain(), texts("u", {"a"}), {"keep"}, {"ban"});
  CHECK(
      contains(message_of<InputError>([&] { tally.check_labels(); }),
               "wanted verdicts among the labels of the decisions ('keep') or declared ones, got 'ban' in column 'v'"));
  tally.merge(of(plain(), texts("u", {"a"}), {"ban"}, {"keep"}));
  CHECK_NOTHROW(tally.check_labels());
  TallySpec declared = plain();
  declared.labels = Labels{{"ban"}, {}, {}};
  CHECK_NOTHROW(of(declared, texts("u", {"a"}), {"keep"}, {"ban"}).check_labels());
}
