#include <assay/survey/unit_scores.hpp>

#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

TEST_CASE("scores are summed by unit", "[survey]") {
  const survey::Design clustered = drawn(Numbers(4, 2.0), {}, {0, 1, 0, 1});
  CHECK(survey::detail::unit_scores(clustered, Numbers{1, 2, 3, 4, 10, 20, 30, 40}, 2) == Numbers{4, 6, 40, 60});
  CHECK(survey::detail::unit_scores(drawn(Numbers(2, 2.0)), Numbers{1, 2}, 1) == Numbers{1, 2});
  CHECK(survey::detail::unit_probabilities(clustered) == Numbers{0.5, 0.5});
}

TEST_CASE("probabilities that are none are refused", "[survey]") {
  const auto why = [](const survey::Design& design) {
    return message_of<InputError>([&] { (void)survey::detail::unit_probabilities(design); });
  };
  CHECK(contains(why(drawn({2.0, 0.5})), "wanted inclusion probabilities of at most 1, got 2 at row 1"));
  CHECK(contains(why(drawn({2.0, 4.0}, {}, {0, 0})), "one probability for all rows of a cluster, got 0.5 and 0.25"));
  survey::StageColumns first, second;
  first.units = {0, 0, 1, 1};
  first.unit_count = 2;
  const survey::Design stages = survey::build(4, {first, second}, Numbers(4, 2.0), survey::Lonely::certainty, false);
  CHECK(contains(why(stages), "wanted one stage"));
  const survey::Design unknown = survey::build(2, {survey::StageColumns{}}, {}, survey::Lonely::certainty, false);
  CHECK(contains(why(unknown), "inclusion probabilities of at most 1, got none"));
}
