#pragma once
/// \file
/// What every binding file includes: pybind11, and the one way in which a mergeable state is shown to Python.

#include <pybind11/critical_section.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <assay/core/error.hpp>
#include <assay/core/sketch.hpp>

namespace assay::bindings {

namespace py = pybind11;
using namespace pybind11::literals;

[[nodiscard]] inline py::bytes to_python(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The bytes of a Python object, valid while it lives and the caller holds it.
[[nodiscard]] inline ByteView view_of(const py::bytes& bytes) {
  return std::as_bytes(std::span{std::string_view{bytes}});
}

/// Merges `part` into the state that Python holds, so that no other thread sees it half done.
template <Sketch State>
void fold(const py::object& self, const State& part) {
  auto& state = self.cast<State&>();
  const py::scoped_critical_section alone{self};
  state.merge(part);
}

/// A class with what all mergeable states have: merge, +, ==, bytes, pickle. How one is made and fed is the room's.
template <Sketch State>
py::class_<State> bind_sketch(py::module_& m, const char* name, const char* doc) {
  const auto to_bytes = [](const State& self) { return to_python(self.to_bytes()); };
  const auto from_bytes = [](const py::object& data) {
    if (PyObject_CheckBuffer(data.ptr()) == 0)
      throw InputError("bytes", "a value of type " + std::string{py::str(py::type::handle_of(data).attr("__name__"))});
    const py::bytes own{py::module_::import("builtins").attr("bytes")(data)};
    return State::from_bytes(view_of(own));
  };
  const auto sum = [](const State& one, const State& other) {
    State out{one};
    out.merge(other);
    return out;
  };
  const auto merge = [sum](State& self, const State& other) {
    if (&self == &other)
      self = sum(self, other);
    else
      self.merge(other);
  };
  py::class_<State> bound{m, name, doc};
  bound.def("merge", merge, "other"_a, "Add what another one has counted; the order of merging does not matter.")
      .def("__add__", sum, "other"_a, py::is_operator())
      .def(
          "__eq__", [](const State& one, const State& other) { return one == other; }, "other"_a, py::is_operator())
      .def("to_bytes", to_bytes, "The state as bytes, the same on every machine.")
      .def_static("from_bytes", from_bytes, "data"_a,
                  "The state that `to_bytes` wrote; FormatError where the bytes are cut short or altered.")
      .def(py::pickle(to_bytes, [](const py::bytes& data) { return State::from_bytes(view_of(data)); }));
  return bound;
}

}  // namespace assay::bindings
