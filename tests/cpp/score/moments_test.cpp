#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <assay/interval/effective.hpp>
#include <assay/score/moments.hpp>
#include <assay_test.hpp>

using namespace assay;
using assay::test::Row;
using assay::test::Table;

namespace {

/// Numerator and denominator of one case; a case outside the domain is {0, 0}.
struct Pair {
  double y{0.0};
  double x{0.0};
};

struct Case {
  std::string stratum{};
  double weight{1.0};
  double population{std::numeric_limits<double>::infinity()};
  Pair values{};
};

/// One stratified element sample as the kernel wants it.
class Sample {
 public:
  explicit Sample(const std::vector<Case>& cases) {
    std::map<std::string, std::size_t> at;
    for (const Case& each : cases) at.emplace(each.stratum, at.size());
    groups_.resize(at.size());
    strata_.resize(at.size());
    for (const Case& each : cases) {
      const std::size_t h = at[each.stratum];
      const double y = each.weight * each.values.y;
      const double x = each.weight * each.values.x;
      groups_[h].moments += Moments{y, x, y * y, x * y, x * x};
      groups_[h].sampled += 1.0;
      groups_[h].answered += 1.0;
      strata_[h].population = each.population;
      strata_[h].sampled += 1.0;
    }
    for (std::size_t h = 0; h < strata_.size(); ++h) strata_[h].groups = std::span<const GroupSample>{&groups_[h], 1};
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  [[nodiscard]] Estimate ratio() const { return ratio_of(strata_); }
  [[nodiscard]] Estimate total() const { return total_of(strata_); }

 private:
  std::vector<GroupSample> groups_{};
  std::vector<StratumSample> strata_{};
};

/// A design of R's survey package as the golden file names it.
struct Design {
  Table data;
  bool stratified;
  bool finite;

  template <class Ask>
  [[nodiscard]] std::vector<Case> cases(const Ask& ask) const {
    std::vector<Case> out;
    for (const Row& row : data.rows())
      out.push_back({stratified ? row.text("stype") : "", row.number("pw"),
                     finite ? row.number("fpc") : std::numeric_limits<double>::infinity(), ask(row)});
    return out;
  }
  template <class Ask>
  [[nodiscard]] Estimate ratio(const Ask& ask) const {
    return Sample{cases(ask)}.ratio();
  }
  template <class Ask>
  [[nodiscard]] Estimate total(const Ask& ask) const {
    return Sample{cases(ask)}.total();
  }
};

double or_zero(const Row& row, const std::string& column) { return row.holds(column) ? row.number(column) : 0.0; }

/// The indicators of the golden calls.
bool indicator(const Row& row, const std::string& call) {
  if (test::contains(call, "awards=='No'")) return row.text("awards") == "No";
  if (test::contains(call, "ell==0")) return row.number("ell") == 0.0;
  if (test::contains(call, "api00<500")) return row.number("api00") < 500.0;
  if (test::contains(call, "api00>900")) return row.number("api00") > 900.0;
  if (test::contains(call, "stype=='H'")) return row.text("stype") == "H";
  throw std::runtime_error("an indicator this test does not know: " + call);
}

/// What the kernel says to one golden row; nothing for rows of another kind.
std::optional<Estimate> answer(const Design& design, const Row& golden) {
  const std::string& kind = golden.text("case");
  const std::string& term = golden.text("term");
  const auto mean_of = [&](const std::string& column) {
    return design.ratio([&](const Row& row) { return Pair{row.number(column), 1.0}; });
  };
  const auto domain_mean = [&](const std::string& type) {
    return design.ratio(
        [&](const Row& row) { return row.text("stype") == type ? Pair{row.number("api00"), 1.0} : Pair{}; });
  };
  if (kind == "mean" || kind == "mean_multi") return mean_of(term);
  if (kind == "prop") {
    const bool wanted = test::contains(term, "TRUE");
    return design.ratio(
        [&](const Row& row) { return Pair{indicator(row, golden.text("call")) == wanted ? 1.0 : 0.0, 1.0}; });
  }
  if (kind == "prop_factor" || kind == "total_factor") {
    const auto of_type = [&](const Row& row) { return Pair{"stype" + row.text("stype") == term ? 1.0 : 0.0, 1.0}; };
    return kind == "prop_factor" ? design.ratio(of_type) : design.total(of_type);
  }
  if (kind == "ratio_multi") {
    const auto slash = term.find('/');
    const std::string y = term.substr(0, slash);
    const std::string x = term.substr(slash + 1);
    return design.ratio(
        [&](const Row& row) { return row.holds(y) && row.holds(x) ? Pair{row.number(y), row.number(x)} : Pair{}; });
  }
  if (kind.starts_with("domain_mean_stype_")) return domain_mean(kind.substr(18));
  if (kind.starts_with("domain_total_stype_"))
    return design.total([&](const Row& row) {
      return row.text("stype") == kind.substr(19) ? Pair{or_zero(row, "enroll"), 0.0} : Pair{};
    });
  if (kind == "svyby_mean") return domain_mean(term);
  if (kind == "svyby_ratio_2way")
    return design.ratio([&](const Row& row) {
      return row.text("stype") + "." + row.text("sch.wide") == term && row.holds("enroll")
                 ? Pair{row.number("api.stu"), row.number("enroll")}
                 : Pair{};
    });
  return std::nullopt;
}

struct Golden {
  std::map<std::string, Design> designs;
  Table results;
};

std::optional<Golden> golden() {
  const auto results = test::shared_file("golden/A_survey/survey_results.csv");
  const auto simple = test::shared_file("golden/A_survey/apisrs.csv");
  const auto stratified = test::shared_file("golden/A_survey/apistrat.csv");
  if (!results || !simple || !stratified) return std::nullopt;
  return Golden{
      {{"svydesign(id=~1,data=apisrs,fpc=~fpc)", {Table{*simple}, false, true}},
       {"svydesign(id=~1,data=apisrs,weights=~pw)", {Table{*simple}, false, false}},
       {"svydesign(id=~1,strata=~stype,weights=~pw,data=apistrat,fpc=~fpc)", {Table{*stratified}, true, true}},
       {"svydesign(id=~1,strata=~stype,weights=~pw,data=apistrat)", {Table{*stratified}, true, false}}},
      Table{*results}};
}

/// The textbook: V = sum over strata of (1 - f) n / (n - 1) sum of (z - mean z)^2.
double textbook(const std::vector<Case>& cases, double ratio, double scale, bool finite) {
  std::map<std::string, std::vector<double>> z;
  std::map<std::string, double> population;
  for (const Case& each : cases) {
    z[each.stratum].push_back(each.weight * (each.values.y - ratio * each.values.x) / scale);
    population[each.stratum] = each.population;
  }
  double variance = 0.0;
  for (const auto& [stratum, values] : z) {
    const auto n = static_cast<double>(values.size());
    double mean = 0.0;
    for (const double value : values) mean += value / n;
    double squares = 0.0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    variance += (finite ? 1.0 - n / population[stratum] : 1.0) * n / (n - 1.0) * squares;
  }
  return variance;
}

}  // namespace

TEST_CASE("means, totals, ratios and domains reproduce R's survey package", "[golden][score]") {
  // survey 4.5 on the api data: simple random and stratified, with and without finite-population correction.
  const auto shared = golden();
  if (!shared) return;
  std::size_t estimates = 0;
  std::size_t errors = 0;
  for (const Row& row : shared->results.rows()) {
    const auto design = shared->designs.find(row.text("design"));
    const std::string& stat = row.text("stat");
    if (design == shared->designs.end() || (stat != "estimate" && stat != "se")) continue;
    const auto found = answer(design->second, row);
    if (!found) continue;
    CAPTURE(row.text("case"), row.text("design"), row.text("term"), stat);
    if (stat == "estimate") {
      ++estimates;
      CHECK(found->value == Approx(row.number("value")).epsilon(1e-10));
      continue;
    }
    ++errors;
    const double variance = design->second.finite ? found->finite_variance : found->process_variance;
    const double expected = row.number("value");
    // A share that is constant within strata has variance 0, of which rounding leaves the root of an ulp.
    CHECK(std::sqrt(variance) == Approx(expected).epsilon(1e-10).margin(expected == 0.0 ? 1e-7 * found->value : 0.0));
  }
  CHECK(estimates == 96);
  CHECK(errors == 120);
}

TEST_CASE("wilson on the effective size of a design reproduces R's svyciprop", "[golden][score]") {
  const auto shared = golden();
  if (!shared) return;
  std::size_t checked = 0;
  for (const Row& row : shared->results.rows()) {
    const auto found = shared->designs.find(row.text("design"));
    const std::string& stat = row.text("stat");
    if (row.text("case") != "ciprop_wilson" || found == shared->designs.end()) continue;
    if ((stat != "lo" && stat != "hi") || row.text("value") == "NaN") continue;
    const Design& design = found->second;
    const std::string& call = row.text("call");
    const Estimate estimate =
        design.ratio([&](const Row& each) { return Pair{indicator(each, call) ? 1.0 : 0.0, 1.0}; });
    const double variance = design.finite ? estimate.finite_variance : estimate.process_variance;
    const Confidence confidence{test::contains(call, "level=0.95") ? 0.95 : 0.9};
    const auto n = static_cast<double>(design.data.size());
    const Interval limits = wilson(estimate.value, estimate.value * (1.0 - estimate.value) / variance,
                                   n - (design.stratified ? 3.0 : 1.0), confidence);
    CAPTURE(row.text("design"), call, stat);
    CHECK((stat == "lo" ? limits.lower : limits.upper) == Approx(row.number("value")).epsilon(1e-10));
    ++checked;
  }
  CHECK(checked == 48);
}

TEST_CASE("the two-moment kernel is the textbook formula, domains across strata included", "[law][score]") {
  std::vector<Case> cases;
  for (int i = 0; i < 60; ++i) {
    const int h = i % 3;
    const bool inside = (i * 7) % 5 < 3;
    cases.push_back({std::to_string(h), 10.0 + 3.0 * h, 200.0 + 60.0 * h,
                     inside ? Pair{static_cast<double>(i * i % 11), 1.0 + i % 4} : Pair{}});
  }
  const Sample sample{cases};
  const Estimate ratio = sample.ratio();
  double x = 0.0;
  double y = 0.0;
  for (const Case& each : cases) x += each.weight * each.values.x, y += each.weight * each.values.y;
  CHECK(ratio.value == Approx(y / x).epsilon(1e-14));
  CHECK(ratio.finite_variance == Approx(textbook(cases, y / x, x, true)).epsilon(1e-12));
  CHECK(ratio.process_variance == Approx(textbook(cases, y / x, x, false)).epsilon(1e-12));
  const Estimate total = sample.total();
  CHECK(total.value == Approx(y).epsilon(1e-14));
  CHECK(total.finite_variance == Approx(textbook(cases, 0.0, 1.0, true)).epsilon(1e-12));
  CHECK(total.process_variance == Approx(textbook(cases, 0.0, 1.0, false)).epsilon(1e-12));
}

TEST_CASE("audits that did not come back add a second phase within their groups", "[law][score]") {
  // One stratum of 1000 cases, 10 drawn: 6 of the first kind, of which 3 came back (1, 1, 0), 4 of the second, of which
  // 2 came back (0, 1). By hand: weights 100 x 2 in both groups; T = 200 (2 + 1) = 600.
  // First phase: S^2 = (10/9) (mean of y^2 - (mean of y)^2) with means over the adjusted sample .6: .24 x 10/9; times
  // 1000^2 (1 - .01) / 10. Second: (100 x 6)^2 (1 - 1/2) s1^2 / 3 + (100 x 4)^2 (1 - 1/2) s2^2 / 2, s1^2 = 1/3, s2^2 =
  // 1/2.
  const std::vector<GroupSample> groups{{6, 3, {400, 600, 80000, 80000, 120000}},
                                        {4, 2, {200, 400, 40000, 40000, 80000}}};
  const std::vector<StratumSample> strata{{1000, 10, groups}};
  const double first = 1e6 / 10.0 * 0.24 * 10.0 / 9.0;
  const double second = 360000.0 * 0.5 / 9.0 + 160000.0 * 0.5 * 0.25;
  const Estimate total = total_of(strata);
  CHECK(total.value == 600.0);
  CHECK(total.process_variance == Approx(first + second).epsilon(1e-12));
  CHECK(total.finite_variance == Approx(0.99 * first + second).epsilon(1e-12));
}

TEST_CASE("a census has no variance about its queue; one case in a stratum stands for itself", "[law][score]") {
  const Sample census{{{"a", 1.0, 3.0, {1, 1}}, {"a", 1.0, 3.0, {0, 1}}, {"a", 1.0, 3.0, {1, 1}}}};
  CHECK(census.ratio().finite_variance == 0.0);
  CHECK(census.ratio().process_variance == Approx(2.0 / 9.0 / 2.0));
  const Sample lonely{{{"a", 5.0, 5.0, {1, 1}}, {"b", 5.0, 10.0, {0, 1}}, {"b", 5.0, 10.0, {1, 1}}}};
  // Ratio 2/3. Stratum a: its one deviation from 2/3, squared. Stratum b: around its own mean.
  const double alone = std::pow(5.0 * (1.0 / 3.0) / 15.0, 2);
  const double pair = 2.0 * 2.0 * std::pow(5.0 * 0.5 / 15.0, 2);
  CHECK(lonely.ratio().process_variance == Approx(alone + pair).epsilon(1e-12));
  CHECK(lonely.ratio().finite_variance == Approx(0.8 * alone + 0.8 * pair).epsilon(1e-12));
}

TEST_CASE("weights without a population are drawn with replacement", "[law][score]") {
  std::vector<Case> cases;
  for (int i = 0; i < 25; ++i)
    cases.push_back({"", 1.0 + i % 7, std::numeric_limits<double>::infinity(), {i % 3 ? 1.0 : 0.0, 1.0}});
  const Estimate estimate = Sample{cases}.ratio();
  double x = 0.0;
  for (const Case& each : cases) x += each.weight;
  CHECK(estimate.finite_variance == estimate.process_variance);
  CHECK(estimate.process_variance == Approx(textbook(cases, estimate.value, x, false)).epsilon(1e-12));
}
