// State::from_bytes: bytes as they come, and the same as a payload whose envelope is in order. What is accepted is
// written back byte by byte.

#include <cstdint>
#include <cstdlib>

#include <assay/registry/state.hpp>

namespace {

void read(const assay::Bytes& bytes) {
  assay::registry::State state;
  try {
    state = assay::registry::State::from_bytes(bytes);
  } catch (const assay::FormatError&) {
    return;
  }
  if (state.to_bytes() != bytes) std::abort();
  if (assay::registry::State::from_bytes(state.to_bytes()) != state) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* from = reinterpret_cast<const std::byte*>(data);
  read(assay::Bytes(from, from + size));
  assay::io::Writer payload;
  payload.raw({from, size});
  read(payload.finish(assay::io::Kind::registry, 1));
  return 0;
}
