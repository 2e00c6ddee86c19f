#pragma once
/// \file
/// What a registry shows: a book as a table, events as a table, what waits for its time.

#include <span>
#include <string_view>
#include <vector>

#include <assay/registry/event.hpp>
#include <assay/registry/state.hpp>

#include "view.hpp"

namespace assay::bindings {

/// One row a record, by id: id, state, version, created, changed, and every field.
[[nodiscard]] View book_view(const registry::State& state, const registry::Book& book);
/// One row an event, in the order given.
[[nodiscard]] View events_view(std::span<const registry::Event> events);
/// One row a command that waits: the event it waits under, and when it falls due.
[[nodiscard]] View waiting_view(const registry::State& state);

/// Sentences of events of any records, each told with what came before it in `events`.
[[nodiscard]] std::vector<std::string> sentences_of(std::span<const registry::Event> events);

[[nodiscard]] std::string_view kind_word(registry::EventKind kind) noexcept;
/// Fields or arguments by name, as a JSON object.
[[nodiscard]] std::string json_of(const registry::Book& book, const registry::Values& values,
                                  const registry::Verb* arguments_of);

}  // namespace assay::bindings
