// The module itself: it only calls the rooms, whose list the build writes from the files that lie here.

#include <assay/core/version.hpp>

#include "bindings.hpp"
#include "guards.hpp"

#define ASSAY_ROOM(room) void bind_##room(pybind11::module_& m);
#include "rooms.inc"
#undef ASSAY_ROOM

PYBIND11_MODULE(_core, m) {
  m.doc() = "The compiled part of assay. Import assay instead: the names here may change.";
  m.attr("__version__") = ASSAY_VERSION;
#define ASSAY_ROOM(room) bind_##room(m);
#include "rooms.inc"
#undef ASSAY_ROOM
  assay::bindings::guard_module(m);
}
