#include <store/file_system.hpp>

#include "places.hpp"

using namespace assay::registry::store;
using namespace assay::test;

TEST_CASE("network file systems are known by their numbers, local ones are not named", "[store]") {
  CHECK(network_name({0x6969, {}}) == "NFS");
  CHECK(network_name({0xFE534D42, {}}) == "SMB");
  CHECK(network_name({0xFF534D42, {}}) == "CIFS");
  CHECK(network_name({0x01021997, {}}) == "9P");
  CHECK(network_name({0x00C36400, {}}) == "Ceph");
  for (const unsigned long local : {0xEF53UL, 0x58465342UL, 0x9123683EUL, 0x01021994UL, 0x794C7630UL, 0x2FC12FC1UL})
    CHECK_FALSE(network_name({local, {}}));  // ext4, XFS, Btrfs, tmpfs, overlay, ZFS
}

TEST_CASE("a FUSE file system is a network unless it is known to be local", "[store]") {
  constexpr unsigned long fuse = 0x65735546;
  CHECK(network_name({fuse, "fuse.sshfs"}) == "fuse.sshfs");
  CHECK(network_name({fuse, "fuse.never_heard_of"}) == "fuse.never_heard_of");
  CHECK(network_name({fuse, ""}) == "FUSE");
  CHECK_FALSE(network_name({fuse, "fuseblk"}));
  CHECK_FALSE(network_name({fuse, "fuse.fuse-overlayfs"}));
}

TEST_CASE("the mount that holds a path is the longest, and of equals the last", "[store]") {
  const std::string text =
      "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
      "30 22 0:50 / /home rw shared:2 master:1 - nfs4 server:/home rw\n"
      "31 30 0:51 / /home/a\\040b rw - fuse.sshfs me@there: rw\n"
      "32 22 0:52 / /mnt rw - ext4 /dev/vdb rw\n"
      "33 22 0:53 / /mnt rw - fuse.rclone remote: rw\n"
      "not a line of a mount\n";
  CHECK(mount_type(text, "/etc/x.db") == "ext4");
  CHECK(mount_type(text, "/home/x.db") == "nfs4");
  CHECK(mount_type(text, "/homely/x.db") == "ext4");
  CHECK(mount_type(text, "/home/a b/x.db") == "fuse.sshfs");
  CHECK(mount_type(text, "/mnt") == "fuse.rclone");
  CHECK(mount_type("", "/mnt").empty());
}

TEST_CASE("the system tells what this folder lies on, and nothing of what is not there", "[store]") {
  const Folder folder;
  const auto here = file_system_of(folder.path());
  REQUIRE(here);
  CHECK(here->magic != 0);
  CHECK_FALSE(file_system_of(folder / "absent"));
}
