#include <cstdint>
#include <string>
#include <vector>

#include <assay/sampling/join_days.hpp>
#include <assay_test.hpp>
#include <sampling/frames.hpp>

using namespace assay;
using assay::test::message_of;
using assay::test::TableOf;

namespace {

NamedSample sample(const std::string& name, const std::vector<std::int64_t>& cases) {
  test::TextsOrNulls strata(cases.size(), "queue=eu"), designs(cases.size(), "{}");
  TableOf table;
  table.numbers("case", cases).texts("stratum", strata).texts("sample_design", designs);
  io::Stream stream = table.stream();
  return {name, io::whole_table(stream)};
}

std::string refusal(const std::vector<NamedSample>& samples, const std::string& cases = "case") {
  return message_of<InputError>([&] { (void)join_days(samples, cases, "{}"); });
}

}  // namespace

TEST_CASE("days keep their strata apart by name", "[sampling]") {
  const std::vector<NamedSample> days{sample("mon", {1, 2}), sample("tue", {3})};
  const io::Table week = join_days(days, "case", "{\"version\":1}");
  REQUIRE(week.rows() == 3);
  CHECK(week.find("stratum")->text(1) == "mon: queue=eu");
  CHECK(week.find("stratum")->text(2) == "tue: queue=eu");
  CHECK(week.find("sample_design")->text(0) == "{\"version\":1}");
  CHECK(week.find("case")->at<std::int64_t>(2) == 3);
}

TEST_CASE("days that share a case or a name are refused", "[sampling]") {
  CHECK(refusal({}) == "wanted at least one sample, got none");
  CHECK(refusal({sample("mon", {1}), sample("mon", {2})}).find("two of the period 'mon'") != std::string::npos);
  CHECK(refusal({sample("mon", {1, 2}), sample("tue", {2})}).find("case '2' in 'mon' and in 'tue'") !=
        std::string::npos);
  CHECK(refusal({sample("mon", {1})}, "id").find("the column 'id' in every sample") != std::string::npos);
  TableOf broken;
  broken.numbers("case", {1}).texts("stratum", {nullptr});
  io::Stream stream = broken.stream();
  CHECK(refusal({{"mon", io::whole_table(stream)}}).find("restore the column as it was drawn") != std::string::npos);
}
