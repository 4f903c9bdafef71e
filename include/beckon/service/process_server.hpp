// A server with a process for each connection: what one peer brings about, a crash included, touches no other.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "beckon/service/server.hpp"

namespace beckon {

struct process_server_options {
    /// Of the server in each process; without a context, and `limits::max_connections` says nothing there.
    server_options serving{};
    std::size_t max_processes = 256; ///< Further connections wait in the system's queue.
    /// How long processes may take to end what is in flight when the server ends.
    nanoseconds end_within = std::chrono::seconds(10);
};

/// Accepts connections in a process without threads, and forks another one for each.
///
///   int main() {
///       beckon::process_server server([](beckon::server& each) {
///           each.publish<Calculator>("calculator", std::make_shared<calculator>());
///       });
///       std::printf("listening %s\n", server.listen("tcp://127.0.0.1:7000").c_str());
///       server.run();
///   }
///
/// The rule: until `run` returns the program makes no thread, and so no context, connection or other server; a fork
/// copies but one thread, and what the others had locked would stay locked. That is looked after before each fork.
/// `set_up` runs in each child, which may do all of that. Objects that it makes are the child's own: nothing is shared
/// between clients. Descriptors that the program has open are inherited.
///
/// Thread-safety: none.
class process_server {
public:
    using set_up = std::function<void(server&)>;
    explicit process_server(set_up each, process_server_options options = {});
    ~process_server();
    process_server(const process_server&) = delete;
    process_server& operator=(const process_server&) = delete;

    /// As server::listen, on what processes can share: not memory: and stdio:. Throws.
    std::string listen(std::string_view endpoint);
    /// Serves until the process gets SIGINT or SIGTERM, or `server_options::connections_in_all` have come and gone; then
    /// the children end what is in flight, and it returns. In the children it never does. Throws unsupported where this
    /// process has several threads. Signals that were blocked until then count, as in server::run.
    void run();

private:
    class state;
    const std::unique_ptr<state> state_;
};

} // namespace beckon
