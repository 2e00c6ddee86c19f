#pragma once
/// \file
/// A connection to PostgreSQL that can be broken at the worst moment.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <assay_test.hpp>
#include <atomic>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace assay::test {

/// Stands between a client and the server's socket, and breaks the connection when it is told to.
class Proxy {
 public:
  enum class Breaks { never, before_commit_arrives, after_commit_was_answered };

  explicit Proxy(std::string socket_path) : socket_path_{std::move(socket_path)} {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 8) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error{"no port for the proxy"};
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
  }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;
  ~Proxy() {
    stopped_ = true;
    thread_.join();
    close(listener_);
  }
  [[nodiscard]] int port() const { return port_; }
  std::atomic<Breaks> breaks{Breaks::never};
  std::atomic<bool> refuses{false};  ///< lets no new connection in

 private:
  static bool readable(int socket) {
    pollfd wait{socket, POLLIN, 0};
    return poll(&wait, 1, 20) > 0;
  }
  void serve() {  // one connection after the other is enough
    while (!stopped_) {
      if (!readable(listener_)) continue;
      const int client = accept(listener_, nullptr, nullptr);
      if (refuses) {
        close(client);
        continue;
      }
      const int server = socket(AF_UNIX, SOCK_STREAM, 0);
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      socket_path_.copy(address.sun_path, sizeof address.sun_path - 1);
      if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) carry(client, server);
      close(client);
      close(server);
    }
  }
  void carry(int client, int server) {
    std::vector<char> buffer(1U << 16U);
    const auto pass = [&](int from, int to) {
      const ssize_t got = recv(from, buffer.data(), buffer.size(), 0);
      if (got <= 0) return false;
      const std::string_view text{buffer.data(), static_cast<std::size_t>(got)};
      const bool commits = from == client && contains(text, std::string_view{"COMMIT\0", 7});
      if (commits && breaks == Breaks::before_commit_arrives) return false;
      if (to >= 0 && send(to, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) return false;
      if (commits && breaks == Breaks::after_commit_was_answered) {
        static_cast<void>(recv(server, buffer.data(), buffer.size(), 0));  // the answer that the client never gets
        return false;
      }
      return true;
    };
    while (!stopped_) {
      pollfd waits[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      if (poll(waits, 2, 20) <= 0) continue;
      if (waits[0].revents != 0 && !pass(client, server)) return;
      if (waits[1].revents != 0 && !pass(server, client)) return;
    }
  }

  std::string socket_path_;
  int listener_{-1};
  int port_{0};
  std::atomic<bool> stopped_{false};
  std::thread thread_{};
};

}  // namespace assay::test
