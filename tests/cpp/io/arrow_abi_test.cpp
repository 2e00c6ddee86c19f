#include <assay/io/arrow_abi.hpp>

#include <cstddef>
#include <type_traits>

#include <assay_test.hpp>

// The published layout, for processors with pointers of 64 bits; the structures cross the borders of libraries that
// were compiled apart, so a single byte elsewhere would be read as something else.
TEST_CASE("the structures have the published layout", "[io][arrow]") {
  if (sizeof(void*) != 8) return;
  CHECK(std::is_standard_layout_v<ArrowSchema>);
  CHECK(sizeof(ArrowSchema) == 72);
  CHECK(offsetof(ArrowSchema, name) == 8);
  CHECK(offsetof(ArrowSchema, metadata) == 16);
  CHECK(offsetof(ArrowSchema, flags) == 24);
  CHECK(offsetof(ArrowSchema, n_children) == 32);
  CHECK(offsetof(ArrowSchema, children) == 40);
  CHECK(offsetof(ArrowSchema, dictionary) == 48);
  CHECK(offsetof(ArrowSchema, release) == 56);
  CHECK(offsetof(ArrowSchema, private_data) == 64);
  CHECK(std::is_standard_layout_v<ArrowArray>);
  CHECK(sizeof(ArrowArray) == 80);
  CHECK(offsetof(ArrowArray, null_count) == 8);
  CHECK(offsetof(ArrowArray, offset) == 16);
  CHECK(offsetof(ArrowArray, n_buffers) == 24);
  CHECK(offsetof(ArrowArray, n_children) == 32);
  CHECK(offsetof(ArrowArray, buffers) == 40);
  CHECK(offsetof(ArrowArray, children) == 48);
  CHECK(offsetof(ArrowArray, dictionary) == 56);
  CHECK(offsetof(ArrowArray, release) == 64);
  CHECK(offsetof(ArrowArray, private_data) == 72);
  CHECK(std::is_standard_layout_v<ArrowArrayStream>);
  CHECK(sizeof(ArrowArrayStream) == 40);
  CHECK(offsetof(ArrowArrayStream, get_next) == 8);
  CHECK(offsetof(ArrowArrayStream, get_last_error) == 16);
  CHECK(offsetof(ArrowArrayStream, release) == 24);
  CHECK(offsetof(ArrowArrayStream, private_data) == 32);
}

TEST_CASE("the flags have the published values", "[io][arrow]") {
  CHECK(ARROW_FLAG_DICTIONARY_ORDERED == 1);
  CHECK(ARROW_FLAG_NULLABLE == 2);
  CHECK(ARROW_FLAG_MAP_KEYS_SORTED == 4);
}
