#pragma once
/// \file
/// 128-bit integers, which every compiler Assay supports has as an extension.

namespace assay {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

}  // namespace assay
