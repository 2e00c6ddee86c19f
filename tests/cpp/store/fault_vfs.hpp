#pragma once
/// \file
/// A layer under SQLite that fails when it is told to: the n-th write, sync, truncation or removal of a file.

#include <sqlite3.h>

#include <cstring>
#include <string>

namespace assay::test {

/// The usual operating-system layer, but for one call that fails. Syncs are only counted: tests need no durable disk.
class FaultVfs {
 public:
  enum class Kind { write, half_write, sync, truncate, remove };

  FaultVfs() : inner_{sqlite3_vfs_find(nullptr)} {
    vfs_ = *inner_;
    vfs_.zName = name;
    vfs_.pAppData = this;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + inner_->szOsFile;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 0);
  }
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs() { sqlite3_vfs_unregister(&vfs_); }

  static constexpr const char* name = "assay_fault";

  /// From now on the `nth` call of a kind answers `code`; with `for_ever` so does every later call of any kind.
  void arm(Kind kind, int nth, int code, bool for_ever) {
    kind_ = kind;
    left_ = nth;
    code_ = code;
    for_ever_ = for_ever;
    fired_ = false;
  }
  void disarm() { left_ = 0, for_ever_ = false; }
  [[nodiscard]] bool fired() const { return fired_; }

 private:
  struct File {
    sqlite3_file base;
    FaultVfs* owner;
    sqlite3_io_methods methods;
    [[nodiscard]] sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static_assert(sizeof(File) % 8 == 0);  // as SQLite aligns it

  [[nodiscard]] bool fails(Kind kind) {
    if (for_ever_ && fired_) return true;
    if (left_ == 0 || kind != kind_ || --left_ > 0) return false;
    fired_ = true;
    return true;
  }
  [[nodiscard]] static File& file(sqlite3_file* each) { return *reinterpret_cast<File*>(each); }
  [[nodiscard]] static FaultVfs& self(sqlite3_vfs* vfs) { return *static_cast<FaultVfs*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, sqlite3_filename path, sqlite3_file* each, int flags, int* out_flags) {
    File& opened = file(each);
    opened.base.pMethods = nullptr;
    opened.owner = &self(vfs);
    sqlite3_vfs* inner = opened.owner->inner_;
    const int code = inner->xOpen(inner, path, opened.inner(), flags, out_flags);
    if (opened.inner()->pMethods == nullptr) return code;
    sqlite3_io_methods& methods = opened.methods;
    methods = {};
    methods.iVersion = 1;
    methods.xClose = [](sqlite3_file* f) { return file(f).inner()->pMethods->xClose(file(f).inner()); };
    methods.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      return file(f).inner()->pMethods->xRead(file(f).inner(), to, size, at);
    };
    methods.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
      FaultVfs& owner = *file(f).owner;
      if (owner.fails(Kind::write)) return owner.code_;
      if (owner.fails(Kind::half_write)) {
        file(f).inner()->pMethods->xWrite(file(f).inner(), from, size / 2, at);
        return owner.code_;
      }
      return file(f).inner()->pMethods->xWrite(file(f).inner(), from, size, at);
    };
    methods.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
      FaultVfs& owner = *file(f).owner;
      return owner.fails(Kind::truncate) ? owner.code_ : file(f).inner()->pMethods->xTruncate(file(f).inner(), size);
    };
    methods.xSync = [](sqlite3_file* f, int) {
      FaultVfs& owner = *file(f).owner;
      return owner.fails(Kind::sync) ? owner.code_ : SQLITE_OK;
    };
    methods.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
      return file(f).inner()->pMethods->xFileSize(file(f).inner(), size);
    };
    methods.xLock = [](sqlite3_file* f, int level) { return file(f).inner()->pMethods->xLock(file(f).inner(), level); };
    methods.xUnlock = [](sqlite3_file* f, int level) {
      return file(f).inner()->pMethods->xUnlock(file(f).inner(), level);
    };
    methods.xCheckReservedLock = [](sqlite3_file* f, int* out) {
      return file(f).inner()->pMethods->xCheckReservedLock(file(f).inner(), out);
    };
    methods.xFileControl = [](sqlite3_file* f, int what, void* with) {
      return file(f).inner()->pMethods->xFileControl(file(f).inner(), what, with);
    };
    methods.xSectorSize = [](sqlite3_file* f) { return file(f).inner()->pMethods->xSectorSize(file(f).inner()); };
    methods.xDeviceCharacteristics = [](sqlite3_file* f) {
      return file(f).inner()->pMethods->xDeviceCharacteristics(file(f).inner());
    };
    opened.base.pMethods = &methods;
    return code;
  }
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    FaultVfs& owner = self(vfs);
    return owner.fails(Kind::remove) ? owner.code_ : owner.inner_->xDelete(owner.inner_, path, sync_folder);
  }

  sqlite3_vfs* inner_;
  sqlite3_vfs vfs_{};
  Kind kind_{Kind::write};
  int left_{0};
  int code_{SQLITE_IOERR};
  bool for_ever_{false};
  bool fired_{false};
};

}  // namespace assay::test
