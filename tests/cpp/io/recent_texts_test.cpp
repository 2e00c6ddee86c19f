#include <assay/core/random.hpp>
#include <assay/io/recent_texts.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::io;

TEST_CASE("what is remembered is right, however many texts pass by", "[law][io][recent]") {
  Random random{51};
  Dictionary own{"u"};
  RecentTexts recent;
  std::size_t remembered = 0;
  for (int i = 0; i < 200'000; ++i) {
    // Texts that share both ends and differ in the middle, short ones among them.
    const std::string middle = std::to_string(random.below(random.below(2) == 0 ? 50 : 5000));
    const std::string text = random.below(2) == 0 ? "the same " + middle + " and the same again" : middle;
    const Code code = recent.find(text, own);
    const Code right = own.code_of(std::string_view{text});
    if (code == no_code) {
      recent.keep(text, right, right + 7);
      REQUIRE(recent.find(text, own) == right + 7);
    } else {
      REQUIRE(code == right + 7);
      ++remembered;
    }
  }
  CHECK(remembered > 50'000);
}

TEST_CASE("the empty text is not found before it was kept, and nothing after all was forgotten", "[io][recent]") {
  Dictionary own{"u"};
  RecentTexts recent;
  CHECK(recent.find("", own) == no_code);
  recent.keep("", own.code_of(std::string_view{}), 3);
  CHECK(recent.find("", own) == 3);
  recent.clear();
  CHECK(recent.find("", own) == no_code);
}
