#pragma once
/// \file
/// How records stood at any time: fields through time, gathered in one pass over the journal.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <assay/core/time.hpp>
#include <assay/registry/book.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/state.hpp>
#include <assay/registry/store.hpp>
#include <assay/registry/value.hpp>

namespace assay::registry {

namespace detail {

/// Values hashed by what they hold.
struct ValueHash {
  std::size_t operator()(const Value& value) const { return std::visit(*this, value); }
  std::size_t operator()(std::monostate) const { return 0; }
  std::size_t operator()(const std::string& text) const { return std::hash<std::string>{}(text); }
  std::size_t operator()(const Texts& texts) const {
    std::size_t mixed = texts.size();
    for (const std::string& text : texts) mixed = mixed * 31 + (*this)(text);
    return mixed;
  }
  std::size_t operator()(std::int64_t number) const { return std::hash<std::int64_t>{}(number); }
  std::size_t operator()(double number) const { return std::hash<double>{}(number); }
  std::size_t operator()(bool flag) const { return flag ? 1 : 0; }
  std::size_t operator()(Day day) const { return (*this)(std::int64_t{day.time_since_epoch().count()}); }
  std::size_t operator()(TimePoint time) const { return (*this)(std::int64_t{micros_of(time)}); }
  std::size_t operator()(const Labels& labels) const {
    std::size_t mixed = labels.size();
    for (const auto& [name, text] : labels) mixed = (mixed * 31 + (*this)(name)) * 31 + (*this)(text);
    return mixed;
  }
};

/// Values by small numbers in the order they are met, each held once; 0 is "not set".
class DistinctValues {
 public:
  [[nodiscard]] const std::vector<Value>& values() const noexcept { return values_; }

  std::uint32_t code_of(Value&& value) {
    if (2 * values_.size() >= slots_.size()) grow();
    std::uint32_t& slot = slot_of(value);
    if (slot == 0 && is_set(value)) {
      slot = static_cast<std::uint32_t>(values_.size());
      values_.push_back(std::move(value));
    }
    return slot;
  }

 private:
  /// Where a value's number is, or is to be: 0 is free.
  [[nodiscard]] std::uint32_t& slot_of(const Value& value) {
    const std::size_t last = slots_.size() - 1;
    std::size_t at = ValueHash{}(value)*std::size_t{0x9E3779B97F4A7C15} >> shift_;
    while (slots_[at] != 0 && values_[slots_[at]] != value) at = (at + 1) & last;
    return slots_[at];
  }
  void grow() {
    slots_.assign(slots_.size() * 2, 0);
    --shift_;
    for (std::uint32_t code = 1; code < values_.size(); ++code) slot_of(values_[code]) = code;
  }

  std::vector<Value> values_{Value{}};
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(16);
  int shift_{60};
};

}  // namespace detail

/// Some fields of a book's records through time.
///
/// Assumes: events come in the order of the journal, from its first on.
/// Use when: many (id, time) pairs have to be answered at once, a million decisions, say.
/// Not for: one moment of the whole book; see Registry::as_of.
/// No data: an id that never was, or a time before it was made, has no standing.
class Standings {
 public:
  /// A span of time in which the fields did not change; it ends where the record's next one begins.
  struct Span {
    TimePoint from{};
    std::uint8_t state{0};
    std::size_t values{0};  ///< where its values begin
  };

  /// `fields` by number, each once. `heir` is the field that names the record which carries on for this one, 0 for
  /// none.
  Standings(const Book& book, std::vector<std::uint8_t> fields, std::uint8_t heir = 0)
      : book_{&book}, fields_{std::move(fields)}, heir_{heir}, distinct_(fields_.size()) {}

  [[nodiscard]] const std::vector<std::uint8_t>& fields() const noexcept { return fields_; }
  [[nodiscard]] const Book& book() const noexcept { return *book_; }

  void add(Event event) {
    if (event.book != book_->number || event.kind != EventKind::change) return;
    auto found = records_.find(event.id);
    if (found == records_.end()) found = records_.emplace(event.id, Spans{}).first;
    Spans& spans = found->second;
    const bool first = spans.empty();
    Span next{event.effective, event.state, values_.size()};
    bool same = !first && spans.back().state == event.state;
    for (std::size_t i = 0; i < fields_.size(); ++i) values_.push_back(first ? 0 : values_[spans.back().values + i]);
    for (auto& [number, value] : event.changes) {
      if (number == heir_) set_heir(event.id, value);
      const auto field = std::find(fields_.begin(), fields_.end(), number);
      if (field == fields_.end()) continue;
      const auto at = static_cast<std::size_t>(field - fields_.begin());
      std::uint32_t& code = values_[next.values + at];
      if (distinct_[at].values()[code] == value) continue;
      code = distinct_[at].code_of(std::move(value));
      same = false;
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
    return distinct_[position].values()[values_[span.values + position]];
  }
  /// The same as a number below `distinct(position).size()`; 0 is "not set".
  [[nodiscard]] std::uint32_t code(const Span& span, std::size_t position) const {
    return values_[span.values + position];
  }
  /// The values that a field ever had, by number.
  [[nodiscard]] const std::vector<Value>& distinct(std::size_t position) const { return distinct_[position].values(); }

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
  std::vector<detail::DistinctValues> distinct_;
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
