#pragma once
/// \file
/// Columns of a small table, read whole.

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <assay/io/encode.hpp>
#include <assay/io/parallel.hpp>

namespace assay::detail {

/// One column of a table read whole, as codes.
struct CodedColumn {
  io::SharedDictionary dictionary{};
  std::vector<io::Code> codes{};
};

/// Reads the named columns of a stream: some as codes, some as numbers, some as truths.
class WholeTable {
 public:
  explicit WholeTable(io::Stream& stream) : stream_{&stream} {}

  [[nodiscard]] bool has(const std::string& name) const { return stream_->has(name); }
  CodedColumn& coded(const std::string& name, std::optional<std::string> missing, bool as_text,
                     const std::string& null_wanted = {}, const std::string& mend = {}) {
    coded_.push_back({stream_->index_of(name), std::make_unique<CodedColumn>()});
    encoders_.emplace_back(coded_.back().second->dictionary, std::move(missing), as_text);
    if (!null_wanted.empty()) encoders_.back().on_null(null_wanted, mend);
    return *coded_.back().second;
  }
  std::vector<double>& numbers(const std::string& name) {
    numbers_.push_back({stream_->index_of(name), std::make_unique<std::vector<double>>()});
    return *numbers_.back().second;
  }
  std::vector<std::uint8_t>& truths(const std::string& name) {
    truths_.push_back({stream_->index_of(name), std::make_unique<std::vector<std::uint8_t>>()});
    return *truths_.back().second;
  }

  /// Reads all rows and answers how many. \throws Cancelled when `progress` answers false.
  std::int64_t read(const io::Progress& progress = {}) {
    io::Batch batch;
    while (stream_->next(batch)) {
      const std::int64_t rows = batch.rows();
      for (std::size_t i = 0; i < coded_.size(); ++i) {
        auto& codes = coded_[i].second->codes;
        const std::size_t before = codes.size();
        codes.resize(before + static_cast<std::size_t>(rows));
        encoders_[i].begin(batch.column(coded_[i].first));
        encoders_[i].encode(0, rows, codes.data() + before);
      }
      for (auto& [index, values] : numbers_) {
        values->resize(values->size() + static_cast<std::size_t>(rows));
        io::Numbers{batch.column(index)}.read(0, rows, values->data() + values->size() - rows);
      }
      for (auto& [index, values] : truths_) {
        values->resize(values->size() + static_cast<std::size_t>(rows));
        io::Truths{batch.column(index)}.read(0, rows, values->data() + values->size() - rows);
      }
      if (progress && !progress(stream_->rows_read())) throw io::Cancelled{};
    }
    return stream_->rows_read();
  }

 private:
  io::Stream* stream_;
  std::vector<std::pair<std::size_t, std::unique_ptr<CodedColumn>>> coded_{};
  std::vector<io::Encoder> encoders_{};
  std::vector<std::pair<std::size_t, std::unique_ptr<std::vector<double>>>> numbers_{};
  std::vector<std::pair<std::size_t, std::unique_ptr<std::vector<std::uint8_t>>>> truths_{};
};

/// Gives a column read from a text file the kind of value it had in the frame.
inline void restore_kind(CodedColumn& column, const std::string& format) {
  io::Dictionary& values = column.dictionary.values;
  if (values.format() == format || values.format() == "n" || (format != "l" && format != "u" && format != "b")) return;
  io::Dictionary restored{format};
  std::vector<io::Code> codes;
  for (io::Code code = 0; code < values.size(); ++code) {
    const std::string text = values.words(code);
    if (format == "u") {
      codes.push_back(restored.code_of(std::string_view{text}));
      continue;
    }
    std::int64_t number = 0;
    if (text == "true" || text == "True" || text == "TRUE")
      number = 1;
    else if (text != "false" && text != "False" && text != "FALSE") {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end != text.data() + text.size()) return;
    }
    codes.push_back(restored.code_of(number));
  }
  for (io::Code& code : column.codes) code = codes[code];
  values = std::move(restored);
}

}  // namespace assay::detail
