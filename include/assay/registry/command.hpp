#pragma once
/// \file
/// What somebody asks of the registry.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <assay/core/time.hpp>
#include <assay/registry/value.hpp>

namespace assay::registry {

/// Fields and arguments by name.
using Named = std::vector<std::pair<std::string, Value>>;

/// One act: who does what to which record, and why.
struct Command {
  std::string book{};
  std::string verb{};
  std::string id{};
  Named values{};
  std::string actor{};
  std::string reason{};
  std::string ticket{};
  /// When it takes effect; nothing: now. A time to come makes the command wait.
  std::optional<TimePoint> at{};
  /// Names the command, so that sending it twice does it once.
  std::string command_id{};
  /// Refused unless the record is still of this version.
  std::optional<std::uint64_t> expected_version{};
};

}  // namespace assay::registry
