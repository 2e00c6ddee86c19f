// Auditors who err: the corrections of score/double_audits.hpp and score/latent_class.hpp, and tables of their answers.
// What Python hands over has been counted in assay.auditor_errors, where the words are.

#include <string>
#include <vector>

#include <assay/io/table.hpp>
#include <assay/score/double_audits.hpp>
#include <assay/score/latent_class.hpp>

#include "columns_in.hpp"

void bind_units(pybind11::module_& m);

namespace assay::bindings {
namespace {

using Rate = std::pair<double, double>;  // rate, n

AuditedKind kind_of(const py::dict& given) {
  const auto rate = [&](const char* name) {
    const auto [value, n] = given[name].cast<Rate>();
    return SeenRate{value, n};
  };
  const auto trials = [&](const char* name) {
    const auto [x, n] = given[name].cast<std::pair<std::int64_t, std::int64_t>>();
    return Trials{x, n};
  };
  return {rate("share"), rate("found"), rate("upheld"), rate("missed"), {trials("sensitivity"), trials("specificity")}};
}

std::vector<AuditedKind> kinds_of(const py::list& given) {
  std::vector<AuditedKind> kinds;
  for (const py::handle each : given) kinds.push_back(kind_of(each.cast<py::dict>()));
  return kinds;
}

py::tuple told(const CorrectedShare& share) {
  return py::make_tuple(share.raw, share.value, share.limits.lower, share.limits.upper, share.cut);
}

io::Table table_of_lists(const py::dict& columns) {
  std::vector<std::shared_ptr<const io::ColumnData>> out;
  for (const auto& [name, values] : columns) {
    const auto list = values.cast<py::list>();
    const auto title = name.cast<std::string>();
    bool all_null = true;
    for (const py::handle value : list) all_null = all_null && value.is_none();
    if (all_null) {  // a column of numbers that are all unknown is still one of numbers
      io::ColumnBuilder column{title, "g"};
      for (std::size_t i = 0; i < list.size(); ++i) column.append_null();
      out.push_back(column.finish());
    } else {
      out.push_back(from_objects(title, list));
    }
  }
  return io::Table{std::move(out)};
}

}  // namespace
}  // namespace assay::bindings

void bind_units(pybind11::module_& m) {
  namespace py = pybind11;
  using namespace pybind11::literals;
  using namespace assay::bindings;
  m.def("table_of_lists", &table_of_lists, "columns"_a, "A table from names and lists of one kind of value each.");
  m.def(
      "correct_by_difference",
      [](const py::list& kinds, double confidence) {
        return told(assay::correct_by_difference(kinds_of(kinds), assay::Confidence{confidence}));
      },
      "kinds"_a, "confidence"_a, "(raw, estimate, lower, upper, cut) by double audits drawn at random.");
  m.def(
      "correct_by_error_rates",
      [](const py::list& kinds, double confidence) {
        return told(assay::correct_by_error_rates(kinds_of(kinds), assay::Confidence{confidence}));
      },
      "kinds"_a, "confidence"_a, "(raw, estimate, lower, upper, cut) by sensitivity and specificity.");
  m.def(
      "exact_limits",
      [](double successes, double trials, double confidence) {
        const auto limits = assay::detail::exact_limits({trials > 0.0 ? successes / trials : 0.0, trials},
                                                        assay::Confidence{confidence});
        return std::pair{limits.lower, limits.upper};
      },
      "successes"_a, "trials"_a, "confidence"_a, "Exact limits of a share.");
  m.def(
      "latent_class",
      [](const std::vector<std::array<double, 6>>& populations, double confidence) {
        std::vector<assay::TwiceAudited> counts;
        for (const auto& p : populations) counts.push_back({p[0], p[1], p[2], p[3], p[4], p[5]});
        const assay::Confidence level{confidence};
        const auto fit = [&] {
          const py::gil_scoped_release unlocked;
          return assay::latent_class(counts, level);
        }();
        py::dict out;
        out["raw"] = fit.raw;
        out["estimate"] = fit.value;
        out["limits"] = std::pair{fit.limits.lower, fit.limits.upper};
        out["rates"] = fit.rates;
        out["sensitivity"] = fit.sensitivity;
        out["sensitivity_limits"] = std::pair{fit.sensitivity_limits.lower, fit.sensitivity_limits.upper};
        out["specificity"] = fit.specificity;
        out["specificity_limits"] = std::pair{fit.specificity_limits.lower, fit.specificity_limits.upper};
        return out;
      },
      "populations"_a, "confidence"_a, "Rates and qualities of two ordinary auditors in several populations.");
}
