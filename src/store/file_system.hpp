#pragma once
/// \file
/// What lies under a path: needed because file locks cannot be trusted on network file systems.

#include <functional>
#include <optional>
#include <string>

namespace assay::registry::store {

/// A file system as the kernel describes it.
struct FileSystem {
  unsigned long magic{0};  ///< statfs f_type
  std::string type{};  ///< the type it was mounted with, "fuse.sshfs" for instance; asked for where the magic is FUSE's
};

/// Looks a path up without opening it; nothing where the kernel does not say. Tests give their own.
using FileSystemProbe = std::function<std::optional<FileSystem>(const std::string& path)>;

[[nodiscard]] std::optional<FileSystem> file_system_of(const std::string& path);

/// The name of the network file system, or nothing where locks can be trusted. A FUSE file system that is not known to
/// be local counts as a network.
[[nodiscard]] std::optional<std::string> network_name(const FileSystem& system);

/// The mount type of the longest mount point that holds `path`, from the text of /proc/self/mountinfo.
[[nodiscard]] std::string mount_type(const std::string& mountinfo, const std::string& path);

}  // namespace assay::registry::store
