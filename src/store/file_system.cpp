#include "file_system.hpp"

#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

namespace assay::registry::store {
namespace {

constexpr unsigned long fuse_magic = 0x65735546UL;

// f_type of <linux/magic.h> and of file systems outside the kernel's list.
constexpr std::array<std::pair<unsigned long, const char*>, 18> networks{{
    {0x6969UL, "NFS"},
    {0x517BUL, "SMB"},
    {0xFE534D42UL, "SMB"},
    {0xFF534D42UL, "CIFS"},
    {0x5346414FUL, "AFS"},
    {0x6B414653UL, "AFS"},
    {0x73757245UL, "Coda"},
    {0x564CUL, "NCP"},
    {0x01021997UL, "9P"},
    {0x00C36400UL, "Ceph"},
    {0x0BD00BD0UL, "Lustre"},
    {0x47504653UL, "GPFS"},
    {0xAAD7AAEAUL, "PanFS"},
    {0x19830326UL, "BeeGFS"},
    {0x20030528UL, "OrangeFS"},
    {0x786F4256UL, "VirtualBox shared folder"},
    {0xBACBACBCUL, "VMware shared folder"},
    {0x7461636FUL, "OCFS2"},
}};

// FUSE file systems whose locks stay on this machine.
constexpr std::array<std::string_view, 8> local_fuse{"fuseblk",     "virtiofs",      "fuse.fuse-overlayfs",
                                                     "fuse.ntfs",   "fuse.ntfs-3g",  "fuse.grpcfuse",
                                                     "fuse.bindfs", "fuse.gocryptfs"};

// mountinfo writes blanks and the like as \040.
std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto digit = [&](std::size_t place) { return text[at + place] >= '0' && text[at + place] <= '7'; };
    if (text[at] == '\\' && at + 3 < text.size() && digit(1) && digit(2) && digit(3)) {
      out += static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0'));
      at += 3;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace

std::string mount_type(const std::string& mountinfo, const std::string& path) {
  std::istringstream lines{mountinfo};
  std::string best_type;
  std::size_t best_length = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields{line};
    std::string field;
    std::string point;
    for (int number = 0; number < 5 && fields >> field; ++number) point = field;
    while (fields >> field && field != "-") {
    }
    std::string type;
    if (!(fields >> type)) continue;
    point = unescaped(point);
    const bool inside = point == "/" || path == point || path.starts_with(point + "/");
    if (inside && point.size() >= best_length) {  // of two mounts on one point the later lies on top
      best_length = point.size();
      best_type = type;
    }
  }
  return best_type;
}

std::optional<FileSystem> file_system_of(const std::string& path) {
  struct statfs found{};
  if (statfs(path.c_str(), &found) != 0) return std::nullopt;
  FileSystem out{static_cast<unsigned long>(found.f_type) & 0xFFFFFFFFUL, {}};
  if (out.magic == fuse_magic) {
    std::error_code problem;
    const auto real = std::filesystem::canonical(path, problem);
    std::ifstream in{"/proc/self/mountinfo"};
    out.type = mount_type({std::istreambuf_iterator<char>{in}, {}}, problem ? path : real.string());
  }
  return out;
}

std::optional<std::string> network_name(const FileSystem& system) {
  for (const auto& [magic, name] : networks)
    if (system.magic == magic) return name;
  if (system.magic != fuse_magic) return std::nullopt;
  if (std::find(local_fuse.begin(), local_fuse.end(), system.type) != local_fuse.end()) return std::nullopt;
  return system.type.empty() ? "FUSE" : system.type;
}

}  // namespace assay::registry::store
