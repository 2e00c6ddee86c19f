#include "desk.hpp"

#include <unistd.h>

#include <assay/registry/books.hpp>

#include "convert.hpp"

namespace assay::bindings {

using registry::Command;
using registry::Record;

Desk::Desk(const std::string& url, const registry::StoreOptions& options, py::object authoriser, py::object clock)
    : authoriser_{std::move(authoriser)}, clock_{std::move(clock)}, process_{::getpid()} {
  if (!clock_.is_none())
    clock_of_registry_ = [this] {
      const py::gil_scoped_acquire held;
      return time_from_micros(clock_().cast<std::int64_t>());
    };
  registry::RegistryOptions more{.clock = clock_of_registry_};
  if (!authoriser_.is_none())
    more.authoriser = [this](const Command& command, const Record* record) { return ask(command, record); };
  const py::gil_scoped_release unlocked;
  auto store = registry::open_store(url, options);
  place_ = store->place();
  registry_ = std::make_unique<registry::Registry>(std::move(store), std::move(more));
}

std::optional<std::string> Desk::ask(const Command& command, const Record* record) const {
  const py::gil_scoped_acquire held;
  const registry::Book& book = registry::book_of(command.book);
  py::dict asked;
  asked["book"] = command.book;
  asked["verb"] = command.verb;
  asked["id"] = command.id;
  py::dict values;
  for (const auto& [name, value] : command.values) values[py::str(name)] = to_python(value);
  asked["values"] = values;
  asked["actor"] = command.actor;
  asked["reason"] = command.reason;
  asked["ticket"] = command.ticket.empty() ? py::object{py::none()} : py::str(command.ticket);
  asked["at"] = command.at ? to_python(*command.at) : py::none();
  const py::object answer = authoriser_(asked, record == nullptr ? py::object{py::none()} : to_python(book, *record));
  if (answer.is_none()) return std::nullopt;
  if (!py::isinstance<py::str>(answer))
    throw InputError("an authoriser that answers None, or the reason of its veto as text",
                     "an answer of type " + std::string{py::str(py::type::handle_of(answer).attr("__name__"))});
  return answer.cast<std::string>();
}

void Desk::refuse_misuse() const {
  if (process_ != ::getpid())
    throw StoreError("the registry at " + place_ + " was opened before this process was forked; open it anew here");
  if (inside_ == std::this_thread::get_id())
    throw RefusedError("an authoriser cannot use the registry that is asking it; it is given the record it needs",
                       "reentered");
}

registry::Registry& Desk::opened() const {
  if (!registry_) throw StoreError("the registry at " + place_ + " is closed; open it again");
  return *registry_;
}

void Desk::close() {
  closed_ = true;
  if (process_ != ::getpid()) {  // the parent's: another thread of it may have held the lock
    registry_.reset();
    return;
  }
  refuse_misuse();
  const py::gil_scoped_release unlocked;
  const std::lock_guard alone{guard_};
  registry_.reset();
}

}  // namespace assay::bindings
