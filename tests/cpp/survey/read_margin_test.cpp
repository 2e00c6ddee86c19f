#include <assay/survey/read_margin.hpp>

#include "../tables.hpp"
#include "weighted.hpp"

using namespace assay;
using namespace assay::test;

namespace {

survey::Survey three_rows() {
  Batches batches{{"site", "new"}};
  batches.add({texts("u", {"B", "A", "B"}), bools({true, false, false})}, 3);
  io::Stream stream = batches.stream();
  return survey::read_survey({}, stream);
}

}  // namespace

TEST_CASE("levels are brought to rows, in any order they are written in", "[survey]") {
  const survey::Survey survey = three_rows();
  const survey::Margin sites = survey::read_margin(survey, {{"site"}, {{"B"}, {"A"}}, {30.0, 10.0}}, 1);
  CHECK(sites.cells == std::vector<std::string>{"A", "B"});
  CHECK(sites.totals == Numbers{10.0, 30.0});
  CHECK(sites.cell_of_row == Codes{1, 0, 1});
  const survey::Margin crossed = survey::read_margin(
      survey, {{"site", "new"}, {{"B", "true"}, {"A", "false"}, {"B", "false"}}, {1.0, 2.0, 3.0}}, 2);
  CHECK(crossed.name == "site x new");
  CHECK(crossed.cell_of_row == Codes{2, 0, 1});
}

TEST_CASE("levels missing on either side are refused by name", "[survey]") {
  const survey::Survey survey = three_rows();
  const auto why = [&](const survey::MarginSpec& spec) {
    return message_of<InputError>([&] { (void)survey::read_margin(survey, spec, 1); });
  };
  CHECK(contains(why({{"site"}, {{"A"}}, {10.0}}),
                 "wanted a total for each level that rows have, got none for 'B' in column 'site', row 0"));
  CHECK(contains(why({{"site"}, {{"A"}, {"B"}, {"C"}}, {1.0, 1.0, 1.0}}), "got none in 'C' in column 'site'"));
  CHECK(contains(why({{"site"}, {{"A"}, {"A"}}, {1.0, 1.0}}), "wanted each level of a margin once, got 'A' twice"));
  CHECK(contains(why({{"sight"}, {{"A"}}, {1.0}}), "'sight'"));
  CHECK(contains(why({{}, {}, {}}), "the name of a column for each margin"));
}

TEST_CASE("a table of totals is a margin", "[survey]") {
  Batches batches{{"site", "population"}};
  batches.add({texts("u", {"B", "A"}), numbers<double>("g", Maybe<double>{30.0, 10.0})}, 2);
  io::Stream stream = batches.stream();
  const survey::MarginSpec spec = survey::margin_from_table(stream, 1);
  CHECK(spec.columns == std::vector<std::string>{"site"});
  CHECK(spec.levels == std::vector<std::vector<std::string>>{{"B"}, {"A"}});
  CHECK(spec.totals == std::vector<double>{30.0, 10.0});
  const auto why = [](const std::vector<std::string>& names) {
    Batches other{names};
    std::vector<Array> columns(names.size(), numbers<double>("g", Maybe<double>{1.0}));
    other.add(columns, 1);
    io::Stream of = other.stream();
    return message_of<InputError>([&] { (void)survey::margin_from_table(of, 1); });
  };
  CHECK(contains(why({"total", "population"}), "got both"));
  CHECK(contains(why({"site"}), "got no column of totals"));
  CHECK(contains(why({"total"}), "got no column of levels"));
}
