// Tally::from_bytes: bytes as they come, and the same as a payload whose envelope is in order. What is accepted must be
// written back byte by byte, and must merge with itself.

#include <cstdint>
#include <cstdlib>

#include <assay/tally/tally.hpp>

namespace {

void read(const assay::Bytes& bytes) {
  assay::Tally tally;
  try {
    tally = assay::Tally::from_bytes(bytes);
  } catch (const assay::FormatError&) {
    return;
  }
  if (tally.to_bytes() != bytes) std::abort();
  assay::Tally twice = tally;
  twice.merge(tally);
  if (twice.rows() != 2 * tally.rows()) std::abort();
  if (assay::Tally::from_bytes(tally.to_bytes()) != tally) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* from = reinterpret_cast<const std::byte*>(data);
  read(assay::Bytes(from, from + size));
  assay::io::Writer payload;
  for (std::size_t i = 0; i < size; ++i) payload.number(data[i]);
  read(payload.finish(assay::io::Kind::tally, 1));
  return 0;
}
