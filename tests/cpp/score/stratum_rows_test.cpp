#include <assay/score/stratum_rows.hpp>

#include "scores.hpp"

using namespace assay;
using assay::test::Column;
using assay::test::message_of;
using assay::test::Wholes;
using assay::test::Words;

namespace {

StratumRows counted(const std::vector<Column>& columns, const Words& strata) {
  io::Stream stream = test::stream_of(columns);
  return rows_by_stratum(stream, strata);
}

}  // namespace

TEST_CASE("rows are counted by the combinations of all columns named", "[score]") {
  const std::vector<Column> rows{{"q", Words{"x", "y", "x", "x"}}, {"week", Wholes{1, 1, 2, 1}}};
  CHECK(counted(rows, {"q"}) == StratumRows{{{"x"}, 3.0}, {{"y"}, 1.0}});
  CHECK(counted(rows, {"week", "q"}) == StratumRows{{{"1", "x"}, 2.0}, {{"1", "y"}, 1.0}, {{"2", "x"}, 1.0}});
  CHECK(counted(rows, {}) == StratumRows{{{}, 4.0}});
}

TEST_CASE("an empty table has no strata", "[score]") { CHECK(counted({{"q", Words{}}}, {"q"}).empty()); }

TEST_CASE("nulls of a stratum are refused unless they have a name", "[score]") {
  const auto stream = [] {
    io::ColumnBuilder column{"q", "u"};
    column.append("x");
    column.append_null();
    ArrowArrayStream raw{};
    io::export_stream(io::Table{{column.finish()}}, &raw);
    return io::Stream{&raw};
  };
  io::Stream named = stream();
  CHECK(rows_by_stratum(named, {"q"}, "(none)") == StratumRows{{{"x"}, 1.0}, {{"(none)"}, 1.0}});
  io::Stream unnamed = stream();
  CHECK(test::contains(message_of<InputError>([&] { (void)rows_by_stratum(unnamed, {"q"}); }), "'q', row 1"));
}

TEST_CASE("a column that is not there is refused", "[score]") {
  CHECK(test::contains(message_of<InputError>([] { (void)counted({{"q", Words{"x"}}}, {"site"}); }),
                       "a column named 'site'"));
}
