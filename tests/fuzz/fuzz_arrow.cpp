// The Arrow reader: arrays of random types, offsets, keys and validity over buffers of honest size and random content,
// read by every reader and tallied on one thread and on two. Both must say the same.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <assay/tally/read.hpp>

using namespace assay;

namespace {

/// The fuzzer's bytes as a source of decisions; zeros when they run out.
class Source {
 public:
  Source(const std::uint8_t* data, std::size_t size) : data_{data}, left_{size} {}
  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }
  std::int64_t below(std::int64_t bound) { return byte() % bound; }
  void fill(std::byte* out, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>(byte());
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

/// Arrays and the memory behind them.
struct Memory {
  std::vector<std::unique_ptr<std::byte[]>> buffers{};
  std::vector<std::unique_ptr<const void*[]>> lists{};
  std::vector<std::unique_ptr<ArrowArray>> arrays{};
  std::vector<std::unique_ptr<ArrowArray*[]>> children{};

  std::byte* buffer(Source& source, std::size_t size) {
    buffers.emplace_back(new std::byte[size]);
    source.fill(buffers.back().get(), size);
    return buffers.back().get();
  }
};

constexpr const char* formats[] = {
    "n",       "b",       "c",   "C",      "s",      "S",          "i",         "I",         "l",    "L",
    "e",       "f",       "g",   "u",      "U",      "vu",         "tdD",       "tdm",       "tss:", "tsm:UTC",
    "tsu:UTC", "tsn:UTC", "tDs", "d:38,0", "d:38,2", "d:76,1,256", "d:18,0,64", "d:9,-2,32", "w:4",  "+l"};
constexpr std::int64_t format_count = sizeof formats / sizeof formats[0];

io::Type type_of(const char* format, const char* keys) {
  ArrowSchema values{};
  values.format = format;
  ArrowSchema schema = values;
  if (keys != nullptr) {
    schema.format = keys;
    schema.dictionary = &values;
  }
  return io::type_of(schema);
}

/// Offsets that mostly ascend within the letters; what is before 0 or runs backwards must be refused, while offsets
/// beyond the letters cannot be known to be wrong and are not made.
template <class Offset>
const void* offsets(Source& source, Memory& memory, std::int64_t rows, std::int64_t letters) {
  auto* out = memory.buffer(source, 0);
  memory.buffers.emplace_back(new std::byte[static_cast<std::size_t>(rows + 1) * sizeof(Offset)]);
  out = memory.buffers.back().get();
  Offset at = 0;
  for (std::int64_t i = 0; i <= rows; ++i) {
    const std::uint8_t step = source.byte();
    Offset value = at;
    if (step >= 250)
      value = static_cast<Offset>(step - 255);  // negative
    else
      value = at = static_cast<Offset>(step % 16 == 15 ? at / 2 : std::min<std::int64_t>(letters, at + step % 8));
    std::memcpy(out + static_cast<std::size_t>(i) * sizeof(Offset), &value, sizeof value);
  }
  return out;
}

ArrowArray* array(Source& source, Memory& memory, const std::string& format, std::int64_t rows, bool with_dictionary,
                  const char* value_format = nullptr) {
  memory.arrays.push_back(std::make_unique<ArrowArray>());
  ArrowArray* out = memory.arrays.back().get();
  *out = {};
  const io::Type type = type_of(format.c_str(), nullptr);
  out->offset = source.below(9);
  out->length = rows;
  out->null_count = source.below(2) == 0 ? -1 : source.below(3);
  const std::int64_t whole = out->offset + rows;
  memory.lists.emplace_back(new const void*[8]());
  const void** buffers = memory.lists.back().get();
  out->buffers = buffers;
  if (source.below(3) == 0) buffers[0] = memory.buffer(source, static_cast<std::size_t>((whole + 7) / 8));
  if (type.storage == io::Storage::none) return out;
  out->n_buffers = 2;
  if (type.storage == io::Storage::boolean) {
    buffers[1] = memory.buffer(source, static_cast<std::size_t>((whole + 7) / 8));
  } else if (type.storage == io::Storage::text32 || type.storage == io::Storage::text64) {
    const std::int64_t letters = source.below(64);
    buffers[1] = type.storage == io::Storage::text32 ? offsets<std::int32_t>(source, memory, whole, letters)
                                                     : offsets<std::int64_t>(source, memory, whole, letters);
    buffers[2] = source.byte() == 1 ? nullptr : memory.buffer(source, static_cast<std::size_t>(letters));
    out->n_buffers = 3;
  } else if (type.storage == io::Storage::text_view) {
    buffers[1] = memory.buffer(source, static_cast<std::size_t>(16 * whole));
    const std::int64_t pieces = source.below(3);
    std::vector<std::int64_t> sizes;
    for (std::int64_t i = 0; i < pieces; ++i) {
      sizes.push_back(source.below(40));
      buffers[2 + i] = memory.buffer(source, static_cast<std::size_t>(sizes.back()));
    }
    auto* kept = memory.buffer(source, 8 * sizes.size());
    if (!sizes.empty()) std::memcpy(kept, sizes.data(), 8 * sizes.size());
    buffers[2 + pieces] = kept;
    out->n_buffers = 3 + pieces;
    // Lengths mostly small: random ones would all be refused.
    for (std::int64_t i = 0; i < whole; ++i)
      if (source.below(8) != 0) {
        const std::int32_t length = static_cast<std::int32_t>(source.below(20));
        const std::int32_t piece = static_cast<std::int32_t>(source.below(2));
        const std::int32_t start = static_cast<std::int32_t>(source.below(20));
        auto* view = static_cast<std::byte*>(const_cast<void*>(buffers[1])) + 16 * i;
        std::memcpy(view, &length, 4);
        if (length <= 12) continue;
        std::memcpy(view + 8, &piece, 4);
        std::memcpy(view + 12, &start, 4);
      }
  } else {
    const int width = io::width_of(type) == 0 ? 16 : io::width_of(type);
    buffers[1] = memory.buffer(source, static_cast<std::size_t>(whole * width));
    if (with_dictionary && source.below(4) != 0)  // mostly keys that exist
      for (std::int64_t i = 0; i < whole; ++i) {
        auto* key = static_cast<std::byte*>(const_cast<void*>(buffers[1])) + i * width;
        std::memset(key, 0, static_cast<std::size_t>(width));
        *key = static_cast<std::byte>(source.below(6));
      }
  }
  if (with_dictionary) out->dictionary = array(source, memory, value_format, source.below(7), false);
  return out;
}

struct Column {
  const char* format;
  const char* keys;
};

/// Everything a table can be asked for; what is refused is refused by name.
template <class Use>
void tried(const Use& use) {
  try {
    use();
  } catch (const AssayError& error) {
    if (std::strlen(error.what()) == 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Source source{data, size};
  constexpr const char* names[] = {"site", "decision", "verdict", "weight", "exclude", "n"};
  constexpr std::size_t width = 6;
  constexpr const char* usual[] = {"u", "u", "vu", "g", "b", "i"};
  auto fields = std::make_shared<std::vector<io::Field>>();
  std::vector<Column> columns;
  for (std::size_t c = 0; c < width; ++c) {
    Column column{source.below(2) == 0 ? usual[c] : formats[source.below(format_count)], nullptr};
    constexpr const char* keys[] = {"c", "C", "s", "S", "i", "I", "l", "L", "g"};
    if (source.below(3) == 0) column.keys = keys[source.below(9)];
    columns.push_back(column);
    fields->push_back({names[c], type_of(column.format, column.keys)});
  }
  std::vector<io::Batch> batches;
  std::vector<std::shared_ptr<Memory>> memories;
  std::int64_t first_row = 0;
  for (std::int64_t b = source.below(3) + 1; b > 0; --b) {
    auto memory = std::make_shared<Memory>();
    ArrowArray rows{};
    rows.offset = source.below(4);
    rows.length = source.below(24);
    memory->lists.emplace_back(new const void*[1]());
    rows.buffers = memory->lists.back().get();
    rows.n_buffers = 1;
    memory->children.emplace_back(new ArrowArray*[width]());
    rows.children = memory->children.back().get();
    rows.n_children = width;
    for (std::size_t c = 0; c < width; ++c)
      rows.children[c] = array(source, *memory, columns[c].keys == nullptr ? columns[c].format : columns[c].keys,
                               rows.offset + rows.length, columns[c].keys != nullptr, columns[c].format);
    rows.release = [](ArrowArray* own) { own->release = nullptr; };
    memories.push_back(memory);
    const std::int64_t count = rows.length;
    tried([&] {
      batches.emplace_back(&rows, fields, first_row);
      first_row += count;
    });
  }

  for (const io::Batch& batch : batches)
    for (std::size_t c = 0; c < width; ++c) {
      const auto count = static_cast<std::size_t>(batch.rows());
      tried([&] {
        std::vector<double> out(count);
        io::Numbers{batch.column(c)}.read(0, batch.rows(), out.data());
      });
      tried([&] {
        std::vector<std::uint8_t> out(count);
        io::Truths{batch.column(c)}.read(0, batch.rows(), out.data());
        for (const std::uint8_t truth : out)
          if (truth > 1) std::abort();
      });
      for (const bool named : {false, true})
        tried([&] {
          io::SharedDictionary shared;
          io::Encoder encoder{shared, named ? std::optional<std::string>{"(none)"} : std::nullopt};
          std::vector<io::Code> out(count);
          encoder.begin(batch.column(c));
          encoder.encode(0, batch.rows(), out.data());
          for (const io::Code code : out)
            if (code >= shared.values.size() || code >= encoder.bound()) std::abort();
        });
    }

  TallySpec spec;
  spec.by = {"site", "n"};
  spec.groupings = {{"site"}, {"n"}, {"site", "n"}};
  spec.decision = "decision";
  spec.verdict = "verdict";
  if (source.below(2) == 0) spec.weight = "weight";
  if (source.below(2) == 0) spec.exclude = "exclude";
  if (source.below(2) == 0) spec.missing = "(none)";
  if (source.below(4) == 0) spec.measures = {{"m", "n", "weight", any_outcome}};
  std::string said[2];
  for (unsigned threads = 1; threads <= 2; ++threads) {
    io::Stream stream{fields, batches};
    try {
      const Tally tally = tally_table(spec, stream, threads);
      const Bytes bytes = tally.to_bytes();
      said[threads - 1] = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
      if (Tally::from_bytes(bytes).to_bytes() != bytes) std::abort();
    } catch (const AssayError& error) {
      said[threads - 1] = error.what();
    }
  }
  if (said[0] != said[1]) std::abort();
  return 0;
}
