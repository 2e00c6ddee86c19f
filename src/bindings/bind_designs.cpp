// Sampling designs, samples of streams and the larger allocations. What Python hands over has been made arrays of
// numbers in assay.sampling and assay.allocation, where the words are.

#include <pybind11/typing.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/random.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/box_allocation.hpp>
#include <assay/sampling/clusters.hpp>
#include <assay/sampling/conditional_poisson.hpp>
#include <assay/sampling/cube.hpp>
#include <assay/sampling/domain_allocation.hpp>
#include <assay/sampling/elimination.hpp>
#include <assay/sampling/joint.hpp>
#include <assay/sampling/local_pivotal.hpp>
#include <assay/sampling/pivotal.hpp>
#include <assay/sampling/poisson.hpp>
#include <assay/sampling/reservoir.hpp>
#include <assay/sampling/sampford.hpp>
#include <assay/sampling/successive.hpp>
#include <assay/sampling/systematic.hpp>
#include <assay/sampling/two_phase.hpp>
#include <assay/sampling/var_opt.hpp>
#include <assay/sampling/weighted_reservoir.hpp>

#include "bindings.hpp"

void bind_designs(pybind11::module_& m);

namespace {

namespace py = pybind11;
using namespace pybind11::literals;
namespace sampling = assay::sampling;
namespace allocation = assay::allocation;
using assay::InputError;
using assay::Random;
using sampling::Positions;
using sampling::RealView;
using sampling::StreamCase;

template <class Number>
using Array = py::array_t<Number, py::array::c_style | py::array::forcecast>;
using Reals = Array<double>;
using Wholes = Array<std::int64_t>;

template <class Number>
std::span<const Number> view(const Array<Number>& array) {
  return {array.data(), static_cast<std::size_t>(array.size())};
}

template <class Number>
py::array_t<Number> to_array(const std::vector<Number>& values) {
  return py::array_t<Number>{static_cast<py::ssize_t>(values.size()), values.data()};
}

/// What `call` answers, made without Python's lock, as an array.
template <class Call>
auto unlocked(const Call& call) {
  auto values = [&] {
    const py::gil_scoped_release release;
    return call();
  }();
  return to_array(values);
}

template <class Call>
py::array_t<double> unlocked_square(std::size_t side, const Call& call) {
  auto flat = unlocked(call);
  return py::array_t<double>{flat.reshape({side, side})};
}

sampling::Known known(const Reals& rows) {
  return {view(rows), rows.ndim() == 2 ? static_cast<std::size_t>(rows.shape(1)) : 0};
}

template <class Draw>
void bind_draw(py::module_& m, const char* name, const Draw& draw, const char* doc) {
  m.def(
      name,
      [draw](const Reals& probabilities, std::uint64_t seed) {
        return unlocked([&] {
          Random random{seed};
          return draw(view(probabilities), random);
        });
      },
      "probabilities"_a, py::kw_only(), "seed"_a, doc);
}

template <class Draw>
void bind_draw_with(py::module_& m, const char* name, const char* what, const Draw& draw, const char* doc) {
  m.def(
      name,
      [draw](const Reals& probabilities, const Reals& rows, std::uint64_t seed) {
        return unlocked([&] {
          Random random{seed};
          return draw(view(probabilities), known(rows), random);
        });
      },
      "probabilities"_a, py::arg(what), py::kw_only(), "seed"_a, doc);
}

sampling::PairDesign pair_design(const std::string& name) {
  using enum sampling::PairDesign;
  for (const auto& [word, design] :
       {std::pair{"conditional_poisson", conditional_poisson}, std::pair{"sampford", sampford},
        std::pair{"systematic", systematic}, std::pair{"poisson", poisson}, std::pair{"tille", tille},
        std::pair{"midzuno", midzuno}, std::pair{"high_entropy", high_entropy}})
    if (name == word) return design;
  throw InputError("design= as one of conditional_poisson, sampford, systematic, poisson, tille, midzuno, high_entropy",
                   assay::in_quotes(name));
}

void bind_draws(py::module_& m) {
  m.def(
      "inclusion_probabilities",
      [](const Reals& sizes, std::int64_t n) {
        return unlocked([&] { return sampling::inclusion_probabilities(view(sizes), n); });
      },
      "sizes"_a, "n"_a, "Probabilities proportional to size.");
  m.def(
      "working_probabilities",
      [](const Reals& probabilities) {
        return unlocked([&] { return sampling::working_probabilities(view(probabilities)); });
      },
      "probabilities"_a, "What a Poisson sample of the right size must be drawn with.");
  m.def(
      "joint_probabilities",
      [](const Reals& probabilities, const std::string& design) {
        const auto kind = pair_design(design);
        return unlocked_square(view(probabilities).size(),
                               [&] { return sampling::joint_probabilities(view(probabilities), kind); });
      },
      "probabilities"_a, py::kw_only(), "design"_a, "The matrix of joint inclusion probabilities.");
  m.def(
      "successive_probabilities",
      [](const Reals& weights, std::int64_t n) {
        return unlocked([&] { return sampling::successive_probabilities(view(weights), n); });
      },
      "weights"_a, "n"_a, "Inclusion probabilities of successive sampling.");
  m.def(
      "successive_joint_probabilities",
      [](const Reals& weights, std::int64_t n) {
        return unlocked_square(view(weights).size(),
                               [&] { return sampling::successive_joint_probabilities(view(weights), n); });
      },
      "weights"_a, "n"_a, "Joint inclusion probabilities of successive sampling.");

  bind_draw(m, "conditional_poisson", sampling::conditional_poisson, "A maximum-entropy sample.");
  bind_draw(m, "sampford", sampling::sampford, "A sample of Sampford's design.");
  bind_draw(m, "pivotal", sampling::pivotal, "An ordered pivotal sample.");
  bind_draw(m, "tille", sampling::tille, "A sample by elimination.");
  bind_draw(m, "midzuno", sampling::midzuno, "The complement of a sample by elimination.");
  bind_draw(m, "poisson", [](RealView p, Random& random) { return sampling::poisson(p, random); }, "A Poisson sample.");
  bind_draw(
      m, "systematic", [](RealView p, Random& random) { return sampling::systematic(p, random); },
      "A systematic sample along the list.");
  bind_draw(m, "systematic_in_random_order", sampling::systematic_in_random_order,
            "A systematic sample along a random order.");
  bind_draw_with(m, "cube", "balance", sampling::cube, "A balanced sample.");
  bind_draw_with(m, "local_pivotal", "position", sampling::local_pivotal, "A sample spread in space.");
  m.def(
      "systematic_at",
      [](const Reals& probabilities, double start) {
        return unlocked([&] { return sampling::systematic(view(probabilities), start); });
      },
      "probabilities"_a, py::kw_only(), "start"_a, "A systematic sample with a given start.");
  m.def(
      "keyed_poisson",
      [](const Reals& probabilities, const Array<std::uint64_t>& numbers) {
        return unlocked([&] { return sampling::poisson(view(probabilities), view(numbers)); });
      },
      "probabilities"_a, "numbers"_a, "A Poisson sample by permanent random numbers.");
}

void bind_stages(py::module_& m) {
  m.def(
      "two_stage",
      [](const Wholes& cluster, std::int64_t clusters, std::int64_t cases, bool by_size, std::uint64_t seed) {
        Random random{seed};
        const auto drawn =
            sampling::two_stage(view(cluster), clusters, cases,
                                by_size ? sampling::FirstStage::by_size : sampling::FirstStage::equal, random);
        Positions position;
        std::vector<double> first, second;
        for (const auto& each : drawn) {
          position.push_back(each.position);
          first.push_back(each.cluster_probability);
          second.push_back(each.case_probability);
        }
        return std::tuple{to_array(position), to_array(first), to_array(second)};
      },
      "cluster"_a, py::kw_only(), "clusters"_a, "cases"_a, "by_size"_a, "seed"_a,
      "Positions, chances of the clusters, chances of the cases within.");
  m.def(
      "second_phase",
      [](const Reals& first, const Wholes& stratum, const Wholes& sizes, std::uint64_t seed) {
        Random random{seed};
        Positions position;
        std::vector<double> second;
        for (const auto& each : sampling::second_phase(view(first), view(stratum), view(sizes), random)) {
          position.push_back(each.position);
          second.push_back(each.second_probability);
        }
        return std::pair{to_array(position), to_array(second)};
      },
      "probabilities"_a, "stratum"_a, py::kw_only(), "sizes"_a, "seed"_a,
      "Positions in the first phase, chances of the second.");
}

/// One name as the streams hold it; whole numbers beyond 64 bits by their decimal text.
StreamCase name_of(py::handle value, std::int64_t row) {
  if (PyUnicode_Check(value.ptr())) {
    Py_ssize_t length = 0;
    const char* const bytes = PyUnicode_AsUTF8AndSize(value.ptr(), &length);
    if (bytes == nullptr) {
      PyErr_Clear();
      throw InputError("text that UTF-8 can hold", "text with a lone surrogate", {"case", row});
    }
    return std::string{bytes, static_cast<std::size_t>(length)};
  }
  const auto type = py::str(py::type::handle_of(value).attr("__name__")).cast<std::string>();
  if (PyBool_Check(value.ptr()) || type == "bool" || type == "bool_" || PyIndex_Check(value.ptr()) == 0)
    throw InputError("a case: text or a whole number", value.is_none() ? "None" : "a " + type, {"case", row});
  const auto whole = py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr()));
  if (!whole) throw py::error_already_set();
  int overflow = 0;
  const std::int64_t number = PyLong_AsLongLongAndOverflow(whole.ptr(), &overflow);
  if (overflow == 0) return number;
  return py::str(whole).cast<std::string>();
}

/// All names of a list or an array, read before any is added.
std::vector<StreamCase> names_of(py::object cases) {
  if (PyUnicode_Check(cases.ptr()) || PyBytes_Check(cases.ptr()))
    throw InputError("a list or array of cases", "one text", {}, "put a single case in a list");
  if (PyAnySet_Check(cases.ptr()) || PyDict_Check(cases.ptr()))
    throw InputError("a list or array of cases", "a set or a dict", {}, "its order would be lost");
  if (!py::isinstance<py::array>(cases) && py::hasattr(cases, "__array__")) cases = cases.attr("__array__")();
  std::vector<StreamCase> names;
  if (py::isinstance<py::array>(cases)) {
    const py::array array{cases};
    if (array.ndim() != 1) throw InputError("an array of one dimension", std::to_string(array.ndim()) + " dimensions");
    if (array.dtype().kind() == 'i') {
      const Wholes typed{array};
      names.assign(typed.data(), typed.data() + typed.size());
      return names;
    }
  }
  const auto items = py::reinterpret_steal<py::object>(PySequence_Fast(cases.ptr(), "not a sequence"));
  if (!items) {
    PyErr_Clear();
    throw InputError("a list or array of cases",
                     py::str(py::type::handle_of(cases).attr("__name__")).cast<std::string>());
  }
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.ptr()); ++i)
    names.push_back(name_of(PySequence_Fast_GET_ITEM(items.ptr(), i), i));
  return names;
}

/// Whole numbers as an array of them, anything else as an array of objects.
py::array names_out(const std::vector<StreamCase>& names) {
  std::vector<std::int64_t> numbers;
  py::list mixed;
  for (const auto& name : names) {
    if (const auto* number = std::get_if<std::int64_t>(&name)) {
      numbers.push_back(*number);
      mixed.append(*number);
    } else {
      mixed.append(std::get<std::string>(name));
    }
  }
  if (numbers.size() == names.size()) return to_array(numbers);
  return py::module_::import("numpy").attr("array")(mixed, "dtype"_a = "O");
}

// Unions of one show in the stubs, and let anything in to be refused by our own words.
using Whole = py::typing::Union<py::int_>;

/// A whole number from 0 to 2^64 - 1. \throws InputError for anything else.
std::uint64_t whole_number(py::handle value, const std::string& wanted) {
  const auto type = py::str(py::type::handle_of(value).attr("__name__")).cast<std::string>();
  const bool whole =
      PyBool_Check(value.ptr()) == 0 && type != "bool" && type != "bool_" && PyIndex_Check(value.ptr()) != 0;
  const auto number = whole ? py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr())) : py::object{};
  const std::uint64_t out = number ? PyLong_AsUnsignedLongLong(number.ptr()) : 0;
  if (!number || PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    throw InputError(wanted, assay::in_quotes(py::repr(value).cast<std::string>()));
  }
  return out;
}

template <class Sample>
py::class_<Sample> bind_stream(py::module_& m, const char* name, const char* doc) {
  return assay::bindings::bind_sketch<Sample>(m, name, doc)
      .def(py::init([](const Whole& size, const Whole& seed) {
             const auto kept = whole_number(size, "a sample size between 1 and 2^31 - 1");
             return Sample{static_cast<std::int64_t>(std::min<std::uint64_t>(kept, std::uint64_t{1} << 40U)),
                           whole_number(seed, "seed= as a whole number from 0 to 2^64 - 1")};
           }),
           "size"_a, py::kw_only(), "seed"_a, "`size` cases are kept. Give every worker a `seed` of its own.")
      .def_property_readonly("size", &Sample::size, "How many cases are kept.")
      .def_property_readonly("seen", &Sample::seen, "How many cases have streamed by.");
}

template <class Sample>
void bind_weighted(py::class_<Sample> bound) {
  bound
      .def(
          "add",
          [](const py::object& self, const py::object& cases, const Reals& weights) {
            auto names = names_of(cases);
            if (weights.ndim() != 1 || static_cast<std::size_t>(weights.size()) != names.size())
              throw InputError("one weight for each of " + std::to_string(names.size()) + " cases",
                               std::to_string(weights.size()));
            for (std::size_t i = 0; i < names.size(); ++i) sampling::detail::refuse_unless_weight(weights.data()[i], i);
            auto& sample = self.cast<Sample&>();
            const py::scoped_critical_section alone{self};
            for (std::size_t i = 0; i < names.size(); ++i) sample.add(std::move(names[i]), weights.data()[i]);
          },
          "cases"_a, "weights"_a, "Let cases stream by with their weights. Where one is refused, none is added.")
      .def(
          "sample",
          [](const Sample& self) {
            std::vector<StreamCase> names;
            std::vector<double> weights, probabilities;
            for (auto& each : self.sample()) {
              names.push_back(each.name);
              weights.push_back(each.weight);
              probabilities.push_back(each.probability);
            }
            py::dict out;
            out["case"] = names_out(names);
            out["weight"] = to_array(weights);
            out["inclusion_probability"] = to_array(probabilities);
            return out;
          },
          "The cases kept, as a table: case, weight, inclusion_probability.")
      .def_property_readonly("threshold", &Sample::threshold, "What parts kept cases from others: see the class.");
}

void bind_streams(py::module_& m) {
  using sampling::Reservoir;
  bind_stream<Reservoir>(
      m, "Reservoir",
      "A simple random sample of `size` cases of a stream of unknown length.\n\n"
      "Every subset of that size is equally likely; most cases cost nothing at all. The sample depends on the seed "
      "and\n"
      "on the order of the stream, its law does not. Parts with different seeds merge, in any order, to equal bytes.\n"
      "For draws that several machines must agree on, take keyed ones (assay.KeyedSampler, plan.draw).\n\n"
      "    >>> reservoir = assay.sampling.Reservoir(3, seed=1)\n"
      "    >>> reservoir.add(range(1000))\n"
      "    >>> reservoir.seen, len(reservoir.sample()[\"case\"])\n"
      "    (1000, 3)\n\n"
      "Reference: Li (1994), ACM TOMS 20(4):481-493, doi:10.1145/198429.198435")
      .def(
          "add",
          [](const py::object& self, const py::object& cases) {
            if (PyRange_Check(cases.ptr())) {
              // a range is never written out
              const auto count = static_cast<std::uint64_t>(py::len(cases));
              auto& reservoir = self.cast<Reservoir&>();
              const py::scoped_critical_section alone{self};
              reservoir.add(count, [&](std::uint64_t i) {
                return name_of(py::object{cases[py::int_(i)]}, static_cast<std::int64_t>(i));
              });
              return;
            }
            auto names = names_of(cases);
            auto& reservoir = self.cast<Reservoir&>();
            const py::scoped_critical_section alone{self};
            reservoir.add(names.size(), [&](std::uint64_t i) { return std::move(names[i]); });
          },
          "cases"_a, "Let cases stream by: a list, array or column of texts or whole numbers.")
      .def(
          "sample",
          [](const Reservoir& self) {
            const auto names = self.sample();
            py::dict out;
            out["case"] = names_out(names);
            out["inclusion_probability"] = to_array(std::vector<double>(names.size(), self.inclusion_probability()));
            return out;
          },
          "The cases kept, as a table: case, inclusion_probability.")
      .def_property_readonly("inclusion_probability", &Reservoir::inclusion_probability,
                             "The chance of every case of the stream.");
  bind_weighted(bind_stream<sampling::WeightedReservoir>(
      m, "WeightedReservoir",
      "A sample of a stream as if drawn one case after the other, in proportion to weight.\n\n"
      "This is successive sampling: heavier cases are likelier, but not in proportion (`successive_probabilities` "
      "gives\n"
      "the true chances, for which all weights must be known). The table of `sample` has the chances given the keys "
      "of\n"
      "the other cases, with which sums of y / inclusion_probability are unbiased. `threshold` is the smallest key "
      "that\n"
      "was not kept. Parts with different seeds merge, in any order, to equal bytes. Where chances must be exactly\n"
      "proportional to weight, take `VarOpt`.\n\n"
      "Reference: Efraimidis & Spirakis (2006), Information Processing Letters 97(5):181-185; Cohen & Kaplan (2007)"));
  bind_weighted(bind_stream<sampling::VarOpt>(
      m, "VarOpt",
      "A sample of a stream with chances min(1, weight / threshold): exactly proportional to weight.\n\n"
      "The estimated total of the weights is exact, and on average no design of this size estimates totals of slices\n"
      "better. Parts with different seeds merge; the order of the stream and of merges shapes the sample, not its "
      "law.\n\n"
      "    >>> sample = assay.sampling.VarOpt(4, seed=1)\n"
      "    >>> sample.add(range(10), range(1, 11))\n"
      "    >>> sample.threshold\n"
      "    13.75\n\n"
      "Reference: Cohen, Duffield, Kaplan, Lund & Thorup (2011), SIAM J. Computing 40(5):1402-1431"));
}

allocation::Limits limits_of(const Wholes& least, const Wholes& most) {
  return {{least.data(), least.data() + least.size()}, {most.data(), most.data() + most.size()}};
}

/// A matrix of variances, demands by strata, without its zeros.
std::vector<allocation::Demand> demands_of(const Reals& variance, const Reals& limit, bool finite) {
  if (variance.ndim() != 2 || variance.shape(0) != limit.size())
    throw InputError("a row of variances for each of " + std::to_string(limit.size()) + " limits",
                     variance.ndim() == 2 ? std::to_string(variance.shape(0)) + " rows" : "no matrix");
  std::vector<allocation::Demand> demands(static_cast<std::size_t>(limit.size()));
  const auto strata = static_cast<std::size_t>(variance.shape(1));
  for (std::size_t j = 0; j < demands.size(); ++j) {
    demands[j].limit = limit.data()[j];
    demands[j].finite = finite;
    for (std::size_t h = 0; h < strata; ++h)
      if (const double amount = variance.data()[j * strata + h]; amount != 0.0) demands[j].parts.push_back({h, amount});
  }
  return demands;
}

void bind_allocations(py::module_& m) {
  using allocation::DomainAllocation;
  const auto bind_sizes = [&m](const char* name, auto allocate, const char* doc) {
    m.def(
        name,
        [allocate](const Wholes& populations, const Reals& spread, const Reals& cost, const Wholes& least,
                   const Wholes& most, double amount) {
          const py::gil_scoped_release release;
          return allocate(view(populations), view(spread), view(cost), limits_of(least, most), amount);
        },
        "populations"_a, "spread"_a, "cost"_a, "least"_a, "most"_a, "amount"_a, doc);
  };
  bind_sizes(
      "cost_weighted",
      [](auto populations, auto spread, auto cost, const auto& limits, double size) {
        return allocation::cost_weighted(populations, spread, cost, limits, static_cast<std::int64_t>(size));
      },
      "Whole numbers that add up to a size.");
  bind_sizes(
      "bought",
      [](auto populations, auto spread, auto cost, const auto& limits, double budget) {
        return allocation::bought(populations, spread, cost, limits, budget).sizes;
      },
      "Whole numbers that a budget buys.");
  py::class_<DomainAllocation>(
      m, "DomainAllocation",
      "The cheapest sizes that make every slice as sharp as wished, and the proof.\n\n"
      "`sizes` are whole numbers that meet every demand at the given `cost`; `real` and `real_cost` are the optimum "
      "in\n"
      "real numbers. No sizes that meet the demands cost less than `bound`, so `real_cost` is at most the share `gap`\n"
      "above the best. `attained` is the variance of each demand with `sizes`; `prices` is what a limit higher by one\n"
      "unit saves (0 where the demand costs nothing).")
      .def_property_readonly(
          "sizes", [](const DomainAllocation& self) { return to_array(self.sizes); },
          "Whole numbers that meet every demand.")
      .def_property_readonly(
          "real", [](const DomainAllocation& self) { return to_array(self.real); }, "The optimum in real numbers.")
      .def_readonly("cost", &DomainAllocation::cost, "Of the whole numbers.")
      .def_readonly("real_cost", &DomainAllocation::real_cost, "Of the real numbers.")
      .def_readonly("bound", &DomainAllocation::bound, "No sizes that meet the demands cost less.")
      .def_readonly("gap", &DomainAllocation::gap, "(real_cost - bound) / real_cost.")
      .def_property_readonly(
          "attained", [](const DomainAllocation& self) { return to_array(self.attained); },
          "The variance of each demand with the whole numbers.")
      .def_property_readonly(
          "prices", [](const DomainAllocation& self) { return to_array(self.prices); },
          "What a limit higher by one unit saves.")
      .def("__repr__", [](const DomainAllocation& self) {
        return "DomainAllocation(" + std::to_string(self.sizes.size()) + " strata, " +
               std::to_string(self.prices.size()) + " demands, cost " + assay::to_text(self.cost) + ", bound " +
               assay::to_text(self.bound) + ")";
      });
  m.def(
      "for_domains",
      [](const Wholes& populations, const Reals& variance, const Reals& limit, const Reals& cost, const Wholes& least,
         const Wholes& most, bool finite) {
        const auto demands = demands_of(variance, limit, finite);
        const py::gil_scoped_release release;
        return allocation::domain_allocation(view(populations), demands, view(cost), limits_of(least, most));
      },
      "populations"_a, "variance"_a, "limit"_a, "cost"_a, "least"_a, "most"_a, "finite"_a,
      "The cheapest sizes for many demands.");
}

}  // namespace

void bind_designs(py::module_& m) {
  py::module_ room = m.def_submodule("designs", "Sampling designs, samples of streams, allocation for many slices.");
  bind_draws(room);
  bind_stages(room);
  bind_streams(room);
  bind_allocations(room);
}
