#include <array>
#include <limits>

#include <assay/io/arrow.hpp>
#include <assay/io/encode.hpp>
#include <assay/io/export.hpp>
#include <assay_test.hpp>
#include <tables.hpp>

using namespace assay;
using namespace assay::io;
using namespace assay::test;

namespace {

const std::string long_text = "a text that does not fit into a view";

/// A stream of one batch whose first column's array was changed by hand.
template <class Change>
Stream changed(const Batches& batches, const Change& change) {
  Stream typed = batches.stream();
  ArrowArrayStream raw{};
  batches.stream_into(&raw);
  ArrowArray array{};
  raw.get_next(&raw, &array);
  raw.release(&raw);
  change(array);
  std::vector<Batch> held;
  held.emplace_back(&array, typed.shared_fields(), 0);
  return {typed.shared_fields(), std::move(held)};
}

template <class Change>
std::string refusal(const Batches& batches, const Change& change) {
  return message_of<InputError>([&] {
    Stream stream = changed(batches, change);
    Batch batch;
    (void)stream.next(batch);
    const Column column = batch.column(0);
    if (column.field->type.is_text() && !column.field->type.keys) (void)io::Texts{column}[0];
  });
}

}  // namespace

TEST_CASE("rows are counted over the whole table and empty batches are passed over", "[io][arrow]") {
  Batches batches{{"x"}};
  batches.add({integers("l", {})}, 0).add({integers("l", {1, 2})}, 2).add({integers("l", {})}, 0);
  batches.add({integers("l", {3}, {2, 1})}, 1, 1).add({integers("l", {})}, 0);
  Stream stream = batches.stream();
  Batch batch;
  REQUIRE(stream.next(batch));
  CHECK(batch.rows() == 2);
  CHECK(batch.first_row() == 0);
  REQUIRE(stream.next(batch));
  CHECK(batch.first_row() == 2);
  const Column column = batch.column(0);
  CHECK(column.values<std::int64_t>()[0] == 3);
  CHECK(column.place(0).text() == " in column 'x', row 2 (counting from 0)");
  CHECK_FALSE(stream.next(batch));
  CHECK(stream.rows_read() == 3);
}

TEST_CASE("batches that are held can be streamed and outlive their stream", "[io][arrow]") {
  Batches batches{{"x"}};
  batches.add({integers("l", {1})}, 1).add({integers("l", {2})}, 1);
  std::vector<Batch> held;
  std::shared_ptr<const std::vector<Field>> fields;
  {
    Stream stream = batches.stream();
    fields = stream.shared_fields();
    for (Batch batch; stream.next(batch);) held.push_back(batch);
  }
  for (int time = 0; time < 2; ++time) {
    Stream again{fields, held};
    Batch batch;
    std::int64_t sum = 0;
    while (again.next(batch)) sum += batch.column(0).values<std::int64_t>()[0];
    CHECK(sum == 3);
    CHECK(again.rows_read() == 2);
  }
}

TEST_CASE("a stream is taken over and cannot be read twice", "[io][arrow]") {
  const Batches batches = one_column(integers("l", {1}), 1);
  ArrowArrayStream raw{};
  batches.stream_into(&raw);
  const Stream first{&raw};
  CHECK(raw.release == nullptr);
  CHECK(contains(message_of<InputError>([&] { (void)Stream{&raw}; }),
                 "wanted an Arrow stream, got one that was already read"));
  CHECK_THROWS_AS(Stream{nullptr}, InputError);
}

TEST_CASE("what the producer says is passed on", "[io][arrow]") {
  Stream stream = one_column(integers("l", {1}), 1).then_fail("disk on fire").stream();
  Batch batch;
  REQUIRE(stream.next(batch));
  CHECK(message_of<InputError>([&] { (void)stream.next(batch); }) ==
        "the table's producer failed on a batch: disk on fire");
  ArrowArrayStream silent{};
  silent.get_schema = [](ArrowArrayStream*, ArrowSchema*) { return 42; };
  silent.release = [](ArrowArrayStream* self) { self->release = nullptr; };
  CHECK(message_of<InputError>([&] { (void)Stream{&silent}; }) == "the table's producer failed on the schema: code 42");
}

TEST_CASE("of a producer's Python traceback only what went wrong is passed on", "[io][arrow]") {
  const auto said = [](const std::string& words) {
    Stream stream = one_column(integers("l", {1}), 1).then_fail(words).stream();
    Batch batch;
    REQUIRE(stream.next(batch));
    return message_of<InputError>([&] { (void)stream.next(batch); });
  };
  const std::string trace =
      "Invalid: disk on fire. Detail: Python exception: Traceback (most recent call last):\n"
      "  File \"job.py\", line 4, in rows\n    raise ValueError(text)\n";
  CHECK(said(trace + "ValueError: disk on fire\n") ==
        "the table's producer failed on a batch: ValueError: disk on fire");
  CHECK(said(trace + "ValueError: disk on fire\nand in water\n") ==
        "the table's producer failed on a batch: ValueError: disk on fire");
  CHECK(said(trace) == "the table's producer failed on a batch: Invalid: disk on fire. Detail: Python exception:");
  CHECK(said("two\nlines \n") == "the table's producer failed on a batch: two\nlines");
  CHECK(said("Traceback (most recent call last):\nValueError\n") ==
        "the table's producer failed on a batch: ValueError");
  CHECK(said(" \n") == "the table's producer failed on a batch: code 5");
}

TEST_CASE("a stream of single values is not a table", "[io][arrow]") {
  ArrowArrayStream raw{};
  raw.get_schema = [](ArrowArrayStream*, ArrowSchema* schema) {
    *schema = {};
    schema->format = "l";
    schema->release = [](ArrowSchema* self) { self->release = nullptr; };
    return 0;
  };
  raw.release = [](ArrowArrayStream* self) { self->release = nullptr; };
  CHECK(contains(message_of<InputError>([&] { (void)Stream{&raw}; }), "wanted a table"));
}

TEST_CASE("columns are found by name, once", "[io][arrow]") {
  Batches batches{{"site", "queue", "site"}};
  batches.add({integers("l", {1}), integers("l", {1}), integers("l", {1})}, 1);
  const Stream stream = batches.stream();
  CHECK(stream.index_of("queue") == 1);
  CHECK(stream.has("site"));
  CHECK_FALSE(stream.has("Site"));
  CHECK(message_of<InputError>([&] { (void)stream.index_of("site"); }) == "wanted one column named 'site', got two");
  CHECK(message_of<InputError>([&] { (void)stream.index_of("label"); }) ==
        "wanted a column named 'label', got a table with the columns 'site', 'queue', 'site'");
  CHECK(contains(message_of<InputError>([] { (void)Batches{{}}.stream().index_of("x"); }), "a table without columns"));
}

TEST_CASE("arrays that cannot be what they claim are refused", "[io][arrow]") {
  const Batches numbers = one_column(integers("l", {1, 2}), 2);
  const Batches text = one_column(texts("u", {"ab", "c"}), 2);
  const Batches views = one_column(texts("vu", {long_text, "c"}), 2);
  const Batches keys = one_column(dictionary("c", {0, 0}, texts("u", {"a"})), 2);
  const auto same = [](ArrowArray&) {};
  for (const Batches* batches : {&numbers, &text, &views, &keys})
    CHECK(refusal(*batches, same) == "(nothing was thrown)");

  CHECK(contains(refusal(numbers, [](ArrowArray& rows) { rows.length = -1; }), "children do not match"));
  CHECK(contains(refusal(numbers, [](ArrowArray& rows) { rows.offset = -1; }), "children do not match"));
  CHECK(contains(refusal(numbers, [](ArrowArray& rows) { rows.n_children = 2; }), "children do not match"));
  CHECK(contains(refusal(numbers, [](ArrowArray& rows) { rows.children = nullptr; }), "children do not match"));
  CHECK(contains(refusal(numbers, [](ArrowArray& rows) { rows.offset = std::numeric_limits<std::int64_t>::max(); }),
                 "children do not match"));
  CHECK(contains(refusal(numbers, [](ArrowArray& rows) { rows.length = 3; }), "shorter than its batch in column 'x'"));
  CHECK(contains(refusal(numbers, [](ArrowArray& rows) { rows.children[0]->offset = -1; }), "got one"));
  CHECK(contains(
      refusal(numbers, [](ArrowArray& rows) { rows.children[0]->offset = std::numeric_limits<std::int64_t>::max(); }),
      "got one"));
  CHECK(contains(refusal(numbers, [](ArrowArray& rows) { rows.children[0]->n_buffers = 1; }), "too few buffers"));
  CHECK(contains(refusal(numbers, [](ArrowArray& rows) { rows.children[0]->buffers[1] = nullptr; }),
                 "without its values"));
  CHECK(contains(refusal(text, [](ArrowArray& rows) { rows.children[0]->n_buffers = 2; }), "too few buffers"));
  CHECK(contains(refusal(text, [](ArrowArray& rows) { rows.children[0]->buffers[2] = nullptr; }), "text offsets"));
  CHECK(contains(refusal(keys, [](ArrowArray& rows) { rows.children[0]->buffers[1] = nullptr; }), "without its keys"));
  CHECK(contains(refusal(keys, [](ArrowArray& rows) { rows.children[0]->buffers = nullptr; }), "without its keys"));
  CHECK(contains(refusal(keys, [](ArrowArray& rows) { rows.children[0]->dictionary = nullptr; }),
                 "without their dictionary"));
  CHECK(contains(refusal(keys, [](ArrowArray& rows) { rows.children[0]->dictionary->length = -1; }),
                 "impossible length"));

  const auto patched = [&](const Batches& batches, std::size_t at, std::int32_t value) {
    return refusal(batches, [&](ArrowArray& rows) {
      // The buffers are the test's own, made to be written.
      std::memcpy(static_cast<std::byte*>(const_cast<void*>(rows.children[0]->buffers[1])) + at, &value, 4);
    });
  };
  CHECK(contains(patched(one_column(texts("u", {"ab", "c"}), 2), 4, -1),
                 "text offsets that do not make sense in column 'x', row 0"));
  CHECK(contains(patched(one_column(texts("u", {"ab", "c"}), 2), 0, -7), "text offsets"));
  CHECK(contains(patched(one_column(texts("vu", {long_text, "c"}), 2), 0, -1), "text offsets"));
  CHECK(contains(patched(one_column(texts("vu", {long_text, "c"}), 2), 0, 1000), "text offsets"));
  CHECK(contains(patched(one_column(texts("vu", {long_text, "c"}), 2), 8, 1), "text offsets"));
  CHECK(contains(patched(one_column(texts("vu", {long_text, "c"}), 2), 8, -1), "text offsets"));
  CHECK(contains(patched(one_column(texts("vu", {long_text, "c"}), 2), 12, -1), "text offsets"));
  CHECK(contains(patched(one_column(texts("vu", {long_text, "c"}), 2), 12, std::numeric_limits<std::int32_t>::max()),
                 "text offsets"));
  CHECK(contains(refusal(one_column(texts("vu", {long_text, "c"}), 2),
                         [](ArrowArray& rows) { rows.children[0]->buffers[2] = nullptr; }),
                 "text offsets"));
}

TEST_CASE("a row that is null as a whole is refused with its number", "[io][arrow]") {
  const std::uint8_t valid = 0b101;
  const Batches batches = one_column(integers("l", {1, 2, 3}), 3);
  CHECK(refusal(batches, [&](ArrowArray& rows) {
          rows.buffers[0] = &valid;
          rows.null_count = -1;
        }) == "wanted rows, got a row that is null as a whole at row 1 (counting from 0)");
  CHECK(refusal(batches, [&](ArrowArray& rows) {
          rows.buffers[0] = &valid;
          rows.null_count = 0;
        }) == "(nothing was thrown)");
}

TEST_CASE("keys and values that come apart read like a dictionary; anything but whole numbers is refused as keys",
          "[io]") {
  const auto values = [] {
    io::ColumnBuilder column{"q", "u"};
    column.append("alpha");
    column.append("beta");
    ArrowArrayStream out{};
    io::export_stream(io::Table{{column.finish()}}, &out);
    return io::Stream{&out};
  };
  const auto keys = [](const char* format) {
    io::ColumnBuilder column{"q", format};
    for (const std::int64_t key : {1, 0, 1}) {
      if (std::string_view{format} == "l")
        column.append(key);
      else
        column.append(static_cast<double>(key));
    }
    ArrowArrayStream out{};
    io::export_stream(io::Table{{column.finish()}}, &out);
    return io::Stream{&out};
  };
  io::Stream apart = values();
  io::Batch held;
  REQUIRE(apart.next(held));
  io::Stream table = keys("l");
  table.attach_dictionary(0, apart.fields(), held);
  io::Batch batch;
  REQUIRE(table.next(batch));
  io::SharedDictionary dictionary;
  io::Encoder encoder{dictionary, {}};
  encoder.begin(batch.column(0));
  std::array<io::Code, 3> codes{};
  encoder.encode(0, 3, codes.data());
  CHECK(dictionary.values.text(codes[0]) == "beta");
  CHECK(dictionary.values.text(codes[1]) == "alpha");
  CHECK(codes[2] == codes[0]);
  io::Stream reals = keys("g");
  CHECK_THROWS_AS(reals.attach_dictionary(0, apart.fields(), held), InputError);
}
