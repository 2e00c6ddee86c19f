#pragma once
/// \file
/// Handing a table over through the Arrow C stream interface: one batch, no copy, memory shared until released.

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include <assay/io/table.hpp>

namespace assay::io {
namespace detail {

/// Everything an exported schema or array points at.
struct ExportedSchema {
  Table table;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
};
struct ExportedArray {
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
  std::array<const void*, 1> own{nullptr};
};
/// What one exported column keeps alive.
struct HeldColumn {
  Table table;
  std::array<const void*, 3> buffers;
};
struct ExportedStream {
  Table table;
  bool given{false};
};

// The parent's release frees the memory of all children; a child that was moved out must survive that, so each child
// holds its own share of the table.
inline void release_child(ArrowSchema* schema) {
  delete static_cast<Table*>(schema->private_data);
  schema->release = nullptr;
}
inline void release_child(ArrowArray* array) {
  delete static_cast<HeldColumn*>(array->private_data);
  array->release = nullptr;
}

template <class Parent, class Exported>
void release_parent(Parent* parent) {
  auto* exported = static_cast<Exported*>(parent->private_data);
  for (auto& child : exported->children)
    if (child.release != nullptr) child.release(&child);
  delete exported;
  parent->release = nullptr;
}

inline void export_schema(const Table& table, ArrowSchema* out) {
  auto exported = std::make_unique<ExportedSchema>();
  exported->table = table;
  exported->children.resize(table.columns().size());
  for (std::size_t i = 0; i < exported->children.size(); ++i) {
    const ColumnData& column = *table.columns()[i];
    auto hold = std::make_unique<Table>(table);
    exported->children[i] = {column.format.c_str(),
                             column.name.c_str(),
                             nullptr,
                             ARROW_FLAG_NULLABLE,
                             0,
                             nullptr,
                             nullptr,
                             static_cast<void (*)(ArrowSchema*)>(&release_child),
                             hold.release()};
    exported->pointers.push_back(&exported->children[i]);
  }
  *out = {"+s",
          "",
          nullptr,
          0,
          static_cast<std::int64_t>(exported->children.size()),
          exported->pointers.data(),
          nullptr,
          &release_parent<ArrowSchema, ExportedSchema>,
          exported.get()};
  exported.release();
}

inline void export_array(const Table& table, ArrowArray* out) {
  auto exported = std::make_unique<ExportedArray>();
  exported->children.resize(table.columns().size());
  for (std::size_t i = 0; i < exported->children.size(); ++i) {
    const ColumnData& column = *table.columns()[i];
    static constexpr std::byte nothing[8]{};
    const auto pointer = [](const std::vector<std::byte>& bytes) -> const void* {
      return bytes.empty() ? nothing : bytes.data();
    };
    auto hold = std::make_unique<HeldColumn>(HeldColumn{
        table,
        {column.validity.empty() ? nullptr : column.validity.data(), pointer(column.values), pointer(column.letters)}});
    const bool text = column.format == "u" || column.format == "U";
    exported->children[i] = {column.length,
                             column.null_count,
                             0,
                             text ? 3 : 2,
                             0,
                             hold->buffers.data(),
                             nullptr,
                             nullptr,
                             static_cast<void (*)(ArrowArray*)>(&release_child),
                             nullptr};
    exported->children[i].private_data = hold.release();
    exported->pointers.push_back(&exported->children[i]);
  }
  *out = {table.rows(),
          0,
          0,
          1,
          static_cast<std::int64_t>(exported->children.size()),
          exported->own.data(),
          exported->pointers.data(),
          nullptr,
          &release_parent<ArrowArray, ExportedArray>,
          exported.get()};
  exported.release();
}

template <class Work>
int guarded(const Work& work) noexcept {
  try {
    work();
    return 0;
  } catch (...) {
    return ENOMEM;
  }
}

}  // namespace detail

/// Fills `out` with a stream of the table. The stream keeps the memory alive until its consumer lets go.
inline void export_stream(const Table& table, ArrowArrayStream* out) {
  auto exported = std::make_unique<detail::ExportedStream>(detail::ExportedStream{table, false});
  out->get_schema = [](ArrowArrayStream* self, ArrowSchema* schema) {
    return detail::guarded(
        [&] { detail::export_schema(static_cast<detail::ExportedStream*>(self->private_data)->table, schema); });
  };
  out->get_next = [](ArrowArrayStream* self, ArrowArray* array) {
    auto* stream = static_cast<detail::ExportedStream*>(self->private_data);
    array->release = nullptr;
    if (std::exchange(stream->given, true)) return 0;
    return detail::guarded([&] { detail::export_array(stream->table, array); });
  };
  out->get_last_error = [](ArrowArrayStream*) -> const char* { return "out of memory"; };
  out->release = [](ArrowArrayStream* self) {
    delete static_cast<detail::ExportedStream*>(self->private_data);
    self->release = nullptr;
  };
  out->private_data = exported.release();
}

}  // namespace assay::io
