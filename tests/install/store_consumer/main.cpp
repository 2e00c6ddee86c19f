#include <assay/core/version.hpp>
#include <assay/registry/journal.hpp>
#include <iostream>
#include <vector>

int main() {
  using namespace assay::registry;
  const auto store = open_store(":memory:");
  const std::vector<NewEntry> entries{{{std::byte{1}}, "first"}, {{std::byte{2}}, {}}};
  const auto head = store->append(store->head(), entries);
  const Checkpoint checkpoint = sign(*head, {}, make_key_pair().secret_key);
  const Verdict verdict = verify(*store, checkpoint);
  std::cout << "assay " << ASSAY_VERSION << ": " << verdict.words << '\n';
  return verdict.whole() ? 0 : 1;
}
