#pragma once
/// \file
/// What a journal adds up to: every record of every book, and the commands that wait for their time.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <assay/core/error.hpp>
#include <assay/core/time.hpp>
#include <assay/io/wire.hpp>
#include <assay/registry/books.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/record.hpp>

namespace assay::registry {

/// A fold of events; equal journals give equal states, and equal states have equal bytes.
class State {
 public:
  struct TextHash {
    using is_transparent = void;
    /// Not noexcept on purpose: libstdc++ then keeps hashes, and does not work them out at every step of a search.
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Records = std::unordered_map<std::string, Record, TextHash, std::equal_to<>>;
  /// Waiting commands in the order they fall due.
  using Waiting = std::map<std::pair<TimePoint, std::uint64_t>, Event>;

  [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }
  /// When the newest event was recorded.
  [[nodiscard]] TimePoint recorded() const noexcept { return recorded_; }
  [[nodiscard]] const Records& records(const Book& book) const { return records_.at(book.number - 1U); }
  [[nodiscard]] const Waiting& waiting() const noexcept { return waiting_; }

  /// The command that waits under an event; nullptr where none does.
  [[nodiscard]] const Event* waiting_under(std::uint64_t event) const noexcept {
    for (const auto& [due, each] : waiting_)
      if (due.second == event) return &each;
    return nullptr;
  }

  /// A record, or nothing where the book has none of this id.
  [[nodiscard]] const Record* find(const Book& book, std::string_view id) const {
    const Records& of_book = records(book);
    const auto found = of_book.find(id);
    return found == of_book.end() ? nullptr : &found->second;
  }

  /// The records of a book, by id.
  [[nodiscard]] std::vector<const Record*> sorted(const Book& book) const {
    std::vector<const Record*> out;
    out.reserve(records(book).size());
    for (const auto& [id, record] : records(book)) out.push_back(&record);
    std::sort(out.begin(), out.end(), [](const Record* one, const Record* other) { return one->id < other->id; });
    return out;
  }

  /// The state after one more event.
  /// \throws FormatError when the event does not follow, or was written by a newer release.
  void apply(const Event& event) { apply_any(event); }
  void apply(Event&& event) { apply_any(std::move(event)); }

  /// Counts an event without applying it: one that holds only after the time that is asked about.
  void skip(const Event& event) noexcept {
    sequence_ = event.sequence;
    recorded_ = event.recorded;
  }

  [[nodiscard]] Bytes to_bytes() const {
    io::Writer out;
    out.compact(sequence_);
    out.integer(micros_of(recorded_));
    out.compact(records_.size());
    for (const Book* book : books()) {
      out.compact(records(*book).size());
      for (const Record* record : sorted(*book)) {
        out.text(record->id);
        out.number(record->state);
        out.compact(record->version);
        out.compact(record->last);
        out.integer(micros_of(record->created));
        out.integer(micros_of(record->changed));
        const auto set = std::count_if(record->fields.begin(), record->fields.end(), is_set);
        out.compact(static_cast<std::uint64_t>(set));
        for (std::size_t at = 0; at < record->fields.size(); ++at) {
          if (!is_set(record->fields[at])) continue;
          out.number(book->fields[at].number);
          write(out, record->fields[at]);
        }
      }
    }
    out.compact(waiting_.size());
    for (const auto& [due, event] : waiting_) {
      const Bytes bytes = registry::to_bytes(event);
      out.compact(bytes.size());
      out.raw(bytes);
    }
    return out.finish(io::Kind::registry, 1);
  }

  /// \throws FormatError when the bytes are damaged or of another release.
  [[nodiscard]] static State from_bytes(ByteView bytes) {
    io::Reader in{bytes, io::Kind::registry, 1};
    State state;
    state.sequence_ = in.compact();
    state.recorded_ = read_time(in);
    if (in.compact() != books().size()) throw FormatError("a state of another release");
    for (const Book* book : books()) {
      const std::size_t count = in.count(21);
      Records& of_book = state.records_[book->number - 1U];
      of_book.reserve(count);
      const std::string* before = nullptr;
      for (std::size_t i = 0; i < count; ++i) {
        Record record = read_record(in, *book, state.sequence_);
        if (before != nullptr && record.id <= *before) throw FormatError("records are out of order: damaged bytes");
        std::string id = record.id;
        before = &of_book.emplace(std::move(id), std::move(record)).first->first;
      }
    }
    for (std::size_t left = in.count(34); left > 0; --left) {
      const std::string text = in.text();
      Event event = event_from_bytes(std::as_bytes(std::span{text}));
      const Book& book = book_of(event.book);
      const Record* record = state.find(book, event.id);
      if (event.kind != EventKind::scheduled || record == nullptr || event.sequence == 0 ||
          event.sequence > state.sequence_)
        throw FormatError("a command waits for a record that there is not: damaged bytes");
      check(book, *record, event);
      const std::pair due{event.effective, event.sequence};
      if (!state.waiting_.empty() && due <= std::prev(state.waiting_.end())->first)
        throw FormatError("waiting commands are out of order: damaged bytes");
      state.waiting_.emplace_hint(state.waiting_.end(), due, std::move(event));
    }
    in.done();
    return state;
  }

  friend bool operator==(const State&, const State&) = default;

 private:
  template <class AnyEvent>
  void apply_any(AnyEvent&& event) {
    if (event.sequence != sequence_ + 1)
      throw FormatError("wanted event " + std::to_string(sequence_ + 1) + ", got event " +
                        std::to_string(event.sequence) + ": the journal is damaged");
    const Book& book = book_of(event.book);
    Records& of_book = records_.at(book.number - 1U);
    const auto found = of_book.find(event.id);
    const bool made = found == of_book.end();
    if (made && (event.kind != EventKind::change || event.version != 1))
      throw FormatError("event " + std::to_string(event.sequence) + " is about " + std::string{book.noun} + " " +
                        in_quotes(event.id) + ", which does not exist: the journal is damaged");
    static const Record none{};
    check(book, made ? none : found->second, event);
    Record& record = made ? of_book.try_emplace(event.id).first->second : found->second;
    skip(event);
    if (event.cause != 0) end_wait(event);
    if (event.kind == EventKind::change) {
      registry::apply(book, record, std::forward<AnyEvent>(event));
    } else {
      record.last = event.sequence;
      if (event.kind == EventKind::scheduled)
        waiting_.emplace(std::pair{event.effective, event.sequence}, std::forward<AnyEvent>(event));
    }
  }

  [[nodiscard]] static Record read_record(io::Reader& in, const Book& book, std::uint64_t newest) {
    Record record;
    record.id = in.text();
    record.state = in.number<std::uint8_t>();
    record.version = in.compact();
    record.last = in.compact();
    record.created = read_time(in);
    record.changed = read_time(in);
    if (!book.has_state(record.state) || record.version == 0 || record.last == 0 || record.last > newest)
      throw FormatError("a record that cannot be: damaged bytes");
    record.fields.resize(book.fields.size());
    for (auto& [number, value] : read_values(in)) {
      const auto position = book.field(number);
      if (!position || !is_set(value) || type_of(value) != book.fields[*position].type)
        throw FormatError("a state of another release");
      record.fields[*position] = std::move(value);
    }
    return record;
  }

  /// The command that the event was waiting for waits no more.
  void end_wait(const Event& event) {
    if (waiting_.erase({event.effective, event.cause}) == 0)  // done or lapsed at its time; called off at any time
      std::erase_if(waiting_, [&](const auto& each) { return each.first.second == event.cause; });
  }

  std::uint64_t sequence_{0};
  TimePoint recorded_{};
  std::array<Records, book_count> records_{};
  Waiting waiting_{};
};

}  // namespace assay::registry
