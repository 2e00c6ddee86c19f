#include <cmath>
#include <limits>

#include <assay/io/read.hpp>
#include <assay_test.hpp>
#include <tables.hpp>

using namespace assay;
using namespace assay::io;
using namespace assay::test;

namespace {

using Doubles = std::vector<double>;

Doubles numbers_of(const Array& array, std::size_t rows, std::size_t parent = 0) {
  return with_column(one_column(array, rows, parent), [&](const Column& column) {
    Doubles out(rows);
    const Numbers numbers{column};
    numbers.read(0, static_cast<std::int64_t>(rows), out.data());
    for (std::size_t row = 0; row < rows; ++row) {  // row by row says the same
      double one = 0.0;
      numbers.read(static_cast<std::int64_t>(row), 1, &one);
      CHECK((one == out[row] || (std::isnan(one) && std::isnan(out[row]))));
    }
    return out;
  });
}

std::string truths_of(const Array& array, std::size_t rows, std::size_t parent = 0) {
  return with_column(one_column(array, rows, parent), [&](const Column& column) {
    std::vector<std::uint8_t> out(rows);
    Truths{column}.read(0, static_cast<std::int64_t>(rows), out.data());
    std::string text;
    for (const std::uint8_t truth : out) text += truth == 1 ? 'T' : truth == 0 ? 'F' : '?';
    return text;
  });
}

std::string number_refusal(const Array& array, std::size_t rows) {
  return message_of<InputError>([&] { (void)numbers_of(array, rows); });
}
std::string truth_refusal(const Array& array, std::size_t rows) {
  return message_of<InputError>([&] { (void)truths_of(array, rows); });
}

}  // namespace

TEST_CASE("numbers of every width read the same at every offset", "[law][io][read]") {
  const Doubles wanted{0, 1, 100, 127};
  for (const std::size_t offset : {0U, 5U})
    for (const std::size_t parent : {0U, 3U}) {
      const Layout layout{offset, parent};
      for (const char* format : {"c", "C", "s", "S", "i", "I", "l", "L"}) {
        INFO(format);
        CHECK(numbers_of(integers(format, {0, 1, 100, 127}, layout), 4, parent) == wanted);
      }
      CHECK(numbers_of(numbers<float>("f", Reals{0, 1, 100, 127}, layout), 4, parent) == wanted);
      CHECK(numbers_of(numbers<double>("g", Reals{0, 1, 100, 127}, layout), 4, parent) == wanted);
      CHECK(numbers_of(halves({0x0000, 0x3C00, 0x5640, 0x57F0}, layout), 4, parent) == wanted);
      for (const int bits : {32, 64, 128, 256})
        CHECK(numbers_of(decimals({0, 1, 100, 127}, 0, bits, layout), 4, parent) == wanted);
      for (const char* format : {"u", "U", "vu"})
        CHECK(numbers_of(texts(format, {"0", "1", "1e2", "127.0"}, layout), 4, parent) == wanted);
      CHECK(numbers_of(dictionary("S", {2, 1, 0, 3}, integers("s", {100, 1, 0, 127}, {2}), layout), 4, parent) ==
            wanted);
      CHECK(numbers_of(bools({true, false}, layout), 2, parent) == Doubles{1, 0});
    }
}

TEST_CASE("the ends of each width are read exactly", "[io][read]") {
  CHECK(numbers_of(integers("c", {-128, 127}), 2) == Doubles{-128, 127});
  CHECK(numbers_of(integers("s", {-32768}), 1) == Doubles{-32768});
  CHECK(numbers_of(integers("l", {std::numeric_limits<std::int64_t>::min()}), 1) == Doubles{-0x1p63});
  CHECK(numbers_of(integers("L", {-1}), 1) == Doubles{0x1p64});
  CHECK(numbers_of(halves({0x8000, 0x0001, 0x7BFF, 0xFC00, 0xC000}), 5) ==
        Doubles{-0.0, 0x1p-24, 65504, -std::numeric_limits<double>::infinity(), -2});
  CHECK(std::isnan(numbers_of(halves({0x7E00}), 1)[0]));
  CHECK(numbers_of(numbers<float>("f", Reals{0.1}), 1) == Doubles{static_cast<double>(0.1F)});
}

TEST_CASE("decimals keep sign and scale in every width", "[io][read]") {
  for (const int bits : {32, 64, 128, 256}) {
    INFO(bits);
    CHECK(numbers_of(decimals({-5, 12345, -12345, 0, -1}, 2, bits), 5) == Doubles{-.05, 123.45, -123.45, 0, -.01});
    CHECK(numbers_of(decimals({-7}, -3, bits), 1) == Doubles{-7000});
  }
  // Whole numbers beyond 64 bits.
  const auto wide = [](std::vector<std::uint64_t> words) {
    Array array = decimals({0}, 0, static_cast<int>(64 * words.size()));
    array.buffers[1] = Buffer::of(words);
    return numbers_of(array, 1)[0];
  };
  CHECK(wide({0, 1}) == 0x1p64);
  CHECK(wide({0, ~std::uint64_t{0}}) == -0x1p64);
  CHECK(wide({0, 0, 0, 1}) == 0x1p192);
  CHECK(wide({0, 0, 0, 1ULL << 63U}) == -0x1p255);
  CHECK(wide({1, ~0ULL, ~0ULL, ~0ULL}) == -0x1p64 + 1);
}

TEST_CASE("a column of 64-bit reals is read in place, others are not", "[io][read]") {
  const auto direct = [](const Array& array, std::size_t rows, std::size_t parent = 0) {
    return with_column(one_column(array, rows, parent), [](const Column& column) {
      const double* at = Numbers{column}.direct();
      return at == nullptr ? std::numeric_limits<double>::quiet_NaN() : at[1];
    });
  };
  CHECK(direct(numbers<double>("g", Reals{1, 2}, {3, 2}), 2, 2) == 2.0);
  CHECK(std::isnan(direct(numbers<float>("f", Reals{1, 2}), 2)));
  CHECK(std::isnan(direct(numbers<double>("g", Reals{1, std::nullopt}), 2)));
  CHECK(std::isnan(direct(dictionary("c", {0, 0}, numbers<double>("g", Reals{1})), 2)));
}

TEST_CASE("what is no number is refused with its row and a mend", "[io][read]") {
  CHECK(number_refusal(integers("i", {1, std::nullopt}, {4, 0, false}), 2) ==
        "wanted a number, got null in column 'x', row 1 (counting from 0); fill or drop the row");
  CHECK(number_refusal(dictionary("c", {0, std::nullopt}, integers("i", {1})), 2) ==
        "wanted a number, got null in column 'x', row 1 (counting from 0); fill or drop the row");
  CHECK(number_refusal(dictionary("c", {0, 1}, integers("i", {1, std::nullopt})), 2) ==
        "wanted a number, got null in column 'x', row 1 (counting from 0); fill or drop the row");
  CHECK(number_refusal(texts("vu", {"1", "2,5"}), 2) ==
        "wanted a number, got '2,5' in column 'x', row 1 (counting from 0)");
  CHECK(contains(number_refusal(texts("u", {""}), 1), "got ''"));
  CHECK(contains(number_refusal(texts("u", {"1 "}), 1), "got '1 '"));
  CHECK(contains(number_refusal(dictionary("c", {0, 3}, integers("i", {1, 2})), 2),
                 "wanted dictionary keys below 2, got 3 in column 'x', row 1"));
  CHECK(contains(number_refusal(dictionary("c", {-1}, integers("i", {1, 2})), 1),
                 "wanted dictionary keys below 2, got -1"));
  CHECK(number_refusal(integers("tdD", {1}), 1) == "wanted numbers, got dates in column 'x'");
  CHECK(number_refusal(integers("tsu:UTC", {1}), 1) == "wanted numbers, got timestamps in UTC in column 'x'");
  CHECK(number_refusal(nothing(1), 1) == "wanted numbers, got only nulls in column 'x'");
  CHECK(contains(with_column(one_column(integers("i", {std::nullopt}), 1),
                             [](const Column& column) {
                               return message_of<InputError>([&] {
                                 double out = 0;
                                 Numbers{column, "look it up"}.read(0, 1, &out);
                               });
                             }),
                 "look it up"));
}

TEST_CASE("truths are read from bits, numbers and words", "[io][read]") {
  for (const std::size_t offset : {0U, 3U, 8U, 13U})
    for (const std::size_t parent : {0U, 5U}) {
      const Layout layout{offset, parent};
      CHECK(truths_of(bools({true, false, true, true, false, false, true, false, true}, layout), 9, parent) ==
            "TFTTFFTFT");
      CHECK(truths_of(integers("C", {1, 0}, layout), 2, parent) == "TF");
      CHECK(truths_of(numbers<double>("g", Reals{0, 1}, layout), 2, parent) == "FT");
      CHECK(truths_of(dictionary("c", {1, 0}, bools({false, true}), layout), 2, parent) == "TF");
      for (const char* format : {"u", "U", "vu"})
        CHECK(truths_of(texts(format, {"true", "FALSE", "True", "0", "1"}, layout), 5, parent) == "TFTFT");
    }
}

TEST_CASE("what is neither true nor false is refused with its row", "[io][read]") {
  CHECK(truth_refusal(bools({true, std::nullopt}, {6}), 2) ==
        "wanted true or false, got null in column 'x', row 1 (counting from 0); fill or drop the row");
  CHECK(contains(truth_refusal(integers("i", {1, 2}), 2),
                 "wanted true or false (or 1 or 0), got 2 in column 'x', row 1"));
  CHECK(contains(truth_refusal(texts("u", {"yes"}), 1), "wanted true or false, got 'yes' in column 'x', row 0"));
  CHECK(contains(truth_refusal(texts("u", {std::nullopt}), 1), "got null"));
  CHECK(contains(truth_refusal(numbers<double>("g", Reals{std::nan("")}), 1), "got nan"));
  CHECK(contains(truth_refusal(dictionary("c", {0}, texts("u", {"true"})), 1), "got categories"));
  CHECK(truth_refusal(integers("tdD", {1}), 1) == "wanted true/false, got dates in column 'x'");
  CHECK(truth_refusal(nothing(1), 1) == "wanted true/false, got only nulls in column 'x'");
}
