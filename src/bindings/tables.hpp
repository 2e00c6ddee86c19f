#pragma once
/// \file
/// Tables across the border: any Arrow producer or mapping of NumPy arrays in, our tables out.

#include <optional>
#include <string>
#include <vector>

#include <assay/io/arrow.hpp>
#include <assay/io/parallel.hpp>
#include <assay/io/table.hpp>

#include "bindings.hpp"

namespace assay::bindings {

/// The rows of anything that offers `__arrow_c_stream__`, of a lazy frame, or of a mapping from names to arrays.
/// Call it with the GIL held; the stream may then be read without it. Where the table's library makes it cheap, only
/// `columns` are handed over.
/// \throws InputError for anything else.
[[nodiscard]] io::Stream stream_of(const py::object& table,
                                   const std::optional<std::vector<std::string>>& columns = std::nullopt);

/// A progress callback that takes the GIL back at most every tenth of a second, asks for Ctrl-C, and tells `callback`.
[[nodiscard]] io::Progress progress_of(const py::object& callback);

/// Threads to use: all cores for None. \throws InputError unless it is 1 or more.
[[nodiscard]] unsigned threads_of(const std::optional<int>& threads);

}  // namespace assay::bindings
