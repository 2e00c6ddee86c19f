#include "view.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <limits>
#include <variant>

#include <assay/core/error.hpp>
#include <assay/core/text.hpp>

namespace assay::bindings {

using registry::Day;
using registry::Labels;
using registry::Texts;
using registry::Type;
using registry::Value;

namespace {

std::string format_of(Type type) {
  switch (type) {
    case Type::whole:
      return "l";
    case Type::real:
      return "g";
    case Type::flag:
      return "b";
    case Type::day:
      return "tdD";
    case Type::time:
      return "tsu:UTC";
    default:
      return "u";
  }
}

// ---- the Arrow stream: every level owns its node, so that a child that was moved out outlives its parent ------------

using Columns = std::shared_ptr<const std::vector<ViewColumn>>;

template <class Struct>
struct Node {
  Columns hold;
  std::vector<Struct> children{};
  std::vector<Struct*> pointers{};
  std::array<const void*, 3> buffers{};
};

template <class Struct>
void release(Struct* self) {
  auto* node = static_cast<Node<Struct>*>(self->private_data);
  for (Struct& child : node->children)
    if (child.release != nullptr) child.release(&child);
  delete node;
  self->release = nullptr;
}

template <class Struct>
std::unique_ptr<Node<Struct>> node_of(const Columns& hold, std::size_t children) {
  auto node = std::make_unique<Node<Struct>>(Node<Struct>{hold});
  node->children.resize(children);
  for (Struct& child : node->children) {
    child.release = nullptr;
    node->pointers.push_back(&child);
  }
  return node;
}

void finish(ArrowSchema* out, const char* format, const char* name, std::unique_ptr<Node<ArrowSchema>> node) {
  const auto children = static_cast<std::int64_t>(node->children.size());
  *out = {
      format,    name, nullptr, ARROW_FLAG_NULLABLE, children, node->pointers.data(), nullptr, &release<ArrowSchema>,
      node.get()};
  node.release();
}

void schema_of(const Columns& hold, const ViewColumn& column, ArrowSchema* out) {
  auto node = node_of<ArrowSchema>(hold, column.is_list() ? 1 : 0);
  if (column.is_list()) finish(&node->children[0], column.data->format.c_str(), "item", node_of<ArrowSchema>(hold, 0));
  finish(out, column.is_list() ? "+l" : column.data->format.c_str(), column.data->name.c_str(), std::move(node));
}

constexpr std::byte nothing[8]{};

const void* pointer(const std::vector<std::byte>& bytes) { return bytes.empty() ? nothing : bytes.data(); }

void finish(ArrowArray* out, std::int64_t length, std::int64_t nulls, std::int64_t buffers,
            std::unique_ptr<Node<ArrowArray>> node) {
  const auto children = static_cast<std::int64_t>(node->children.size());
  *out = {length,
          nulls,
          0,
          buffers,
          children,
          node->buffers.data(),
          node->pointers.data(),
          nullptr,
          &release<ArrowArray>,
          node.get()};
  node.release();
}

void plain_array_of(const Columns& hold, const io::ColumnData& data, ArrowArray* out) {
  auto node = node_of<ArrowArray>(hold, 0);
  node->buffers = {data.validity.empty() ? nullptr : data.validity.data(), pointer(data.values), pointer(data.letters)};
  const bool text = data.format == "u" || data.format == "U";
  finish(out, data.length, data.null_count, text ? 3 : 2, std::move(node));
}

void array_of(const Columns& hold, const ViewColumn& column, ArrowArray* out) {
  if (!column.is_list()) return plain_array_of(hold, *column.data, out);
  auto node = node_of<ArrowArray>(hold, 1);
  plain_array_of(hold, *column.data, &node->children[0]);
  node->buffers = {nullptr, column.ends.data(), nullptr};
  finish(out, column.rows(), 0, 2, std::move(node));
}

struct Streamed {
  Columns columns;
  bool given{false};
};

template <class Work>
int guarded(const Work& work) noexcept {
  try {
    work();
    return 0;
  } catch (...) {
    return ENOMEM;
  }
}

int get_schema(ArrowArrayStream* self, ArrowSchema* out) {
  const Columns& columns = static_cast<Streamed*>(self->private_data)->columns;
  out->release = nullptr;
  return guarded([&] {
    auto node = node_of<ArrowSchema>(columns, columns->size());
    for (std::size_t i = 0; i < columns->size(); ++i) schema_of(columns, (*columns)[i], &node->children[i]);
    finish(out, "+s", "", std::move(node));
    out->flags = 0;
  });
}

int get_next(ArrowArrayStream* self, ArrowArray* out) {
  auto* streamed = static_cast<Streamed*>(self->private_data);
  out->release = nullptr;
  if (std::exchange(streamed->given, true)) return 0;
  const Columns& columns = streamed->columns;
  return guarded([&] {
    auto node = node_of<ArrowArray>(columns, columns->size());
    for (std::size_t i = 0; i < columns->size(); ++i) array_of(columns, (*columns)[i], &node->children[i]);
    const std::int64_t rows = columns->empty() ? 0 : columns->front().rows();
    finish(out, rows, 0, 1, std::move(node));
  });
}

}  // namespace

ViewColumnBuilder::ViewColumnBuilder(std::string name, Type type)
    : type_{type}, values_{std::move(name), format_of(type)} {}

void ViewColumnBuilder::append(const Value& value) {
  struct Put {
    ViewColumnBuilder& self;
    void operator()(std::monostate) const { self.append_null(); }
    void operator()(const std::string& text) const { self.values_.append(std::string_view{text}); }
    void operator()(const Texts& texts) const {
      for (const std::string& text : texts) self.values_.append(std::string_view{text});
      self.items_ += static_cast<std::int64_t>(texts.size());
      self.end_row();
    }
    void operator()(std::int64_t number) const {
      if (self.type_ == Type::real)
        self.values_.append(static_cast<double>(number));
      else
        self.values_.append(number);
    }
    void operator()(double number) const { self.values_.append(number); }
    void operator()(bool flag) const { self.values_.append(flag); }
    void operator()(Day day) const { self.values_.append(std::int64_t{day.time_since_epoch().count()}); }
    void operator()(TimePoint time) const { self.values_.append(micros_of(time)); }
    void operator()(const Labels& labels) const { self.values_.append(std::string_view{to_json(labels)}); }
  };
  std::visit(Put{*this}, value);
}

void ViewColumnBuilder::append_null() {
  if (type_ == Type::texts)
    end_row();
  else
    values_.append_null();
}

void ViewColumnBuilder::end_row() {
  if (items_ > std::numeric_limits<std::int32_t>::max()) throw InputError("at most 2^31 texts in a column", "more");
  ends_.push_back(static_cast<std::int32_t>(items_));
}

ViewColumn ViewColumnBuilder::finish() {
  return {type_, values_.finish(), type_ == Type::texts ? std::move(ends_) : std::vector<std::int32_t>{}};
}

const ViewColumn& View::column(const std::string& name) const {
  for (const ViewColumn& each : *columns_)
    if (each.data->name == name) return each;
  throw InputError("a column of the table", in_quotes(name));
}

void View::to_stream(ArrowArrayStream* out) const {
  auto streamed = std::make_unique<Streamed>(Streamed{columns_});
  *out = {&get_schema, &get_next, [](ArrowArrayStream*) -> const char* { return "out of memory"; },
          [](ArrowArrayStream* self) {
            delete static_cast<Streamed*>(self->private_data);
            self->release = nullptr;
          },
          streamed.get()};
  streamed.release();
}

std::string json_text(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out{"\""};
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\')
      (out += '\\') += letter;
    else if (code < 0x20U)
      ((out += "\\u00") += digits[code >> 4U]) += digits[code & 15U];
    else
      out += letter;
  }
  return out + '"';
}

std::string to_json(const Value& value) {
  struct Words {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(const std::string& text) const { return json_text(text); }
    std::string operator()(const Texts& texts) const {
      std::string out;
      for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + json_text(text);
      return "[" + out + "]";
    }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return assay::to_text(number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(Day day) const { return json_text(registry::to_text(Value{day})); }
    std::string operator()(TimePoint time) const { return json_text(assay::to_text(time)); }
    std::string operator()(const Labels& labels) const {
      std::string out;
      for (const auto& [name, text] : labels)
        out += (out.empty() ? "" : ", ") + json_text(name) + ": " + json_text(text);
      return "{" + out + "}";
    }
  };
  return std::visit(Words{}, value);
}

}  // namespace assay::bindings
