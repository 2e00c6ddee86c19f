#pragma once
/// \file
/// How records stood at any time: fields through time, gathered in one pass over the journal.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <assay/core/time.hpp>
#include <assay/registry/book.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/state.hpp>
#include <assay/registry/store.hpp>
#include <assay/registry/value.hpp>

namespace assay::registry {

/// Some fields of a book's records through time.
///
/// Assumes: events come in the order of the journal, from its first on.
/// Use when: many (id, time) pairs have to be answered at once, a million decisions, say.
/// Not for: one moment of the whole book; see Registry::as_of.
/// No data: an id that never was, or a time before it was made, has no standing.
class Standings {
 public:
  /// A span of time in which the fields did not change: `until`, exclusive, is the next one's `from`.
  struct Span {
    TimePoint from{};
    std::uint8_t state{0};
    std::size_t values{0};  ///< where its values begin
  };

  /// `fields` by number. `heir` is the field that names the record which carries on for this one, 0 for none.
  Standings(const Book& book, std::vector<std::uint8_t> fields, std::uint8_t heir = 0)
      : book_{&book}, fields_{std::move(fields)}, heir_{heir}, distinct_(fields_.size()), codes_(fields_.size()) {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      distinct_[i].emplace_back();  // not set
      codes_[i].emplace(Value{}, 0);
    }
  }

  [[nodiscard]] const std::vector<std::uint8_t>& fields() const noexcept { return fields_; }
  [[nodiscard]] const Book& book() const noexcept { return *book_; }

  void add(const Event& event) {
    if (event.book != book_->number || event.kind != EventKind::change) return;
    auto found = records_.find(event.id);
    if (found == records_.end()) found = records_.emplace(event.id, Spans{}).first;
    Spans& spans = found->second;
    const bool first = spans.empty();
    Span next{event.effective, event.state, values_.size()};
    bool same = !first && spans.back().state == event.state;
    for (std::size_t i = 0; i < fields_.size(); ++i) values_.push_back(first ? 0 : values_[spans.back().values + i]);
    for (const auto& [number, value] : event.changes) {
      if (number == heir_) set_heir(event.id, value);
      for (std::size_t i = 0; i < fields_.size(); ++i)
        if (fields_[i] == number) {
          const std::uint32_t code = code_of(i, value);
          same = same && code == values_[next.values + i];
          values_[next.values + i] = code;
        }
    }
    if (same) {
      values_.resize(next.values);
      return;
    }
    spans.push_back(next);
  }

  /// What held of a record at a time; nothing where there was no such record then. Valid until the next `add`.
  [[nodiscard]] const Span* at(std::string_view id, TimePoint time) const {
    const auto found = records_.find(id);
    return found == records_.end() ? nullptr : at(found->second, time);
  }

  /// All spans of one record, to ask about many times; nothing where there is no such record.
  using Spans = std::vector<Span>;
  [[nodiscard]] const Spans* of(std::string_view id) const {
    const auto found = records_.find(id);
    return found == records_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] static const Span* at(const Spans& spans, TimePoint time) {
    const auto after =
        std::partition_point(spans.begin(), spans.end(), [time](const Span& each) { return each.from <= time; });
    return after == spans.begin() ? nullptr : &*(after - 1);
  }

  /// The field at a position of `fields()` as it was in a span.
  [[nodiscard]] const Value& value(const Span& span, std::size_t position) const {
    return distinct_[position][values_[span.values + position]];
  }
  /// The same as a number below `distinct(position).size()`; 0 is "not set".
  [[nodiscard]] std::uint32_t code(const Span& span, std::size_t position) const {
    return values_[span.values + position];
  }
  /// The values that a field ever had, by number.
  [[nodiscard]] const std::vector<Value>& distinct(std::size_t position) const { return distinct_[position]; }

  /// The record that carries on for this one today, through as many hands as it takes; itself where none does.
  [[nodiscard]] std::string_view now(std::string_view id) const {
    for (std::size_t steps = 0; steps <= heirs_.size(); ++steps) {
      const auto heir = heirs_.find(id);
      if (heir == heirs_.end()) break;
      id = heir->second;
    }
    return id;
  }

 private:
  std::uint32_t code_of(std::size_t position, const Value& value) {
    const auto [found, fresh] = codes_[position].emplace(value, static_cast<std::uint32_t>(distinct_[position].size()));
    if (fresh) distinct_[position].push_back(value);
    return found->second;
  }

  void set_heir(const std::string& id, const Value& value) {
    if (const auto* heir = std::get_if<std::string>(&value))
      heirs_.insert_or_assign(id, *heir);
    else
      heirs_.erase(id);
  }

  template <class Held>
  using ById = std::unordered_map<std::string, Held, State::TextHash, std::equal_to<>>;

  const Book* book_;
  std::vector<std::uint8_t> fields_;
  std::uint8_t heir_;
  ById<Spans> records_{};
  ById<std::string> heirs_{};
  std::vector<std::uint32_t> values_{};
  std::vector<std::vector<Value>> distinct_;
  std::vector<std::map<Value, std::uint32_t>> codes_;
};

/// How a book's records stood through all of a journal.
/// \throws StoreError, FormatError as reading the journal does.
[[nodiscard]] inline Standings standings(Store& store, const Book& book, std::vector<std::uint8_t> fields,
                                         std::uint8_t heir = 0) {
  Standings out{book, std::move(fields), heir};
  store.read(0, UINT64_MAX, [&](const EntryView& entry) {
    out.add(event_from_bytes(entry.bytes, Part::state));
    return true;
  });
  return out;
}

}  // namespace assay::registry
