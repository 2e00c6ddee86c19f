#pragma once
/// \file
/// What every interval of a complex sample's share is held to: R's rows, with share and variance estimated here from
/// the schools themselves, and what no such interval may do.

#include <algorithm>
#include <array>
#include <assay/interval/designed_share.hpp>
#include <assay_test.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace assay::test {

/// The designs of the shared rows: the brief name, R's call, and the file.
struct SchoolDesign {
  std::string brief;
  std::string call;
  std::string file;
  std::string stratum;  ///< column; empty: none
  bool clustered;       ///< by district
  bool two_stage;
  bool finite;
};

[[nodiscard]] inline const std::array<SchoolDesign, 8>& school_designs() {
  static const std::array<SchoolDesign, 8> designs{{
      {"srs_fpc", "svydesign(id=~1,data=apisrs,fpc=~fpc)", "apisrs", "", false, false, true},
      {"srs", "svydesign(id=~1,data=apisrs,weights=~pw)", "apisrs", "", false, false, false},
      {"strat_fpc", "svydesign(id=~1,strata=~stype,weights=~pw,data=apistrat,fpc=~fpc)", "apistrat", "stype", false,
       false, true},
      {"strat", "svydesign(id=~1,strata=~stype,weights=~pw,data=apistrat)", "apistrat", "stype", false, false, false},
      {"clus1_fpc", "svydesign(id=~dnum,weights=~pw,data=apiclus1,fpc=~fpc)", "apiclus1", "", true, false, true},
      {"clus1", "svydesign(id=~dnum,weights=~pw,data=apiclus1)", "apiclus1", "", true, false, false},
      {"clus2_fpc", "svydesign(id=~dnum+snum,fpc=~fpc1+fpc2,data=apiclus2)", "apiclus2", "", true, true, true},
      {"clus2", "svydesign(id=~dnum+snum,weights=~pw,data=apiclus2)", "apiclus2", "", true, true, false},
  }};
  return designs;
}

[[nodiscard]] inline double indicated(const Row& school, const std::string& indicator) {
  if (indicator == "I(ell==0)") return school.number("ell") == 0.0 ? 1.0 : 0.0;
  if (indicator == "I(awards=='No')") return school.text("awards") == "No" ? 1.0 : 0.0;
  if (indicator == "I(api00<500)") return school.number("api00") < 500.0 ? 1.0 : 0.0;
  if (indicator == "I(api00>900)") return school.number("api00") > 900.0 ? 1.0 : 0.0;
  if (indicator == "I(stype=='H')") return school.text("stype") == "H" ? 1.0 : 0.0;
  throw std::runtime_error("no indicator " + indicator);
}

/// n / (n - 1) times the squared deviations from their mean.
[[nodiscard]] inline double spread_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double value : values) mean += value / n;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return n > 1.0 ? n / (n - 1.0) * squares : 0.0;
}

/// The share of one indicator, by the textbook: linearised scores, summed by district, strata apart.
[[nodiscard]] inline DesignedShare share_of_schools(const SchoolDesign& design, const Table& schools,
                                                    const std::string& indicator) {
  std::map<std::string, double> first_size;  // districts, or schools, sampled by stratum: filled below
  std::map<std::string, std::map<std::string, std::vector<std::size_t>>> units;
  const auto rows = schools.rows();
  for (std::size_t i = 0; i < rows.size(); ++i)
    units[design.stratum.empty() ? "" : rows[i].text(design.stratum)]
         [design.clustered ? rows[i].text("dnum") : std::to_string(i)]
             .push_back(i);
  std::vector<double> weight(rows.size());
  for (const auto& [stratum, clusters] : units)
    for (const auto& [cluster, members] : clusters)
      for (const std::size_t i : members)
        weight[i] = design.two_stage && design.finite ? rows[i].number("fpc1") / static_cast<double>(clusters.size()) *
                                                            rows[i].number("fpc2") / static_cast<double>(members.size())
                                                      : rows[i].number("pw");
  double sum = 0.0, squares = 0.0, hits = 0.0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sum += weight[i];
    squares += weight[i] * weight[i];
    hits += weight[i] * indicated(rows[i], indicator);
  }
  const double share = hits / sum;
  double variance = 0.0, degrees = 0.0;
  for (const auto& [stratum, clusters] : units) {
    std::vector<double> totals;
    double second = 0.0, population = std::numeric_limits<double>::infinity();
    for (const auto& [cluster, members] : clusters) {
      std::vector<double> scores;
      for (const std::size_t i : members) scores.push_back(weight[i] * (indicated(rows[i], indicator) - share) / sum);
      double total = 0.0;
      for (const double score : scores) total += score;
      totals.push_back(total);
      if (!design.finite) continue;
      population = rows[members.front()].number(design.two_stage ? "fpc1" : "fpc");
      if (design.two_stage)
        second +=
            (1.0 - static_cast<double>(members.size()) / rows[members.front()].number("fpc2")) * spread_of(scores);
    }
    const double fraction = static_cast<double>(totals.size()) / population;
    variance += (1.0 - fraction) * spread_of(totals) + fraction * second;
    degrees += static_cast<double>(totals.size()) - 1.0;
  }
  // An indicator that is constant within strata has no variance, but its scores have dust.
  if (variance < 1e-30) variance = 0.0;
  return {share, std::sqrt(variance), static_cast<double>(rows.size()), sum * sum / squares, degrees};
}

/// The estimate of one design and indicator. Nothing where the shared folder is absent.
[[nodiscard]] inline std::optional<DesignedShare> share_of_schools(const std::string& design,
                                                                   const std::string& indicator) {
  static std::map<std::string, Table> files;
  for (const SchoolDesign& each : school_designs()) {
    if (each.brief != design && each.call != design) continue;
    if (!files.contains(each.file)) {
      const auto path = shared_file("golden/A_survey/" + each.file + ".csv");
      if (!path) return std::nullopt;
      files.emplace(each.file, Table{*path});
    }
    return share_of_schools(each, files.at(each.file), indicator);
  }
  throw std::runtime_error("no design " + design);
}

struct RowsChecked {
  int limits{0};     ///< that R answered and that agree
  int dishonest{0};  ///< where R answered NaN, or a point without any variance estimated: here an honest interval
};

/// Every limit that R's svyciprop answers by `name`, against `method(share, confidence)`.
template <class Method>
RowsChecked reproduces_svyciprop(const std::string& name, double tolerance, const Method& method,
                                 double margin = 1e-15) {
  RowsChecked checked;
  const auto file = shared_file("golden/A_survey/survey_results.csv");
  if (!file) return checked;
  const Table golden{*file};
  for (const Row& row : golden.rows()) {
    if (row.text("case") != "ciprop_" + name) continue;
    const bool lower = row.text("stat") == "lo";
    if (!lower && row.text("stat") != "hi") continue;
    const auto share = share_of_schools(row.text("design"), row.text("term"));
    if (!share) return checked;
    const Interval got = method(*share, Confidence{contains(row.text("call"), "level=0.9)") ? 0.9 : 0.95});
    CAPTURE(row.text("design"), row.text("call"), row.text("stat"), got.lower, got.upper);
    if (row.text("value") == "NaN" || share->standard_error == 0.0) {
      CHECK((0.0 <= got.lower && got.upper <= 1.0 && got.width() > 0.01 && got.contains(share->share)));
      ++checked.dishonest;
      continue;
    }
    const double want = std::clamp(row.number("value"), 0.0, 1.0);
    CHECK((lower ? got.lower : got.upper) == Approx(want).epsilon(tolerance).margin(margin));
    ++checked.limits;
  }
  return checked;
}

/// Every row of the file of effective-size intervals whose method begins with `name`. Returns how many rows.
template <class Method>
int reproduces_effective_rows(const std::string& name, const Method& method) {
  const auto file = shared_file("golden/A_survey/ciprop_effective_results.csv");
  if (!file) return -1;
  int rows = 0;
  const Table golden{*file};
  for (const Row& row : golden.rows()) {
    if (row.text("method").rfind(name, 0) != 0) continue;
    const double kish = std::numeric_limits<double>::max();
    const DesignedShare given{row.number("p"), std::sqrt(row.number("var")), row.number("n"), kish, row.number("df")};
    const Interval got = method(given, Confidence{0.95});
    CAPTURE(name, row.text("design"), row.text("indicator"), got.lower, got.upper);
    CHECK(got.lower == Approx(std::max(0.0, row.number("lo"))).epsilon(1e-10));
    CHECK(got.upper == Approx(std::min(1.0, row.number("hi"))).epsilon(1e-10));
    ++rows;
  }
  return rows;
}

/// Inside [0, 1], around the share, never a point unless all is known, whatever is degenerate. Below `least_share` (0
/// and 1 apart) the method's width is not asked: only Wald's vanishes with the share.
template <class Method>
void is_always_honest(const Method& method, double least_share = 0.0) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  int asked = 0;
  bool kept = true;
  for (const EffectiveSize size : {EffectiveSize::smaller, EffectiveSize::plug_in})
    for (const double level : {0.5, 0.95, 0.999999})
      for (const double share : {0.0, 1e-300, 1e-12, 0.004, 0.3, 0.5, 0.97, 1.0 - 1e-12, 1.0})
        for (const double error : {0.0, 1e-200, 1e-9, 0.001, 0.03, 0.4, 50.0})
          for (const double n : {0.0, 1.0, 2.0, 20.0, 5000.0})
            for (const double kish : {0.0, 1e-200, 0.3, 1.0, 7.5, 20.0, 4000.0})
              for (const double df : {0.0, 1e-9, 0.01, 1.0, 19.0, 4999.0, infinite}) {
                const DesignedShare d{share, error, n, kish, df};
                const Interval at = method(d, Confidence{level}, size);
                ++asked;
                bool good = at.lower >= 0.0 && at.upper <= 1.0 && at.contains(share) && at.lower <= at.upper;
                // Only the plug-in size may be so large that nothing but the share is left.
                const bool inner = share > 0.0 && share < 1.0;
                if (size == EffectiveSize::smaller && !(inner && std::min(share, 1.0 - share) < least_share))
                  good = good && at.width() > 1e-8;
                if (df == 0.0) good = good && at == Interval{0.0, 1.0};
                if (kish == 0.0 && size == EffectiveSize::smaller) good = good && at == Interval{0.0, 1.0};
                if ((share == 0.0 || share == 1.0) && kish <= 20.0 && level >= 0.95) good = good && at.width() > 0.05;
                if (kept && !good) {
                  CAPTURE(level, share, error, n, kish, df, at.lower, at.upper, static_cast<int>(size));
                  CHECK(good);
                  kept = false;
                }
              }
  CHECK(kept);
  CHECK(asked > 90'000);
  CHECK(method(DesignedShare{0.3, 0.0, 50.0, infinite, 49.0}, Confidence{0.95}, EffectiveSize::smaller) ==
        Interval{0.3, 0.3});
  CHECK(method(DesignedShare{1.0, 0.0, 50.0, infinite, 49.0}, Confidence{0.95}, EffectiveSize::smaller) ==
        Interval{1.0, 1.0});
  // 0 and 1 are mirror images, and less is known with fewer cases, fewer degrees of freedom and more confidence.
  for (const double share : {0.0, 0.02, 0.4}) {
    const double error = share == 0.0 ? 0.0 : 0.02;
    const auto at = [&](double p, double kish, double df, double level) {
      return method(DesignedShare{p, error, 200.0, kish, df}, Confidence{level}, EffectiveSize::smaller);
    };
    const Interval here = at(share, 40.0, 30.0, 0.95), mirror = at(1.0 - share, 40.0, 30.0, 0.95);
    CHECK(here.lower == Approx(1.0 - mirror.upper).margin(1e-12));
    CHECK(here.upper == Approx(1.0 - mirror.lower).margin(1e-12));
    CHECK(at(share, 20.0, 30.0, 0.95).upper > here.upper);
    CHECK(at(share, 40.0, 3.0, 0.95).upper > here.upper);
    CHECK(at(share, 40.0, 30.0, 0.99).upper > here.upper);
    CHECK(at(share, 20.0, 30.0, 0.95).lower <= here.lower);
    CHECK(at(share, 40.0, 3.0, 0.95).lower <= here.lower);
    CHECK(at(share, 40.0, 30.0, 0.99).lower <= here.lower);
  }
  CHECK_THROWS_AS(method(DesignedShare{1.5, 0.1, 10.0, 10.0, 9.0}, Confidence{0.95}, EffectiveSize::smaller),
                  InputError);
}

}  // namespace assay::test
