#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <assay/sampling/unite.hpp>
#include <assay_test.hpp>
#include <sampling/operation.hpp>

using namespace assay;
using assay::test::message_of;

namespace {

/// A draw of the cases named, all from one stratum.
EarlierDraw drawn(std::string label, std::vector<std::string> cases, const std::string& stratum,
                  std::int64_t population, std::vector<std::string> strata = {}, bool audited = false) {
  EarlierDraw out{std::move(label), std::move(cases), {}, {}, std::move(strata), audited};
  out.stratum.assign(out.cases.size(), stratum);
  out.populations.assign(out.cases.size(), population);
  return out;
}

std::string refusal(const Frame& frame, const std::vector<std::string>& cells, const std::vector<EarlierDraw>& draws) {
  return message_of<InputError>([&] { (void)unite(frame, cells, draws, ""); });
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the union of two draws counts each case once and weighs by cell", "[sampling]") {
  const Frame frame = test::operation();  // eu: 8 decided of 98..91, us: 6 of 90..85, zz: 84
  const std::vector<EarlierDraw> draws{
      drawn("random", {"98", "95", "88", "84"}, "(all)", 15),
      drawn("more", {"95", "93"}, "queue=eu", 8, {"queue"}, true),
  };
  const io::Table table = unite(frame, {"queue"}, draws, "w");
  REQUIRE(table.rows() == 5);
  double weights = 0.0;
  std::map<std::int64_t, std::string> in;
  std::map<std::int64_t, bool> marked;
  for (std::int64_t row = 0; row < table.rows(); ++row) {
    weights += table.find("weight")->at<double>(row);
    in[table.find("case")->at<std::int64_t>(row)] = table.find("drawn_in")->text(row);
    marked[table.find("case")->at<std::int64_t>(row)] = std::get<bool>(table.find("already")->value(row));
  }
  CHECK(marked == std::map<std::int64_t, bool>{{84, false}, {88, false}, {93, true}, {95, true}, {98, false}});
  CHECK(weights == Approx(15.0));
  CHECK(in[95] == "random; more");
  CHECK(in[98] == "random");
  CHECK(table.find("stratum_size")->at<std::int64_t>(0) == 3);  // eu
  CHECK(table.find("stratum_population")->at<std::int64_t>(0) == 8);
}

TEST_CASE("a union is the same for any batches and threads", "[law][sampling]") {
  const std::vector<EarlierDraw> draws{drawn("a", {"98", "88", "84"}, "(all)", 15), drawn("b", {"95"}, "(all)", 15)};
  const io::Table whole = unite(test::operation(), {"queue"}, draws, "w", 1);
  CHECK(whole == unite(test::operation(4, 3), {"queue"}, draws, "w", 4));
  const std::vector<EarlierDraw> turned{draws[1], draws[0]};
  CHECK(*whole.find("weight") == *unite(test::operation(), {"queue"}, turned, "w").find("weight"));
}

TEST_CASE("what cannot be united is refused with its mend", "[sampling]") {
  const Frame frame = test::operation();
  CHECK(refusal(frame, {}, {}) == "wanted at least one sample, got none");
  CHECK(holds(refusal(frame, {}, {drawn("a", {"7", "6"}, "(all)", 15)}), "case '6', which the frame does not have (2"));
  CHECK(holds(refusal(frame, {}, {drawn("a", {"100"}, "(all)", 15)}), "the undecided case '100'"));
  CHECK(holds(refusal(frame, {"queue"}, {drawn("a", {"98", "88"}, "(all)", 15)}), "none of the 1 cases of 'queue=zz'"));
  CHECK(holds(refusal(frame, {}, {drawn("alerts", {"98"}, "(all)", 5)}),
              "make up the 5 cases of stratum '(all)' of the draw 'alerts'"));
  EarlierDraw two = drawn("a", {"98", "88"}, "one", 8);
  two.stratum[1] = "other";
  CHECK(holds(refusal(frame, {}, {two}), "in two strata of the draw 'a'"));
}

TEST_CASE("lost cases are replaced until as many are left as were planned", "[sampling]") {
  PlanOptions options;
  options.size = 8;
  options.strata = {"queue"};
  options.minimum = 1;
  const Plan plan{test::operation(), options};
  const auto cases = [&](const Plan& drawn_from) {
    std::set<std::string> out;
    const io::Table table = draw(drawn_from, "secret", "w");
    for (std::int64_t row = 0; row < table.rows(); ++row)
      out.insert(std::to_string(table.find("case")->at<std::int64_t>(row)));
    return out;
  };
  const std::set<std::string> first = cases(plan);
  std::vector<std::string> lost;  // of a stratum that holds more than was drawn
  for (const std::string& each : first)
    if (each != "84" && lost.empty()) lost.push_back(each);
  const auto sizes = sizes_with_replacements(plan, "secret", "w", lost);
  const std::set<std::string> more = cases(plan.resized(sizes));
  CHECK(more.size() == first.size() + 1);
  for (const std::string& each : first) CHECK(more.contains(each));
  CHECK(sizes_with_replacements(plan, "secret", "w", {}) == plan.sizes());
  std::vector<std::string> undrawn;
  for (int i = 84; i <= 98; ++i)
    if (!more.contains(std::to_string(i))) undrawn.push_back(std::to_string(i));
  REQUIRE_FALSE(undrawn.empty());
  CHECK(holds(message_of<InputError>([&] { (void)sizes_with_replacements(plan, "secret", "w", {undrawn.back()}); }),
              "lost cases that this plan draws"));
}

TEST_CASE("a plan takes other sizes only where its strata hold as many", "[sampling]") {
  PlanOptions options;
  options.size = 5;
  const Plan plan{test::operation(), options};
  CHECK(plan.resized({7}).size() == 7);
  CHECK(holds(message_of<InputError>([&] { (void)plan.resized({1, 2}); }), "a size for each of 1 strata"));
  CHECK(holds(message_of<InputError>([&] { (void)plan.resized({16}); }), "between 0 and 15"));
  CHECK(holds(message_of<InputError>([&] { (void)plan.resized({-1}); }), "between 0 and 15"));
}
