// event_from_bytes: what is accepted is written back byte by byte; what is read for the state alone is its beginning;
// and a state to which it is applied keeps its shape or refuses it whole.

#include <cstdint>
#include <cstdlib>

#include <assay/registry/state.hpp>
#include <assay/registry/waiting.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  using namespace assay::registry;
  const ByteView bytes{reinterpret_cast<const std::byte*>(data), size};
  Event event;
  try {
    event = event_from_bytes(bytes);
  } catch (const FormatError&) {
    return 0;
  }
  const Bytes back = to_bytes(event);
  if (back.size() != size || !std::equal(back.begin(), back.end(), bytes.begin())) std::abort();
  const Event part = event_from_bytes(bytes, Part::state);
  if (part.id != event.id || part.changes != event.changes || part.sequence != event.sequence) std::abort();
  if (event.kind != EventKind::change && part != event) std::abort();

  // made to follow on a record of its own
  State state;
  Event first{.sequence = 1, .book = 1, .verb = 1, .state = 1, .version = 1, .id = event.id};
  first.book = event.book == 2 ? 2 : 1;
  state.apply(first);
  const Bytes before = state.to_bytes();
  event.sequence = 2;
  event.previous = event.cause = 0;
  event.version = 2;
  try {
    state.apply(event);
  } catch (const FormatError&) {
    if (state.to_bytes() != before) std::abort();
    return 0;
  }
  if (State::from_bytes(state.to_bytes()) != state) std::abort();
  for (const auto& [due, waiting] : state.waiting()) {
    try {
      Draft draft{state};
      carry_out(draft, waiting, waiting.effective);
      State after = state;
      for (const Event& each : draft.events()) after.apply(each);
      if (draft.events().empty() || !after.waiting().empty()) std::abort();
    } catch (const FormatError&) {
    }
  }
  for (const auto& [number, value] : event.changes) (void)to_text(value);
  return 0;
}
