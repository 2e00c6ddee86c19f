#include <assay/score/whole_table.hpp>
#include <assay_test.hpp>
#include <score/scores.hpp>

using namespace assay;
using namespace assay::test;

TEST_CASE("columns are read whole, by name", "[score]") {
  io::Stream stream =
      stream_of({{"label", Words{"b", "a", "b"}}, {"size", test::Numbers{1.5, 2.5, 3.5}}, {"other", Wholes{7, 8, 9}}});
  assay::detail::WholeTable table{stream};
  CHECK(table.has("size"));
  CHECK_FALSE(table.has("weight"));
  const auto& labels = table.coded("label", {}, true);
  const auto& sizes = table.numbers("size");
  CHECK(table.read() == 3);
  CHECK(labels.codes == std::vector<io::Code>{0, 1, 0});
  CHECK(labels.dictionary.values.text(1) == "a");
  CHECK(sizes == std::vector<double>{1.5, 2.5, 3.5});
}

TEST_CASE("text regains the kind of value it had, or stays text where it cannot", "[score]") {
  const auto restored = [](const Words& texts, const std::string& format) {
    io::Stream stream = stream_of({{"c", texts}});
    assay::detail::WholeTable table{stream};
    auto& column = table.coded("c", {}, false);
    (void)table.read();
    assay::detail::restore_kind(column, format);
    std::vector<std::string> out{column.dictionary.values.format()};
    for (const io::Code code : column.codes) out.push_back(column.dictionary.values.words(code));
    return out;
  };
  CHECK(restored({"12", "-3", "12"}, "l") == Words{"l", "12", "-3", "12"});
  CHECK(restored({"true", "FALSE"}, "b") == Words{"b", "true", "false"});
  CHECK(restored({"12", "12a"}, "l") == Words{"u", "12", "12a"});
  CHECK(restored({"12"}, "g") == Words{"u", "12"});
}
