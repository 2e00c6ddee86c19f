#pragma once
/// \file
/// What a journal adds up to: every record of every book, and the commands that wait for their time.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
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
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  using Records = std::unordered_map<std::string, Record, TextHash, std::equal_to<>>;
  /// Waiting commands in the order they fall due.
  using Waiting = std::map<std::pair<TimePoint, std::uint64_t>, Event>;

  [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }
  /// When the newest event was recorded.
  [[nodiscard]] TimePoint recorded() const noexcept { return recorded_; }
  [[nodiscard]] const Records& records(const Book& book) const { return records_.at(book.number - 1U); }
  [[nodiscard]] const Waiting& waiting() const noexcept { return waiting_; }

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
  void apply(Event event) {
    if (event.sequence != sequence_ + 1)
      throw FormatError("wanted event " + std::to_string(sequence_ + 1) + ", got event " +
                        std::to_string(event.sequence) + ": the journal is damaged");
    const Book& book = book_of(event.book);
    Records& of_book = records_.at(book.number - 1U);
    auto found = of_book.find(event.id);
    if (found == of_book.end()) {
      if (event.kind != EventKind::change || event.version != 1)
        throw FormatError("event " + std::to_string(event.sequence) + " is about " + std::string{book.noun} + " " +
                          in_quotes(event.id) + ", which does not exist: the journal is damaged");
      found = of_book.emplace(event.id, Record{}).first;
    }
    skip(event);
    if (event.cause != 0) std::erase_if(waiting_, [&](const auto& each) { return each.first.second == event.cause; });
    if (event.kind == EventKind::change) {
      registry::apply(book, found->second, std::move(event));
    } else {
      found->second.last = event.sequence;
      if (event.kind == EventKind::scheduled)
        waiting_.emplace(std::pair{event.effective, event.sequence}, std::move(event));
    }
  }

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
        Values set;
        for (std::size_t at = 0; at < record->fields.size(); ++at)
          if (is_set(record->fields[at])) set.emplace_back(book->fields[at].number, record->fields[at]);
        write(out, set);
      }
    }
    out.compact(waiting_.size());
    for (const auto& [due, event] : waiting_) {
      const Bytes bytes = registry::to_bytes(event);
      out.text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    return out.finish(io::Kind::registry, 1);
  }

  /// \throws FormatError when the bytes are damaged or of another release.
  [[nodiscard]] static State from_bytes(ByteView bytes) {
    io::Reader in{bytes, io::Kind::registry, 1};
    State state;
    state.sequence_ = in.compact();
    state.recorded_ = time_from_micros(in.integer());
    if (in.compact() != books().size()) throw FormatError("a state of another release");
    for (const Book* book : books()) {
      const std::size_t count = in.count(16);
      Records& of_book = state.records_[book->number - 1U];
      of_book.reserve(count);
      for (std::size_t i = 0; i < count; ++i) {
        Record record;
        record.id = in.text();
        record.state = in.number<std::uint8_t>();
        record.version = in.compact();
        record.last = in.compact();
        record.created = time_from_micros(in.integer());
        record.changed = time_from_micros(in.integer());
        record.fields.resize(book->fields.size());
        for (auto& [number, value] : read_values(in)) {
          const auto position = book->field(number);
          if (!position) throw FormatError("a state of another release");
          record.fields[*position] = std::move(value);
        }
        std::string id = record.id;
        of_book.emplace(std::move(id), std::move(record));
      }
    }
    const std::size_t waiting = in.count(16);
    for (std::size_t i = 0; i < waiting; ++i) {
      const std::string text = in.text();
      Event event = event_from_bytes(std::as_bytes(std::span{text}));
      state.waiting_.emplace(std::pair{event.effective, event.sequence}, std::move(event));
    }
    in.done();
    return state;
  }

  friend bool operator==(const State&, const State&) = default;

 private:
  std::uint64_t sequence_{0};
  TimePoint recorded_{};
  std::array<Records, book_count> records_{};
  Waiting waiting_{};
};

}  // namespace assay::registry
