#include <assay_test.hpp>

#include <string>
#include <vector>

#include <assay/survey/read.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::contains;
using assay::test::message_of;
using assay::test::TableOf;
using survey::DesignColumns;

namespace {

TableOf rows() {
  return TableOf{}
      .texts("stratum", {"a", "a", "b", "b"})
      .texts("site", {"x", "x", "x", "z"})
      .numbers("cluster", {1, 2, 3, 4})
      .reals("weight", {1, 2, 3, 4})
      .reals("chance", {0.5, 0.25, 1.0, 0.1})
      .numbers("size", {10, 10, 20, 20});
}

survey::Survey read(DesignColumns columns, const TableOf& table = rows()) {
  io::Stream stream = table.stream();
  return survey::read_survey(std::move(columns), stream);
}

std::string refusal(const DesignColumns& columns, const TableOf& table = rows()) {
  return message_of<InputError>([&] { (void)read(columns, table); });
}

}  // namespace

TEST_CASE("a table and what its columns mean make a design", "[survey]") {
  const auto found = read({.strata = {{"stratum"}}, .population = {"size"}});
  CHECK(found.design.words() == "2 strata, finite population");
  CHECK(found.design.weights()[3] == 10.0);
  CHECK(read({.probability = "chance"}).design.weights()[1] == 4.0);
  CHECK(read({.weight = "weight"}).design.weights()[2] == 3.0);
  CHECK(read({.population_size = 12.0}).design.weights()[0] == 3.0);
  CHECK(read({.clusters = {"cluster"}}).design.words() == "unstratified, 4 clusters");
  // A stage after the last cluster column is that of the rows.
  CHECK(read({.clusters = {"cluster"}, .population = {"size", "size"}, .lonely = survey::Lonely::remove},
             TableOf{}.numbers("cluster", {1, 1, 2, 2}).numbers("size", {5, 5, 5, 5}))
            .design.stages()
            .size() == 2);
  CHECK(read({.strata = {{"stratum", "site"}}, .lonely = survey::Lonely::remove}).design.first_stage().groups.size() ==
        3);
}

TEST_CASE("arguments that do not fit together are refused", "[survey]") {
  CHECK(contains(refusal({.weight = "weight", .probability = "chance"}), "weight= or probability=, got both"));
  CHECK(contains(refusal({.strata = {{"stratum"}, {"site"}}}), "at most 1 stages"));
  CHECK(contains(refusal({.strata = {{"stratum"}}, .population_size = 50.0}), "one number for all strata"));
  CHECK(contains(refusal({.weight = "chances"}), "'chances'"));
  CHECK(contains(refusal({.strata = {{"site"}}}), "one from stratum 'z'"));
  CHECK(contains(refusal({}, TableOf{}.numbers("cluster", {})), "a table with rows"));
  CHECK(contains(refusal({.weight = "w"}, TableOf{}.reals("w", {1.0, 0.0})), "weights above 0, got 0 in column 'w'"));
  CHECK(contains(refusal({.probability = "p"}, TableOf{}.reals("p", {1.0, 1.5})),
                 "probabilities above 0 and at most 1, got 1.5 in column 'p', row 1"));
}
