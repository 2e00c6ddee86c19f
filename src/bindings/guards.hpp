#pragma once
/// \file
/// What no binding may do, whatever room it is of: read an object that was never made, or answer a call that does not
/// fit with C++ names and the caller's values (a secret key may be among them).

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <assay/core/text.hpp>

#include "bindings.hpp"

namespace assay::bindings {

using Call = PyObject* (*)(PyObject* self, PyObject* const* arguments, std::size_t count, PyObject* names);

/// pybind11's own dispatcher, the same behind every function of a module.
inline Call& dispatcher() {
  static Call of_pybind = nullptr;
  return of_pybind;
}

inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// "(self: assay._core.Tally, other: assay._core.Tally) -> None" as "(other: Tally)"; a constructor's begins with the
/// name of its class.
inline std::string plain_signature(std::string signature) {
  signature.resize(std::min(signature.rfind(" -> "), signature.size()));
  if (const auto self = signature.find("(self: "); self != std::string::npos) {
    const auto end = signature.find_first_of(",)", self);
    signature.erase(self + 1, signature[end] == ',' ? end + 1 - self : end - self - 1);
  }
  for (const char* number : {"int", "float"})
    replace_all(signature,
                std::string{"typing.Supports"} + (number[0] == 'i' ? "Int" : "Float") + " | typing.SupportsIndex",
                number);
  for (const char* room : {"assay._core.", "interval.", "collections.abc.", "typing."})
    replace_all(signature, room, "");
  return signature;
}

/// The call as it was made, by the types of its arguments.
inline std::string plain_call(PyObject* const* arguments, std::size_t count, PyObject* names) {
  const auto type = [&](std::size_t at) {
    return py::str(py::type::handle_of(arguments[at]).attr("__name__")).cast<std::string>();
  };
  const std::size_t named = names == nullptr ? 0 : static_cast<std::size_t>(PyTuple_GET_SIZE(names));
  std::string out{"("};
  for (std::size_t at = 0; at < count + named; ++at) {
    if (at > 0) out += ", ";
    if (at >= count) {
      const auto name = py::repr(PyTuple_GET_ITEM(names, static_cast<Py_ssize_t>(at - count))).cast<std::string>();
      const std::string shown = in_quotes(std::string_view{name}.substr(1, name.size() - 2));
      out += shown.substr(1, shown.size() - 2) + "=";
    }
    out += type(at);
  }
  return out + ")";
}

/// The refusal of arguments that fit no signature: "wanted merge(other: Tally), got merge(int)".
inline std::string plain_refusal(const std::string& refusal, PyObject* const* arguments, std::size_t count,
                                 PyObject* names) {
  const bool constructor = refusal.find("incompatible constructor") != std::string::npos;
  std::string name = refusal.substr(0, refusal.find("()"));
  std::string wanted;
  bool method = constructor;
  for (auto at = refusal.find('\n') + 1; at < refusal.size() && refusal[at] == ' ';) {
    const auto end = refusal.find('\n', at);
    std::string signature = refusal.substr(at, end - at);
    signature.erase(0, signature.find(". ") + 2);
    method = method || signature.starts_with("(self: ");
    signature = plain_signature(std::move(signature));
    if (constructor) name = signature.substr(0, signature.find('('));
    wanted += (wanted.empty() ? "" : " or ") + (constructor ? signature : name + signature);
    at = end + 1;
  }
  const std::size_t hidden = method && count > 0 ? 1 : 0;
  return "wanted " + wanted + ", got " + name + plain_call(arguments + hidden, count - hidden, names);
}

/// Calls as pybind11 does, and says in plain words when the arguments do not fit.
inline PyObject* call_in_plain_words(PyObject* self, PyObject* const* arguments, std::size_t count, PyObject* names) {
  PyObject* const out = dispatcher()(self, arguments, count, names);
  if (out != nullptr || PyErr_ExceptionMatches(PyExc_TypeError) == 0) return out;
  try {
    py::error_already_set thrown;
    const auto words = py::str(thrown.value()).cast<std::string>();
    if (words.find("(): incompatible ") == std::string::npos) {
      thrown.restore();
    } else {
      PyErr_SetString(PyExc_TypeError, plain_refusal(words, arguments, count, names).c_str());
    }
  } catch (...) {
    if (PyErr_Occurred() == nullptr) PyErr_SetString(PyExc_TypeError, "the arguments do not fit");
  }
  return nullptr;
}

inline void guard_function(py::handle function) {
  if (PyInstanceMethod_Check(function.ptr()) != 0) function = PyInstanceMethod_GET_FUNCTION(function.ptr());
  if (PyCFunction_Check(function.ptr()) == 0) return;
  PyMethodDef& definition = *reinterpret_cast<PyCFunctionObject*>(function.ptr())->m_ml;
  if (definition.ml_flags != (METH_FASTCALL | METH_KEYWORDS)) return;
  const auto found = reinterpret_cast<Call>(reinterpret_cast<void (*)()>(definition.ml_meth));
  if (found == &call_in_plain_words) return;
  if (dispatcher() == nullptr) dispatcher() = found;
  if (found == dispatcher())
    definition.ml_meth = reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&call_in_plain_words));
}

[[noreturn]] inline void* refuse_unmade(std::size_t) {
  throw py::type_error(
      "this object was made by __new__ alone, so it holds nothing; call its class, or the function that returns it");
}

/// pybind11 gives an object whose __init__ never ran memory that nobody has filled, as soon as any method, property or
/// operator takes it. A guarded class refuses to instead.
inline void guard_class(const py::handle& kind) {
  py::detail::type_info* const known = py::detail::get_type_info(reinterpret_cast<PyTypeObject*>(kind.ptr()));
  if (known == nullptr) return;
  known->operator_new = &refuse_unmade;
  for (const auto& item : py::dict(kind.attr("__dict__"))) {
    const py::handle value = item.second;
    if (py::hasattr(value, "__func__"))
      guard_function(value.attr("__func__"));
    else if (py::hasattr(value, "fget"))
      guard_function(value.attr("fget"));
    else
      guard_function(value);
  }
}

/// Guards all functions and classes of a module, and of the modules in it.
inline void guard_module(const py::module_& m) {
  const auto own = py::str(m.attr("__name__")).cast<std::string>() + ".";
  for (const auto& item : py::dict(m.attr("__dict__"))) {
    const py::handle value = item.second;
    if (PyModule_Check(value.ptr()) != 0) {
      if (py::str(value.attr("__name__")).cast<std::string>().starts_with(own))
        guard_module(py::reinterpret_borrow<py::module_>(value));
    } else if (PyType_Check(value.ptr()) != 0) {
      guard_class(value);
    } else {
      guard_function(value);
    }
  }
}

}  // namespace assay::bindings
