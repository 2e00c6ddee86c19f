// assay._core.interval: one number in, an interval out; arrays in, a pair of arrays out.

#include <pybind11/typing.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <assay/core/error.hpp>
#include <assay/core/probability.hpp>
#include <assay/core/text.hpp>
#include <assay/interval/agresti_coull.hpp>
#include <assay/interval/blaker.hpp>
#include <assay/interval/clopper_pearson.hpp>
#include <assay/interval/hypergeometric.hpp>
#include <assay/interval/hypergeometric_blaker.hpp>
#include <assay/interval/jeffreys.hpp>
#include <assay/interval/mid_p.hpp>
#include <assay/interval/wilson.hpp>

#include "bindings.hpp"

void bind_interval(pybind11::module_& m);

namespace {

namespace py = pybind11;
using namespace pybind11::literals;
using assay::CountInterval;
using assay::InputError;
using assay::Interval;

using Counts = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;
using Row = std::optional<std::int64_t>;

constexpr std::int64_t most = std::int64_t{1}
                              << 53U;  // the largest count that a double holds exactly, and all below it

/// A value as it is shown in a message: text in quotes, anything else as Python writes it, never endless.
std::string shown(const py::handle& value) {
  if (py::isinstance<py::str>(value)) return assay::in_quotes(py::str(value).cast<std::string>());
  const std::string written = assay::in_quotes(py::repr(value).cast<std::string>());
  return written.substr(1, written.size() - 2);
}

/// What one argument must be; refusals name it.
struct Argument {
  const char* name;

  [[noreturn]] void refuse(const std::string& got, Row row) const {
    throw InputError(std::string{name} + " as whole numbers between 0 and " + assay::to_text(most), got, {"", row});
  }

  [[nodiscard]] std::int64_t checked(std::int64_t value, Row row) const {
    if (value < 0 || value > most) refuse(assay::to_text(value), row);
    return value;
  }

  [[nodiscard]] std::int64_t checked(double value, Row row) const {
    if (!(value >= 0.0 && value <= static_cast<double>(most)) || value != std::floor(value))
      refuse(assay::to_text(value), row);
    return static_cast<std::int64_t>(value);
  }

  [[nodiscard]] std::int64_t checked(const py::handle& value, Row row) const {
    const bool truth = PyBool_Check(value.ptr()) != 0 ||
                       (py::hasattr(value, "dtype") && py::str(value.attr("dtype")).equal(py::str("bool")));
    if (truth) refuse(shown(value), row);
    if (PyIndex_Check(value.ptr()) != 0) {
      const auto whole = py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr()));
      if (!whole) throw py::error_already_set();
      int overflow = 0;
      const auto number = static_cast<std::int64_t>(PyLong_AsLongLongAndOverflow(whole.ptr(), &overflow));
      if (overflow != 0) refuse(shown(whole), row);
      return checked(number, row);
    }
    if (!py::hasattr(value, "__float__")) refuse(shown(value), row);
    return checked(py::float_(py::reinterpret_borrow<py::object>(value)).cast<double>(), row);
  }

  template <class Number>
  [[nodiscard]] Counts checked_all(const py::array& values) const {
    const auto given = py::array_t < Number, py::array::c_style | py::array::forcecast > ::ensure(values);
    if (!given) throw py::error_already_set();
    Counts out{std::vector<py::ssize_t>(values.shape(), values.shape() + values.ndim())};
    for (py::ssize_t at = 0; at < given.size(); ++at) {
      const Number value = given.data()[at];
      if constexpr (std::is_same_v<Number, std::uint64_t>) {
        if (value > static_cast<std::uint64_t>(most)) refuse(std::to_string(value), at);
        out.mutable_data()[at] = static_cast<std::int64_t>(value);
      } else {
        out.mutable_data()[at] = checked(value, at);
      }
    }
    return out;
  }

  /// Numbers of any kind as exact counts.
  [[nodiscard]] Counts read(const py::object& given) const {
    const bool one = PyLong_Check(given.ptr()) != 0 || PyFloat_Check(given.ptr()) != 0;
    if (one) {
      Counts out{std::vector<py::ssize_t>{}};
      *out.mutable_data() = checked(static_cast<const py::handle&>(given), std::nullopt);
      return out;
    }
    const py::object asarray = py::module_::import("numpy").attr("asarray");
    const bool typed = py::hasattr(given, "dtype") || py::hasattr(given, "__array__");
    const py::array values = typed ? asarray(given) : asarray(given, "dtype"_a = "O");
    switch (values.dtype().kind()) {
      case 'i':
        return checked_all<std::int64_t>(values);
      case 'u':
        return checked_all<std::uint64_t>(values);
      case 'f':
        return checked_all<double>(values);
      case 'O': {
        Counts out{std::vector<py::ssize_t>(values.shape(), values.shape() + values.ndim())};
        std::int64_t at = 0;
        for (const py::handle value : values.attr("flat")) {
          out.mutable_data()[at] = checked(value, values.ndim() == 0 ? Row{} : Row{at});
          ++at;
        }
        return out;
      }
      default:
        refuse(values.ndim() == 0 ? shown(given) : "values of type " + py::str(values.dtype()).cast<std::string>(), {});
    }
  }
};

constexpr Argument successes_argument{"successes"}, trials_argument{"trials"}, population_argument{"population"};

assay::Confidence read_confidence(const py::object& given) {
  const bool number = PyBool_Check(given.ptr()) == 0 && !py::isinstance<py::str>(given) &&
                      (PyIndex_Check(given.ptr()) != 0 || py::hasattr(given, "__float__"));
  if (!number) throw InputError("a confidence strictly between 0 and 1", shown(given));
  return assay::Confidence{py::float_(given).cast<double>()};
}

/// Each array repeated to the shape that all of them share.
template <std::size_t count>
void broadcast(std::array<Counts, count>& all) {
  if (std::all_of(all.begin(), all.end(), [](const Counts& one) { return one.ndim() == 0; })) return;
  const py::module_ numpy = py::module_::import("numpy");
  std::string shapes;
  py::tuple each{count};
  for (std::size_t at = 0; at < count; ++at) {
    each[at] = all[at].attr("shape");
    shapes += (at == 0 ? "" : at + 1 == count ? " and " : ", ") + py::repr(each[at]).cast<std::string>();
  }
  py::object shape;
  try {
    shape = numpy.attr("broadcast_shapes")(*each);
  } catch (const py::error_already_set& error) {
    if (!error.matches(PyExc_ValueError)) throw;
    throw InputError("arrays of one shape, or of shapes that broadcast", "the shapes " + shapes);
  }
  for (Counts& one : all) one = Counts::ensure(numpy.attr("broadcast_to")(one, shape));
}

[[nodiscard]] assay::Trials trials_at(std::int64_t successes, std::int64_t trials, Row row) {
  if (successes > trials)
    throw InputError("successes of at most the " + assay::to_text(trials) + " trials", assay::to_text(successes),
                     {"", row});
  return {successes, trials};
}

/// `method(at, row)` for every place of the shared shape, without Python's lock where there are many.
template <class Limit, class Limits, class Method>
py::object answer(const Counts& shape, const Method& method) {
  if (shape.ndim() == 0) return py::cast(Limits{method(0, Row{})});
  const std::vector<py::ssize_t> sizes(shape.shape(), shape.shape() + shape.ndim());
  py::array_t<Limit> lower{sizes}, upper{sizes};
  Limit* const low = lower.mutable_data();
  Limit* const high = upper.mutable_data();
  const std::int64_t size = shape.size();
  {
    std::optional<py::gil_scoped_release> unlocked;
    if (size > 64) unlocked.emplace();
    for (std::int64_t at = 0; at < size; ++at) {
      const Limits limits = method(at, Row{at});
      low[at] = limits.lower;
      high[at] = limits.upper;
    }
  }
  return py::make_tuple(std::move(lower), std::move(upper));
}

void bind_method(py::module_& m, const char* name, Interval (*method)(assay::Trials, assay::Confidence),
                 const char* doc) {
  m.def(
      name,
      [method](const py::object& successes, const py::object& trials, const py::object& confidence) {
        const assay::Confidence level = read_confidence(confidence);
        std::array<Counts, 2> all{successes_argument.read(successes), trials_argument.read(trials)};
        broadcast(all);
        const std::int64_t* const x = all[0].data();
        const std::int64_t* const n = all[1].data();
        return answer<double, Interval>(
            all[0], [&](std::int64_t at, Row row) { return method(trials_at(x[at], n[at], row), level); });
      },
      "successes"_a, "trials"_a, py::kw_only(), "confidence"_a = 0.95, doc);
}

py::object hypergeometric(const py::object& successes, const py::object& trials, const py::object& population,
                          const py::object& confidence, const py::object& method) {
  const bool blaker = py::isinstance<py::str>(method) && py::str(method).equal(py::str("blaker"));
  if (!blaker && !(py::isinstance<py::str>(method) && py::str(method).equal(py::str("equal_tailed"))))
    throw InputError("method 'equal_tailed' or 'blaker'", shown(method));
  const assay::Confidence level = read_confidence(confidence);
  std::array<Counts, 3> all{successes_argument.read(successes), trials_argument.read(trials),
                            population_argument.read(population)};
  broadcast(all);
  const std::int64_t* const x = all[0].data();
  const std::int64_t* const n = all[1].data();
  const std::int64_t* const whole = all[2].data();
  return answer<std::int64_t, CountInterval>(all[0], [&](std::int64_t at, Row row) {
    const assay::Trials sample = trials_at(x[at], n[at], row);
    if (whole[at] < n[at])
      throw InputError("a population of at least the " + assay::to_text(n[at]) + " trials", assay::to_text(whole[at]),
                       {"", row});
    return blaker ? assay::hypergeometric_blaker(sample, whole[at], level)
                  : assay::hypergeometric(sample, whole[at], level);
  });
}

/// What both kinds of limits have: they are values, and they unpack as a pair.
template <class Limits, class Limit>
py::class_<Limits> bind_limits(py::module_& m, const char* name, const char* doc) {
  using Pair = py::typing::Tuple<Limit, Limit>;
  const auto pair = [](const Limits& self) { return Pair{py::make_tuple(self.lower, self.upper)}; };
  const auto make = [](Limit lower, Limit upper) {
    if (!(lower <= upper))
      throw InputError("a lower limit not above the upper one",
                       assay::to_text(lower) + " and " + assay::to_text(upper));
    return Limits{lower, upper};
  };
  py::class_<Limits> bound{m, name, doc};
  bound.def(py::init(make), "lower"_a, "upper"_a)
      .def_property_readonly(
          "lower", [](const Limits& self) { return self.lower; }, "The lower limit.")
      .def_property_readonly(
          "upper", [](const Limits& self) { return self.upper; }, "The upper limit.")
      .def_property_readonly("width", &Limits::width, "upper - lower.")
      .def("__contains__", &Limits::contains, "value"_a, "True where lower <= value <= upper.")
      .def("__len__", [](const Limits&) { return 2; })
      .def(
          "__getitem__",
          [](const Limits& self, std::int64_t at) {
            if (at < -2 || at > 1) throw py::index_error("an interval has two limits, at 0 and 1");
            return at == 0 || at == -2 ? self.lower : self.upper;
          },
          "at"_a)
      .def("__iter__", [pair](const Limits& self) { return py::typing::Iterator<Limit>{py::iter(pair(self))}; })
      .def(
          "__eq__",
          [](const Limits& self, const py::object& other) -> py::object {
            if (!py::isinstance<Limits>(other)) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
            return py::bool_(self == other.cast<const Limits&>());
          },
          "other"_a)
      .def("__hash__", [pair](const Limits& self) { return py::hash(pair(self)); })
      .def("__repr__",
           [name = std::string{name}](const Limits& self) {
             return name + "(lower=" + assay::to_text(self.lower) + ", upper=" + assay::to_text(self.upper) + ")";
           })
      .def(py::pickle(
          pair, [make](const Pair& state) { return make(py::cast<Limit>(state[0]), py::cast<Limit>(state[1])); }));
  return bound;
}

}  // namespace

void bind_interval(py::module_& m) {
  py::module_ room = m.def_submodule("interval", "Intervals for shares and for counts in a finite queue.");

  bind_limits<Interval, double>(room, "Interval", "Two limits, lower <= upper; unpacks as a pair.");
  bind_limits<CountInterval, std::int64_t>(room, "CountInterval",
                                           "Two whole limits, both of them possible; unpacks as a pair.")
      .def(
          "shares_of",
          [](const CountInterval& self, const py::object& population) {
            const std::int64_t whole = *population_argument.read(population).data();
            if (whole < self.upper)
              throw InputError("a population of at least " + assay::to_text(self.upper), assay::to_text(whole));
            return self.shares_of(whole);
          },
          "population"_a, "The same limits as shares of the whole queue; of an empty one, 0 and 1.");

  bind_method(room, "wilson", &assay::wilson, "Wilson's score interval for a share.");
  bind_method(room, "clopper_pearson", &assay::clopper_pearson, "Clopper and Pearson's exact interval for a share.");
  bind_method(room, "jeffreys", &assay::jeffreys, "Jeffreys' interval for a share.");
  bind_method(room, "agresti_coull", &assay::agresti_coull, "Agresti and Coull's interval for a share, clamped.");
  bind_method(room, "mid_p", &assay::mid_p, "The mid-P interval for a share.");
  bind_method(room, "blaker", &assay::blaker, "Blaker's exact interval for a share.");
  room.def("hypergeometric", &hypergeometric, "successes"_a, "trials"_a, py::kw_only(), "population"_a,
           "confidence"_a = 0.95, "method"_a = "equal_tailed",
           "Exact limits for the number of successes in a finite queue.");
}
