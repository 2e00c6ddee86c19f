#include <assay/io/type.hpp>
#include <assay_test.hpp>

using namespace assay;
using namespace assay::io;

namespace {

Type plain(const char* format) {
  ArrowSchema schema{};
  schema.format = format;
  return type_of(schema);
}

Type keyed(const char* keys, const char* values) {
  ArrowSchema dictionary{};
  dictionary.format = values;
  ArrowSchema schema{};
  schema.format = keys;
  schema.dictionary = &dictionary;
  return type_of(schema);
}

}  // namespace

TEST_CASE("every format of the Arrow interface that Assay reads is known", "[io][type]") {
  struct Known {
    const char* format;
    Storage storage;
    int width;
    const char* words;
  };
  const Known known[] = {
      {"n", Storage::none, 0, "only nulls"},
      {"b", Storage::boolean, 0, "true/false"},
      {"c", Storage::int8, 1, "whole numbers"},
      {"C", Storage::uint8, 1, "whole numbers"},
      {"s", Storage::int16, 2, "whole numbers"},
      {"S", Storage::uint16, 2, "whole numbers"},
      {"i", Storage::int32, 4, "whole numbers"},
      {"I", Storage::uint32, 4, "whole numbers"},
      {"l", Storage::int64, 8, "whole numbers"},
      {"L", Storage::uint64, 8, "whole numbers"},
      {"e", Storage::float16, 2, "real numbers"},
      {"f", Storage::float32, 4, "real numbers"},
      {"g", Storage::float64, 8, "real numbers"},
      {"u", Storage::text32, 0, "text"},
      {"U", Storage::text64, 0, "text"},
      {"vu", Storage::text_view, 0, "text"},
      {"d:38,0", Storage::decimal, 16, "decimals"},
      {"d:76,4,256", Storage::decimal, 32, "decimals"},
      {"d:18,-2,64", Storage::decimal, 8, "decimals"},
      {"d:9,2,32", Storage::decimal, 4, "decimals"},
      {"tdD", Storage::int32, 4, "dates"},
      {"tdm", Storage::int64, 8, "dates"},
      {"tss:", Storage::int64, 8, "timestamps without a zone"},
      {"tsu:UTC", Storage::int64, 8, "timestamps in UTC"},
      {"tDn", Storage::int64, 8, "durations"},
  };
  for (const Known& each : known) {
    INFO(each.format);
    const Type type = plain(each.format);
    CHECK(type.storage == each.storage);
    CHECK(width_of(type) == each.width);
    CHECK(type.words() == each.words);
    CHECK(type.format == each.format);
    CHECK_FALSE(type.keys.has_value());
  }
}

TEST_CASE("units, zones and scales are read from the format", "[io][type]") {
  CHECK(plain("tss:UTC").units_per_second == 1);
  CHECK(plain("tsm:UTC").units_per_second == 1'000);
  CHECK(plain("tsu:Europe/Berlin").units_per_second == 1'000'000);
  CHECK(plain("tsu:Europe/Berlin").zone == "Europe/Berlin");
  CHECK(plain("tsn:").units_per_second == 1'000'000'000);
  CHECK(plain("tsn:").zone.empty());
  CHECK(plain("tdm").units_per_second == 1000);
  CHECK(plain("d:10,3").decimal_scale == 3);
  CHECK(plain("d:10,-3").decimal_scale == -3);
  CHECK(plain("tsu:UTC").meaning == Meaning::timestamp);
  CHECK(plain("tDs").meaning == Meaning::duration);
  CHECK(plain("tdD").meaning == Meaning::date);
}

TEST_CASE("unknown and broken formats are unsupported, not misread", "[io][type]") {
  for (const char* format : {"", "z", "w:16", "+l", "+s", "vz", "tts", "tsq:", "tiM", "d:", "d:10", "d:a,2",
                             "d:10,2,17", "d:10,", "d:99999999999,1", "x"}) {
    INFO(format);
    CHECK(plain(format).storage == Storage::unsupported);
    CHECK(width_of(plain(format)) == 0);
  }
  CHECK(plain(nullptr).storage == Storage::unsupported);
  CHECK(plain("w:16").words() == "values of Arrow format 'w:16'");
}

TEST_CASE("a dictionary has the type of its values and remembers its keys", "[io][type]") {
  const Type type = keyed("S", "vu");
  CHECK(type.storage == Storage::text_view);
  CHECK(type.is_text());
  REQUIRE(type.keys.has_value());
  CHECK(*type.keys == Storage::uint16);
  CHECK(keyed("g", "u").storage == Storage::unsupported);
  CHECK(keyed("i", "tdD").meaning == Meaning::date);
  CHECK(keyed("i", nullptr).storage == Storage::unsupported);
}
