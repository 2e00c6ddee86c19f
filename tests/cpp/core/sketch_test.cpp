#include <assay/core/sketch.hpp>

#include <assay_test.hpp>

using namespace assay;

namespace {

struct Counter {
  unsigned char count{0};
  void merge(const Counter& other) { count = static_cast<unsigned char>(count + other.count); }
  [[nodiscard]] Bytes to_bytes() const { return {std::byte{count}}; }
  static Counter from_bytes(ByteView bytes) { return {std::to_integer<unsigned char>(bytes[0])}; }
  friend bool operator==(const Counter&, const Counter&) = default;
};

struct WithoutBytes {
  void merge(const WithoutBytes&) {}
  friend bool operator==(const WithoutBytes&, const WithoutBytes&) = default;
};

}  // namespace

TEST_CASE("a sketch has a zero, merges, compares and goes to bytes and back", "[core]") {
  CHECK(Sketch<Counter>);
  CHECK_FALSE(Sketch<WithoutBytes>);
  CHECK_FALSE(Sketch<int>);
  Counter sum{3};
  sum.merge(Counter{4});
  CHECK(Counter::from_bytes(sum.to_bytes()) == Counter{7});
}
