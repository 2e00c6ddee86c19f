#include <cstring>
#include <map>

#include <assay/core/random.hpp>
#include <assay/io/short_texts.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::io;

namespace {

/// The text with letters after it that do not belong to it.
ShortText among_others(const std::string& text, char other) {
  const std::string memory = text + std::string(16, other);
  return ShortText::from_letters(memory.data(), static_cast<std::uint32_t>(text.size()));
}

bool same(const ShortText& one, const ShortText& other) {
  return one.head == other.head && one.tail == other.tail && one.length == other.length;
}

}  // namespace

TEST_CASE("two short texts are one only if they are equal, whatever follows them in memory", "[law][io][short]") {
  Random random{61};
  for (int i = 0; i < 50'000; ++i) {
    std::string one;
    std::string other;
    for (std::uint64_t size = random.below(17); size > 0; --size) one += static_cast<char>(random.below(3));
    for (std::uint64_t size = random.below(17); size > 0; --size) other += static_cast<char>(random.below(3));
    if (random.below(2) == 0) other = one;
    if (random.below(4) == 0 && !other.empty()) other[random.below(other.size())] ^= 1;
    REQUIRE(same(among_others(one, 'x'), among_others(other, '\0')) == (one == other));
  }
}

TEST_CASE("a view is told apart by all its sixteen bytes", "[io][short]") {
  std::array<std::byte, 16> view{};
  const ShortText before = ShortText::from_view(view.data());
  for (std::size_t at = 0; at < 16; ++at) {
    std::array<std::byte, 16> other = view;
    other[at] = std::byte{1};
    CHECK_FALSE(same(ShortText::from_view(other.data()), before));
  }
  CHECK(same(ShortText::from_view(view.data()), before));
}

TEST_CASE("what is kept is found again, and what is full takes no more", "[law][io][short]") {
  ShortTexts texts;
  CHECK(texts.find(among_others("", 'x')) == no_code);
  texts.keep(among_others("", 'x'), 0);
  CHECK(texts.find(among_others("", 'y')) == 0);
  for (Code code = 1; code < ShortTexts::most; ++code) {
    const ShortText text = among_others("text " + std::to_string(code), 'x');
    REQUIRE(texts.find(text) == no_code);
    texts.keep(text, code);
  }
  texts.keep(among_others("one too many", 'x'), 9999);
  CHECK(texts.find(among_others("one too many", 'x')) == no_code);
  for (Code code = 1; code < ShortTexts::most; ++code)
    REQUIRE(texts.find(among_others("text " + std::to_string(code), 'y')) == code);
  texts.clear();
  CHECK(texts.find(among_others("", 'x')) == no_code);
  CHECK(texts.find(among_others("text 1", 'x')) == no_code);
  texts.keep(among_others("text 1", 'x'), 5);
  CHECK(texts.find(among_others("text 1", 'x')) == 5);
}
