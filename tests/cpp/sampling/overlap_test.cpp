#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <assay/sampling/overlap.hpp>
#include <assay_test.hpp>
#include <sampling/operation.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::operation;
using Words = std::vector<std::string>;
using Table = std::map<Words, double>;

TEST_CASE("strata and slices that cross are counted where they meet", "[overlap]") {
  const Frame frame = operation();
  const Strata strata{frame, {"queue"}};
  for (const unsigned threads : {1U, 3U}) {
    const Overlap overlap{frame, {"queue"}, strata, threads};
    const auto sites = overlap.slices({"site"}, {}, {});
    REQUIRE(sites.size() == 2);
    CHECK(sites[0].name == "site=1");
    CHECK(sites[0].values == Words{"1"});
    std::vector<std::int64_t> cases;
    for (const auto& part : sites[0].parts) cases.push_back(part.cases);
    CHECK(cases == std::vector<std::int64_t>{4, 3, 1});  // decided cases in eu, us and zz; rows 0 and 1 are undecided
    CHECK(!sites[0].parts[0].rate);
    const auto whole = overlap.slices({}, 0.25, {});
    REQUIRE(whole.size() == 1);
    CHECK(whole[0].name == "overall");
    REQUIRE(whole[0].parts.size() == 3);
    CHECK(whole[0].parts[0].cases == 8);
    CHECK(*whole[0].parts[0].rate == 0.25);
    const auto both = overlap.slices({"site", "queue"}, {}, {});
    REQUIRE(both.size() == 5);
    CHECK(both[0].name == "site=1; queue=eu");
    CHECK(both[0].parts.size() == 1);
    CHECK(both[0].parts[0].stratum == 0);
  }
}

TEST_CASE("rates may be finer or coarser than strata", "[overlap]") {
  const Frame frame = operation();
  const Strata strata{frame, {"queue"}};
  const Overlap overlap{frame, {"queue"}, strata};
  const std::pair<std::string, std::string> called{"an expected error rate", "expected"};
  const Table by_site{{{"1"}, 0.1}, {{"2"}, 0.3}};  // eu: 4 of site 1, 4 of site 2; us: 3 and 3; zz: 1 of site 1
  const auto averaged = overlap.averages(by_site, {"site"}, called, 0.5);
  CHECK(averaged[0] == Approx(0.2));
  CHECK(averaged[1] == Approx(0.2));
  CHECK(averaged[2] == 0.1);
  const auto sites = overlap.slices({"site"}, by_site, {"site"});
  for (const auto& part : sites[1].parts) CHECK(*part.rate == 0.3);
  const auto whole = overlap.slices({}, by_site, {"site"});
  CHECK(*whole[0].parts[0].rate == Approx(0.2));
  const auto once = overlap.averages(Table{{{}, 0.07}}, {}, called, 0.5);
  CHECK(once == std::vector<double>{0.07, 0.07, 0.07});
  CHECK(overlap.averages({}, {"queue"}, called, 0.5) == std::vector<double>{0.5, 0.5, 0.5});
  CHECK(overlap.averages(2.0, {"queue"}, called, 0.5) == std::vector<double>{2, 2, 2});
}

TEST_CASE("what is missing is refused by name", "[error][overlap]") {
  const Frame frame = operation();
  const Overlap overlap{frame, {"queue"}, Strata{frame, {"queue"}}};
  const Table few{{{"eu"}, 0.1}, {{"us"}, 0.1}};
  CHECK(message_of<InputError>([&] { (void)overlap.averages(few, {"queue"}, {"a cost", "cost"}, 1.0); }) ==
        "wanted a cost for each stratum, got none for 'queue=zz'; add it to cost=");
  CHECK(message_of<InputError>([&] { (void)overlap.slices({"site"}, few, {"queue"}); }) ==
        "wanted an expected error rate for each stratum, got none for 'queue=zz'; add it to expected=");
  CHECK(message_of<InputError>([&] { (void)overlap.slices({"region"}, {}, {}); }) ==
        "wanted strata among the frame's by= columns, got 'region'; name it in by= when the frame is made");
}
