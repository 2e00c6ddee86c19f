#include <assay/io/arrow.hpp>
#include <assay/io/export.hpp>
#include <assay/io/read.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::io;

namespace {

io::Table table_of_two() {
  ColumnBuilder texts{"site", "u"};
  ColumnBuilder reals{"share", "g"};
  for (const char* site : {"north", "", "south"}) texts.append(site);
  reals.append(.25);
  reals.append_null();
  reals.append(.75);
  return io::Table{{texts.finish(), reals.finish()}};
}

}  // namespace

TEST_CASE("an exported table is read back by our own reader", "[io][export]") {
  ArrowArrayStream raw{};
  export_stream(table_of_two(), &raw);
  Stream stream{&raw};
  REQUIRE(stream.fields().size() == 2);
  CHECK(stream.fields()[0].name == "site");
  CHECK(stream.fields()[1].type.format == "g");
  Batch batch;
  REQUIRE(stream.next(batch));
  CHECK(batch.rows() == 3);
  const Column sites = batch.column(0);
  const Texts texts{sites};
  CHECK(texts[0] == "north");
  CHECK(texts[1].empty());
  CHECK(texts[2] == "south");
  const Column shares = batch.column(1);
  CHECK(shares.is_null(1));
  CHECK(shares.values<double>()[2] == .75);
  Batch none;
  CHECK_FALSE(stream.next(none));
}

TEST_CASE("a child that was moved out outlives its parent and its stream", "[io][export]") {
  ArrowArrayStream raw{};
  export_stream(table_of_two(), &raw);
  ArrowArray array{};
  ArrowSchema schema{};
  REQUIRE(raw.get_schema(&raw, &schema) == 0);
  REQUIRE(raw.get_next(&raw, &array) == 0);
  raw.release(&raw);
  CHECK(raw.release == nullptr);

  ArrowArray child = *array.children[0];
  array.children[0]->release = nullptr;
  array.release(&array);
  CHECK(array.release == nullptr);
  ArrowSchema child_schema = *schema.children[0];
  schema.children[0]->release = nullptr;
  schema.release(&schema);

  const auto* offsets = static_cast<const std::int32_t*>(child.buffers[1]);
  CHECK(std::string(static_cast<const char*>(child.buffers[2]) + offsets[2], 5) == "south");
  CHECK(std::string{child_schema.format} == "u");
  CHECK(std::string{child_schema.name} == "site");
  child.release(&child);
  child_schema.release(&child_schema);
}

TEST_CASE("a stream can be let go unread, asked for its schema twice, and ends after its batch", "[io][export]") {
  ArrowArrayStream unread{};
  export_stream(table_of_two(), &unread);
  unread.release(&unread);

  ArrowArrayStream raw{};
  export_stream(table_of_two(), &raw);
  for (int time = 0; time < 2; ++time) {
    ArrowSchema schema{};
    REQUIRE(raw.get_schema(&raw, &schema) == 0);
    CHECK(schema.n_children == 2);
    schema.release(&schema);
  }
  for (const bool given : {true, false, false}) {
    ArrowArray array{};
    REQUIRE(raw.get_next(&raw, &array) == 0);
    CHECK((array.release != nullptr) == given);
    if (array.release != nullptr) array.release(&array);
  }
  raw.release(&raw);
}

TEST_CASE("tables without rows or columns are streams too, with buffers that exist", "[io][export]") {
  ArrowArrayStream raw{};
  export_stream(io::Table{{ColumnBuilder("x", "u").finish(), ColumnBuilder("y", "l").finish()}}, &raw);
  ArrowArray array{};
  REQUIRE(raw.get_next(&raw, &array) == 0);
  CHECK(array.length == 0);
  CHECK(array.children[0]->n_buffers == 3);
  CHECK(array.children[0]->buffers[2] != nullptr);
  CHECK(array.children[1]->buffers[1] != nullptr);
  array.release(&array);
  raw.release(&raw);

  export_stream(io::Table{}, &raw);
  Stream stream{&raw};
  CHECK(stream.fields().empty());
  Batch batch;
  CHECK_FALSE(stream.next(batch));
}
