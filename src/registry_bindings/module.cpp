// The module itself, apart from assay._core so that SQLite, libpq and libsodium are loaded only where a registry is
// used.

#include <guards.hpp>

#include "bindings.hpp"

void bind_registry(pybind11::module_& m);
void bind_proof(pybind11::module_& m);
void bind_standing(pybind11::module_& m);
void bind_audit(pybind11::module_& m);

PYBIND11_MODULE(_registry, m) {
  m.doc() = "The compiled part of assay.registry. Use that instead: the names here may change.";
  // Errors are those of the core: it translates the library's errors into the classes that everybody catches.
  pybind11::module_::import("assay._core");
  bind_registry(m);
  bind_proof(m);
  bind_standing(m);
  bind_audit(m);
  assay::bindings::guard_module(m);
}
