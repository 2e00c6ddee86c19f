// Keyed draws and allocation. Ids are texts or whole numbers; whatever else comes is refused with its place.

#include <pybind11/typing.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>
#include <assay/sampling/keyed.hpp>
#include <assay/sampling/neyman.hpp>

#include "bindings.hpp"

void bind_sampling(pybind11::module_& m);

namespace {

namespace py = pybind11;
using namespace pybind11::literals;
using assay::DrawKey;
using assay::InputError;
using assay::KeyedSampler;
using assay::Place;
using Text = py::typing::Union<py::str, py::bytes>;
using Period = py::typing::Union<py::str>;
using Case = py::typing::Union<py::str, py::int_>;
// Unions of one, like Period: they show in the stubs, and let anything in to be refused by our own words.
using Whole = py::typing::Union<py::int_>;
using Real = py::typing::Union<py::float_>;
using Wholes = py::typing::Union<py::typing::Iterable<py::int_>>;
using Reals = py::typing::Union<py::typing::Iterable<py::float_>>;

/// What a Python value is called in a message: its type, and the value where it is short.
std::string described(py::handle value) {
  if (value.is_none()) return "None";
  const auto type = py::str(py::type::handle_of(value).attr("__name__")).cast<std::string>();
  auto shown = py::repr(value).cast<std::string>();
  if (shown.size() > 40) return type;
  return type + " " + std::move(shown);
}

/// The UTF-8 bytes of a str, valid while it lives.
std::string_view utf8(py::handle text, const Place& place) {
  Py_ssize_t length = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text.ptr(), &length);
  if (bytes == nullptr) {
    PyErr_Clear();
    throw InputError("text that UTF-8 can hold", "text with a lone surrogate", place);
  }
  return {bytes, static_cast<std::size_t>(length)};
}

/// True for int and NumPy integers, not for truth values of either.
bool whole(py::handle value) {
  if (PyBool_Check(value.ptr())) return false;
  if (PyLong_Check(value.ptr())) return true;
  if (PyIndex_Check(value.ptr()) == 0) return false;
  const auto name = py::str(py::type::handle_of(value).attr("__name__")).cast<std::string>();
  return name != "bool" && name != "bool_";
}

std::uint64_t number_of(const DrawKey& key, py::handle id, const Place& place = {}) {
  if (PyUnicode_Check(id.ptr())) {
    const auto text = utf8(id, place);
    if (text.empty()) throw InputError("a case id", "empty text", place);
    return permanent_random_number(key, text);
  }
  if (!whole(id)) throw InputError("a case id: text or a whole number", described(id), place);
  const auto integer = py::reinterpret_steal<py::object>(PyNumber_Index(id.ptr()));
  if (!integer) throw py::error_already_set();
  int overflow = 0;
  const auto small = PyLong_AsLongLongAndOverflow(integer.ptr(), &overflow);
  if (overflow == 0) return permanent_random_number(key, small);
  return permanent_random_number(key, utf8(py::str(integer), place));  // any number of digits, decimal text alike
}

DrawKey make_key(const Text& secret, const Period& label) {
  if (!PyUnicode_Check(label.ptr()))
    throw InputError("period= as text", described(label), {}, "write it as text, \"2026-W47\" for instance");
  const std::string_view period = utf8(label, {"period", {}});
  if (PyBytes_Check(secret.ptr())) return DrawKey{secret.cast<std::string_view>(), period};
  if (PyUnicode_Check(secret.ptr())) return DrawKey{utf8(secret, {"key", {}}), period};
  throw InputError("a secret key: text or bytes",
                   py::str(py::type::handle_of(secret).attr("__name__")).cast<std::string>());
}

template <class Integer>
void draw_many(const KeyedSampler& sampler, const py::array& cases, bool* drawn) {
  const auto typed = py::array_t<Integer, py::array::forcecast>::ensure(cases);
  if (!typed) throw py::error_already_set();
  const auto ids = typed.template unchecked<1>();
  const py::gil_scoped_release unlocked;
  for (py::ssize_t i = 0; i < ids.shape(0); ++i)
    drawn[i] = sampler.draws(permanent_random_number(sampler.key(), ids(i)));
}

/// True where each case is drawn. Arrays of whole numbers never become Python objects.
py::array_t<bool> offer_many(const KeyedSampler& sampler, py::object cases) {
  if (PyUnicode_Check(cases.ptr()) || PyBytes_Check(cases.ptr()))
    throw InputError("a list or array of cases", "one " + described(cases), {}, "offer() takes one case");
  if (PyAnySet_Check(cases.ptr()) || PyDict_Check(cases.ptr()))
    throw InputError("a list or array of cases", described(cases), {}, "its order would be lost");
  if (!py::isinstance<py::array>(cases) && py::hasattr(cases, "__array__")) cases = cases.attr("__array__")();
  if (py::isinstance<py::array>(cases)) {
    const py::array array{cases};
    if (array.ndim() != 1) throw InputError("an array of one dimension", std::to_string(array.ndim()) + " dimensions");
    py::array_t<bool> drawn{array.shape(0)};
    const char kind = array.dtype().kind();
    if (kind == 'i') {
      draw_many<std::int64_t>(sampler, array, drawn.mutable_data());
      return drawn;
    }
    if (kind == 'u') {
      draw_many<std::uint64_t>(sampler, array, drawn.mutable_data());
      return drawn;
    }
  }
  const auto items = py::reinterpret_steal<py::object>(PySequence_Fast(cases.ptr(), "not a sequence"));
  if (!items) {
    PyErr_Clear();
    throw InputError("a list or array of cases", described(cases));
  }
  const auto count = PySequence_Fast_GET_SIZE(items.ptr());
  py::array_t<bool> drawn{count};
  bool* const out = drawn.mutable_data();
  for (Py_ssize_t i = 0; i < count; ++i)
    out[i] = sampler.draws(number_of(sampler.key(), PySequence_Fast_GET_ITEM(items.ptr(), i), {"case", i}));
  return drawn;
}

std::int64_t whole_number(py::handle value, const Place& place) {
  if (!whole(value)) throw InputError("a whole number", described(value), place);
  const auto integer = py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr()));
  if (!integer) throw py::error_already_set();
  int overflow = 0;
  const std::int64_t out = PyLong_AsLongLongAndOverflow(integer.ptr(), &overflow);
  if (overflow != 0) throw InputError("a whole number of at most 64 bits", described(value), place);
  return out;
}

double real_number(py::handle value, const Place& place) {
  const double out = PyBool_Check(value.ptr()) ? -1.0 : PyFloat_AsDouble(value.ptr());
  if (PyBool_Check(value.ptr()) || PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    throw InputError("a number", described(value), place);
  }
  return out;
}

template <class Number>
std::vector<Number> numbers(const py::object& values, const std::string& name,
                            Number (*read)(py::handle, const Place&)) {
  if (PyUnicode_Check(values.ptr()) || !py::isinstance<py::iterable>(values))
    throw InputError("one " + name + " for each stratum", described(values));
  std::vector<Number> out;
  for (const py::handle value : values) out.push_back(read(value, {name, static_cast<std::int64_t>(out.size())}));
  return out;
}

std::vector<std::int64_t> populations_of(const Wholes& values) { return numbers(values, "population", whole_number); }

assay::allocation::Wish wish_of(const Whole& size, const Whole& minimum) {
  return {.size = whole_number(size, {"size", {}}), .minimum = whole_number(minimum, {"minimum", {}})};
}

void bind_allocation(py::module_ m) {
  namespace allocation = assay::allocation;
  m.doc() =
      "How many cases to audit in each stratum: whole numbers that add up to `size`, each at least `minimum` and at\n"
      "most the stratum's population; a stratum that holds fewer than the minimum is taken whole.";
  m.def(
      "proportional",
      [](const Wholes& populations, const Whole& size, const Whole& minimum) {
        return allocation::proportional(populations_of(populations), wish_of(size, minimum));
      },
      "populations"_a, py::kw_only(), "size"_a, "minimum"_a = 2,
      "The same share of every stratum, rounded by largest remainders.\n\n"
      "    >>> assay.allocation.proportional([3000, 4000, 5000, 2000], size=190)\n"
      "    [41, 54, 68, 27]");
  m.def(
      "equal",
      [](const Wholes& populations, const Whole& size, const Whole& minimum) {
        return allocation::equal(populations_of(populations), wish_of(size, minimum));
      },
      "populations"_a, py::kw_only(), "size"_a, "minimum"_a = 2,
      "The same number in every stratum, or all of a stratum that holds fewer.");
  m.def(
      "neyman",
      [](const Wholes& populations, const Reals& spread, const Whole& size, const Whole& minimum) {
        return allocation::neyman(populations_of(populations), numbers(spread, "spread", real_number),
                                  wish_of(size, minimum));
      },
      "populations"_a, py::kw_only(), "spread"_a, "size"_a, "minimum"_a = 2,
      "The smallest variance of the overall score, exactly (Wright 2017). `spread` is the standard deviation in each\n"
      "stratum; for an error rate p that is sqrt(p (1 - p)).\n\n"
      "    >>> assay.allocation.neyman([3000, 4000, 5000, 2000], spread=[48, 79, 76, 16], size=190)\n"
      "    [31, 69, 83, 7]");
  m.def(
      "power",
      [](const Wholes& populations, const Reals& importance, const Reals& variation, const Real& exponent,
         const Whole& size, const Whole& minimum) {
        return allocation::power(populations_of(populations), numbers(importance, "importance", real_number),
                                 numbers(variation, "variation", real_number), real_number(exponent, {"exponent", {}}),
                                 wish_of(size, minimum));
      },
      "populations"_a, py::kw_only(), "importance"_a, "variation"_a, "exponent"_a = 0.5, "size"_a, "minimum"_a = 2,
      "Between a sharp whole and equally sharp strata (Bankier 1988). `importance` is how much a stratum counts,\n"
      "`variation` its coefficient of variation, `exponent` runs from 0 (equally sharp) to 1 (a sharp whole).");
}

}  // namespace

void bind_sampling(py::module_& m) {
  py::class_<KeyedSampler>(
      m, "KeyedSampler",
      "Draws each case on its own with one chance; the answer depends on (key, period, case) alone.\n\n"
      "`key` is a secret: whoever knows it knows who will be audited. `period` is the label that makes\n"
      "one period's draw differ from the next. The same in C++, Python and any engine's partition.\n\n"
      "    >>> sampler = assay.KeyedSampler(key=secret, share=0.02, period=\"2026-W47\")\n"
      "    >>> if (probability := sampler.offer(case_id)) is not None: ...")
      .def(py::init([](const Text& key, const Real& share, const Period& period) {
             return KeyedSampler{make_key(key, period), assay::Share{real_number(share, {"share", {}})}};
           }),
           py::kw_only(), "key"_a, "share"_a, "period"_a = "")
      .def(
          "offer",
          [](const KeyedSampler& self, const Case& id) -> std::optional<double> {
            if (!self.draws(number_of(self.key(), id))) return std::nullopt;
            return self.share().value();
          },
          "case"_a, "The inclusion probability when the case is drawn, else None.")
      .def("offer_many", &offer_many, "cases"_a,
           "A NumPy array of truth values: which of the cases are drawn, each with probability `share`.")
      .def_property_readonly(
          "share", [](const KeyedSampler& self) { return self.share().value(); }, "The chance of every case.")
      .def(
          "__eq__", [](const KeyedSampler& one, const KeyedSampler& other) { return one == other; }, "other"_a,
          py::is_operator())
      .def("__repr__", [](const KeyedSampler& self) {
        return "KeyedSampler(key=..., share=" + assay::to_text(self.share().value()) + ")";
      });
  m.def(
      "permanent_random_number",
      [](const Case& id, const Text& key, const Period& period) { return number_of(make_key(key, period), id); },
      "case"_a, py::kw_only(), "key"_a, "period"_a = "",
      "The random number of a case, 0 to 2**64 - 1: SipHash-2-4 of its id under a key made from (key, period).");
  bind_allocation(m.def_submodule("allocation"));
}
