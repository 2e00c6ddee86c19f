#include <assay_test.hpp>

#include <assay/registry/likeness.hpp>

using namespace assay::registry;
using namespace std::chrono_literals;

namespace {
Value text(const char* letters) { return std::string{letters}; }
}  // namespace

TEST_CASE("folding trims, joins blanks and makes capitals small", "[registry][likeness]") {
  CHECK(folded("  Ana\t  Lima \n") == "ana lima");
  CHECK(folded("") == "");
  CHECK(folded("Ärger") == "Ärger");  // letters beyond ASCII stay as they are
}

TEST_CASE("text is alike exactly, or folded", "[registry][likeness]") {
  CHECK(alike(text("Ana"), text("ana "), {.likeness = Likeness::folded}));
  CHECK_FALSE(alike(text("Ana"), text("ana"), {.likeness = Likeness::exact}));
  CHECK(alike(text("Ana"), text("Ana"), {.likeness = Likeness::exact}));
  CHECK_FALSE(alike(text("Ana"), text("Anna"), {}));
}

TEST_CASE("sets are alike in any order, as lists or as text", "[registry][likeness]") {
  const Likening set{.likeness = Likeness::set};
  CHECK(alike(Texts{"DE", "FR"}, text("fr; de,"), set));
  CHECK(alike(Texts{"de"}, Texts{"DE"}, set));
  CHECK_FALSE(alike(Texts{"de", "fr"}, text("de"), set));
  CHECK(alike(Texts{"a/b"}, text("A/B"), set));
  CHECK(alike(Texts{"a", "b"}, text("A/B"), {.likeness = Likeness::set, .separators = "/"}));
}

TEST_CASE("numbers are alike within a tolerance, whoever writes them", "[registry][likeness]") {
  const Likening number{.likeness = Likeness::number};
  CHECK(alike(24.0, std::int64_t{24}, number));
  CHECK(alike(24.0, text(" 24.0"), number));
  CHECK_FALSE(alike(24.0, 24.5, number));
  CHECK(alike(24.0, 24.5, {.likeness = Likeness::number, .tolerance = 0.5}));
  CHECK_FALSE(alike(24.0, text("24h"), number));
}

TEST_CASE("days are alike whatever holds them", "[registry][likeness]") {
  const Likening how{.likeness = Likeness::day};
  const Day day{2026y / 11 / 30};
  CHECK(alike(day, text("2026-11-30T08:00:00Z"), how));
  CHECK(alike(day, assay::TimePoint{day} + 5h, how));
  CHECK_FALSE(alike(day, text("30.11.2026"), how));
  CHECK_FALSE(alike(day, Day{2026y / 12 / 1}, how));
}

TEST_CASE("flags are alike as words and numbers", "[registry][likeness]") {
  const Likening how{.likeness = Likeness::flag};
  CHECK(alike(true, text("Yes"), how));
  CHECK(alike(false, std::int64_t{0}, how));
  CHECK_FALSE(alike(true, text("no"), how));
  CHECK_FALSE(alike(true, text("maybe"), how));
  CHECK_FALSE(alike(text("maybe"), text("maybe"), how));
}

TEST_CASE("another system's words have meanings here", "[registry][likeness]") {
  const Likening how{.meanings = {{"live", {"active"}}, {"off", {"paused", "deactivated"}}}};
  CHECK(alike(text("active"), text("LIVE"), how));
  CHECK(alike(text("paused"), text("off"), how));
  CHECK_FALSE(alike(text("active"), text("off"), how));
  CHECK(alike(text("draft"), text("Draft"), how));
}

TEST_CASE("nothing is like nothing, blank text included, and unlike anything else", "[registry][likeness]") {
  for (const Likeness each : {Likeness::exact, Likeness::folded, Likeness::set, Likeness::number, Likeness::day}) {
    CHECK(alike({}, {}, {.likeness = each}));
    CHECK(alike({}, text("  "), {.likeness = each}));
    CHECK_FALSE(alike({}, text("1"), {.likeness = each}));
    CHECK_FALSE(alike(text("1"), {}, {.likeness = each}));
  }
}
