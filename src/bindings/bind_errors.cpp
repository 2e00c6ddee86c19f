// The errors of floor 0 as Python exceptions of the same names. Nothing else leaves the module: what the library did
// not throw on purpose becomes a MemoryError or a plain AssayError, never the name of a C++ type.

#include <pybind11/gil_safe_call_once.h>

#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>

#include <assay/core/error.hpp>

#include "bindings.hpp"

void bind_errors(pybind11::module_& m);

namespace {

namespace py = pybind11;

struct Errors {
  py::object root;
  py::object input;
  py::object format;
  py::object refused;
  py::object store;
};

const Errors& errors() {
  PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<Errors> stored;
  return stored
      .call_once_and_store_result([] {
        const auto make = [](const char* name, const char* doc, const py::object& bases, const py::dict& fields) {
          PyObject* made = PyErr_NewExceptionWithDoc(name, doc, bases.ptr(), fields.ptr());
          if (made == nullptr) throw py::error_already_set();
          return py::reinterpret_steal<py::object>(made);
        };
        const auto plain = [&make](const char* name, const char* doc, const py::object& base) {
          return make(name, doc, base, py::dict{});
        };
        Errors out;
        out.root = plain("assay.AssayError", "The root of every error that assay raises on purpose.",
                         py::reinterpret_borrow<py::object>(PyExc_Exception));
        const py::object value_error = py::reinterpret_borrow<py::object>(PyExc_ValueError);
        py::dict fields;
        for (const char* name : {"wanted", "got", "column", "row"}) fields[name] = py::none();
        out.input = make("assay.InputError",
                         "A value, a column or a table that cannot be used.\n\n"
                         "`wanted`, `got`, `column` and `row` (counting from 0) hold what the message says, or None.",
                         py::make_tuple(out.root, value_error), fields);
        out.format =
            plain("assay.FormatError",
                  "Bytes that are not what they claim to be: cut short, altered, or of a newer format.", out.root);
        py::dict refusal;
        refusal["rule"] = py::none();
        refusal["legal"] = py::tuple{};
        out.refused = make("assay.RefusedError",
                           "A command against the registry's rules: `rule` names it, `legal` says what would do.",
                           out.root, refusal);
        out.store = plain("assay.StoreError", "The store failed; nothing was written.", out.root);
        return out;
      })
      .get_stored();
}

py::object text_or_none(const std::string& text) { return text.empty() ? py::none() : py::object{py::str(text)}; }

py::object as_python(const assay::InputError& error) {
  py::object out = errors().input(error.what());
  out.attr("wanted") = text_or_none(error.wanted());
  out.attr("got") = text_or_none(error.got());
  out.attr("column") = text_or_none(error.place().column);
  out.attr("row") = error.place().row;
  return out;
}

py::object as_python(const assay::RefusedError& error) {
  py::object out = errors().refused(error.what());
  out.attr("rule") = text_or_none(error.rule());
  out.attr("legal") = py::tuple{py::cast(error.legal())};
  return out;
}

py::object unforeseen(const char* detail) {
  py::object out = errors().root("a fault inside assay, not in your data; `detail` on this error helps to find it");
  out.attr("detail") = detail;
  return out;
}

void raise(const py::object& error) { PyErr_SetObject(py::type::handle_of(error).ptr(), error.ptr()); }

void translate(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(std::move(thrown));
  } catch (const assay::InputError& error) {
    raise(as_python(error));
  } catch (const assay::RefusedError& error) {
    raise(as_python(error));
  } catch (const assay::FormatError& error) {
    raise(errors().format(error.what()));
  } catch (const assay::StoreError& error) {
    raise(errors().store(error.what()));
  } catch (const assay::AssayError& error) {
    raise(errors().root(error.what()));
  } catch (const py::builtin_exception&) {
    throw;  // pybind11's own way of raising TypeError, KeyError and their like
  } catch (const std::bad_alloc&) {
    PyErr_SetString(PyExc_MemoryError, "not enough memory for this; try fewer rows or fewer groups at once");
  } catch (const std::length_error&) {
    PyErr_SetString(PyExc_MemoryError, "this would need more memory than any machine has");
  } catch (const std::exception& error) {
    raise(unforeseen(error.what()));
  } catch (...) {
    raise(unforeseen("not a std::exception"));
  }
}

/// One of each kind, for the tests.
void throw_one(const std::string& kind) {
  if (kind == "root") throw assay::AssayError("a root error");
  if (kind == "input") throw assay::InputError("a weight above 0", "-2", {"weight", 7}, "drop or mend the row");
  if (kind == "input in words") throw assay::InputError("just words");
  if (kind == "format") throw assay::FormatError("cut short");
  if (kind == "refused") throw assay::RefusedError("not from here", "queue is archived", {"open", "paused"});
  if (kind == "store") throw assay::StoreError("disk full");
  if (kind == "memory") throw std::bad_alloc();
  if (kind == "length") throw std::length_error("vector::reserve");
  if (kind == "key") throw py::key_error("a key");
  if (kind == "logic") throw std::out_of_range("vector::_M_range_check");
  throw 7;  // not even an exception
}

}  // namespace

void bind_errors(py::module_& m) {
  m.attr("AssayError") = errors().root;
  m.attr("InputError") = errors().input;
  m.attr("FormatError") = errors().format;
  m.attr("RefusedError") = errors().refused;
  m.attr("StoreError") = errors().store;
  py::register_exception_translator(&translate);

  using namespace pybind11::literals;
  m.def(
      "input_error",
      [](std::string wanted, std::string got, std::string column, std::optional<std::int64_t> row,
         const std::string& mend) {
        return as_python(assay::InputError(std::move(wanted), std::move(got), {std::move(column), row}, mend));
      },
      "wanted"_a, "got"_a, py::kw_only(), "column"_a = "", "row"_a = py::none(), "mend"_a = "",
      "An InputError to raise from Python, worded like those of the library.");

  m.def(
      "_throw", [](const std::string& kind) { throw_one(kind); }, "kind"_a,
      "Throw one C++ error of the kind named, so that the tests see what becomes of it.");
}
