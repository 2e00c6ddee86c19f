// from_bytes of the samples of streams: bytes as they come, and the same as a payload whose envelope is in order. What
// is accepted must be written back byte by byte, must take more cases and must merge with another.

#include <cstdint>
#include <cstdlib>

#include <assay/sampling/reservoir.hpp>
#include <assay/sampling/var_opt.hpp>
#include <assay/sampling/weighted_reservoir.hpp>

namespace {

using namespace assay;
using namespace assay::sampling;

void add(Reservoir& sample, std::int64_t name) { sample.add(name); }
void add(WeightedReservoir& sample, std::int64_t name) { sample.add(name, 1.5); }
void add(VarOpt& sample, std::int64_t name) { sample.add(name, 1.5); }

template <class Sample>
void read(const Bytes& bytes) {
  Sample sample;
  try {
    sample = Sample::from_bytes(bytes);
  } catch (const FormatError&) {
    return;
  }
  if (sample.to_bytes() != bytes) std::abort();
  if (sample.size() == 0) return;
  for (std::int64_t i = 0; i < 20; ++i) add(sample, i);
  if (Sample::from_bytes(sample.to_bytes()) != sample) std::abort();
  Sample other{sample.size(), 12345};
  add(other, 7);
  try {
    other.merge(sample);
    if (other.seen() != sample.seen() + 1) std::abort();
  } catch (const InputError&) {  // the same seed
  }
  (void)other.sample();
}

template <class Sample>
void read(const std::uint8_t* data, std::size_t size, io::Kind kind) {
  const auto* from = reinterpret_cast<const std::byte*>(data);
  read<Sample>(Bytes(from, from + size));
  io::Writer payload;
  for (std::size_t i = 0; i < size; ++i) payload.number(data[i]);
  read<Sample>(payload.finish(kind, 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read<Reservoir>(data, size, io::Kind::reservoir);
  read<WeightedReservoir>(data, size, io::Kind::weighted_reservoir);
  read<VarOpt>(data, size, io::Kind::var_opt);
  return 0;
}
