#pragma once
/// \file
/// Values, commands and events across the border to Python.
///
/// Python hands over what python/assay/registry/_values.py made of the caller's values: str, int, float, bool, lists of
/// str, pairs of str, days since 1970 and microseconds since 1970.

#include <optional>
#include <string>
#include <vector>

#include <assay/registry/command.hpp>
#include <assay/registry/event.hpp>
#include <assay/registry/record.hpp>
#include <assay/registry/value.hpp>

#include "bindings.hpp"
#include "view.hpp"

namespace assay::bindings {

/// \throws InputError when the object is not what the type is handed over as.
[[nodiscard]] registry::Value value_of(const py::handle& object, registry::Type type, const std::string& name);

/// A value as Python has it: None, str, tuple of str, int, float, bool, date, datetime in UTC, dict.
[[nodiscard]] py::object to_python(const registry::Value& value);
/// The same for a field of a record: a set or labels that are not set are empty, not None.
[[nodiscard]] py::object to_python(const registry::Value& value, registry::Type type);
[[nodiscard]] py::object to_python(TimePoint time);

/// (book, verb, id, [(name, value), ...], actor, reason, ticket, at, command_id, expected_version)
[[nodiscard]] registry::Command command_of(const py::tuple& parts);
[[nodiscard]] std::vector<registry::Command> commands_of(const py::list& given);

[[nodiscard]] py::dict to_python(const registry::Event& event);
[[nodiscard]] py::dict to_python(const registry::Book& book, const registry::Record& record);
/// A column as Python's values.
[[nodiscard]] py::list to_list(const ViewColumn& column, std::optional<std::int64_t> most = std::nullopt);
/// The type by its name in tables of fields: "text", "texts", "whole", "real", "flag", "day", "time", "labels".
[[nodiscard]] std::string_view type_word(registry::Type type) noexcept;
[[nodiscard]] registry::Type type_from_word(const std::string& word);

}  // namespace assay::bindings
