// Checkpoint::from_text: what is accepted is written back letter by letter (but for ends of lines), and is genuine or
// not without a crash.

#include <cstdint>
#include <cstdlib>
#include <string>

#include <assay/registry/journal.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using assay::registry::Checkpoint;
  const std::string text{reinterpret_cast<const char*>(data), size};
  try {
    const Checkpoint checkpoint = Checkpoint::from_text(text);
    const std::size_t end = text.find_last_not_of("\r\n");
    if (checkpoint.to_text() != text.substr(0, end == std::string::npos ? 0 : end + 1)) std::abort();
    if (Checkpoint::from_text(checkpoint.to_text()) != checkpoint) std::abort();
    (void)checkpoint.genuine();
  } catch (const assay::FormatError&) {
  }
  return 0;
}
