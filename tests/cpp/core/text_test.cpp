#include <assay/core/text.hpp>

#include <limits>

#include <assay_test.hpp>

TEST_CASE("numbers are written in the shortest form that reads back the same", "[core]") {
  CHECK(assay::to_text(0.95) == "0.95");
  CHECK(assay::to_text(0.1 + 0.2) == "0.30000000000000004");
  CHECK(assay::to_text(1e-7) == "1e-07");
  CHECK(assay::to_text(-0.0) == "-0");
  CHECK(assay::to_text(-std::numeric_limits<double>::max()) == "-1.7976931348623157e+308");
  CHECK(assay::to_text(std::numeric_limits<double>::quiet_NaN()) == "nan");
  CHECK(assay::to_text(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(assay::to_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("quoted text is as it is written where everything in it can be seen", "[core]") {
  CHECK(assay::in_quotes("remove") == "'remove'");
  CHECK(assay::in_quotes("") == "''");
  CHECK(assay::in_quotes("fa\u00E7ade \u00A1 \u0645\u0631\u062D\u0628\u0627 \u6F22 \U0001F600") ==
        "'fa\u00E7ade \u00A1 \u0645\u0631\u062D\u0628\u0627 \u6F22 \U0001F600'");
}

TEST_CASE("what nobody would see is quoted as an escape", "[core]") {
  CHECK(assay::in_quotes("a\nb\r\t\x1B[31m\x7F") == R"('a\nb\r\t\x1b[31m\x7f')");
  CHECK(assay::in_quotes("\u0085\u009B\u00AD") == R"('\x85\x9b\xad')");          // C1 controls, soft hyphen
  CHECK(assay::in_quotes("evil\u202Etxt\u202C") == R"('evil\u202etxt\u202c')");  // overrides the direction
  CHECK(assay::in_quotes("\u2066a\u2069\u200E\u200F\u061C") == R"('\u2066a\u2069\u200e\u200f\u061c')");
  CHECK(assay::in_quotes("re\u200Bmove\u200D\uFEFF") == R"('re\u200bmove\u200d\ufeff')");  // no width
  CHECK(assay::in_quotes("a\u2028b\u2029") == R"('a\u2028b\u2029')");
  CHECK(assay::in_quotes("\U000E0041") == R"('\U000e0041')");  // a tag
  CHECK(assay::in_quotes("a\\nb") == R"('a\nb')");
}

TEST_CASE("bytes that are no UTF-8 are quoted as escapes", "[core]") {
  CHECK(assay::in_quotes("\xFF\x80z") == R"('\xff\x80z')");
  CHECK(assay::in_quotes("\xE2\x82") == R"('\xe2\x82')");                  // cut short
  CHECK(assay::in_quotes("\xC0\xAF") == R"('\xc0\xaf')");                  // longer than it need be
  CHECK(assay::in_quotes("\xED\xA0\x80") == R"('\xed\xa0\x80')");          // half of a surrogate pair
  CHECK(assay::in_quotes("\xF4\x90\x80\x80") == R"('\xf4\x90\x80\x80')");  // beyond Unicode
}

TEST_CASE("quoted text is cut after 60 bytes, never within a letter", "[core]") {
  CHECK(assay::in_quotes(std::string(60, 'x')) == "'" + std::string(60, 'x') + "'");
  CHECK(assay::in_quotes(std::string(61, 'x')) == "'" + std::string(60, 'x') + "...'");
  // A three-byte letter that begins at byte 58 and would be cut after its second byte.
  CHECK(assay::in_quotes(std::string(58, 'x') + "\u20ACy") == "'" + std::string(58, 'x') + "...'");
}
