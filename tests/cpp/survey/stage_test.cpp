#include <assay_test.hpp>

#include <limits>

#include <assay/survey/stage.hpp>

using namespace assay;
using survey::Group;
using survey::Stage;

TEST_CASE("a group drawn whole is neither uncertain nor lonely", "[survey]") {
  const Group whole{.sampled = 1, .population = 1.0};
  CHECK(whole.whole());
  CHECK_FALSE(whole.lonely());
  const Group alone{.sampled = 1, .population = 4.0};
  CHECK(alone.fraction() == 0.25);
  CHECK(alone.lonely());
  CHECK(Group{.sampled = 1}.fraction() == 0.0);
  CHECK(Group{.sampled = 1}.lonely());
  CHECK_FALSE(Group{.sampled = 2, .population = 4.0}.lonely());
  // A later stage under an endless first one: nothing is asked of it.
  CHECK_FALSE(Group{.sampled = 1, .population = 4.0, .parent = 0, .above = 0.0}.lonely());
}

TEST_CASE("rows are units where no units are named", "[survey]") {
  Stage rows;
  rows.group_of_unit = {0, 0, 1};
  CHECK(rows.rows_are_units());
  CHECK(rows.units() == 3);
  CHECK(rows.unit(2) == 2);
  rows.groups.resize(2);
  CHECK(rows.silent());
  rows.groups[1].scale = 0.5;
  CHECK_FALSE(rows.silent());
  Stage clusters;
  clusters.unit_of_row = {1, 0, 1};
  clusters.group_of_unit = {0, 0};
  CHECK_FALSE(clusters.rows_are_units());
  CHECK(clusters.unit(2) == 1);
}

TEST_CASE("groups with several units are raised to stand for the lonely ones", "[survey]") {
  survey::Stage stage;
  for (const std::int64_t sampled : {4, 1, 3, 1, 2}) {
    survey::Group group;
    group.sampled = sampled;
    stage.groups.push_back(group);
  }
  CHECK(stage.average_raise() == 5.0 / 3.0);
  stage.groups = {stage.groups[1]};
  CHECK(std::isnan(stage.average_raise()));
}
