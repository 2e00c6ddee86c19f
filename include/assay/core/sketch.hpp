#pragma once
/// \file
/// What every mergeable state can do: start from nothing, merge, become bytes and come back.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

/// A state that is a commutative monoid under merge and survives a journey as bytes.
///
/// Laws, tested for every model: merge is associative and commutative, the default value changes nothing,
/// and equal states have equal bytes.
template <class State>
concept Sketch = std::default_initializable<State> && std::equality_comparable<State> &&
                 requires(State state, const State other, ByteView bytes) {
                   state.merge(other);
                   { other.to_bytes() } -> std::same_as<Bytes>;
                   { State::from_bytes(bytes) } -> std::same_as<State>;
                 };

}  // namespace assay
