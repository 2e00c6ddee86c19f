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

TEST_CASE("quoted text shows no control characters", "[core]") {
  CHECK(assay::in_quotes("remove") == "'remove'");
  CHECK(assay::in_quotes("") == "''");
  CHECK(assay::in_quotes("a\nb\x7f") == "'a?b?'");
  CHECK(assay::in_quotes("fa\xC3\xA7"
                         "ade") ==
        "'fa\xC3\xA7"
        "ade'");
}

TEST_CASE("quoted text is cut after 60 bytes, never within a letter", "[core]") {
  CHECK(assay::in_quotes(std::string(60, 'x')) == "'" + std::string(60, 'x') + "'");
  CHECK(assay::in_quotes(std::string(61, 'x')) == "'" + std::string(60, 'x') + "...'");
  // A three-byte letter that begins at byte 58 and would be cut after its second byte.
  CHECK(assay::in_quotes(std::string(58, 'x') + "\xE2\x82\xAC" + "y") == "'" + std::string(58, 'x') + "...'");
}
