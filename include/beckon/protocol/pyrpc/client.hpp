// pyrpc's Client, with its names.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/object/dynamic.hpp"
#include "beckon/object/object.hpp"
#include "beckon/protocol/pyrpc/logging.hpp"

namespace beckon::pyrpc {

struct client_options {
    log_functions log{};
    std::vector<std::string> nolog_methods{}; ///< Their calls are not told; their exceptions are.
    std::string name = "Client";              ///< What lines about exceptions begin with.
};

/// Calls methods of a server by their names:
///
///   auto conversation = beckon::connect("pyrpc+tcp://127.0.0.1:9001");
///   pyrpc::client client(conversation.root());
///   dynamic both = client.call("echo", 1, "foo"_arg = "foo", "call_timeout"_arg = 2.5);
///   dynamic late = client.call("nb_convert", "film.avi");    // asks for the outcome by and by
///
/// Keywords for the client go before those of the endpoint: `call_timeout`, `socket_connect_timeout`, `socket_send_timeout`,
/// `socket_recv_timeout` and `nolog`, which do nothing here, and of `nb_` calls `nb_fetch_tick` and `nb_fetch_timeout`. A name of a published
/// object before the method's, with a dot, is for servers of this toolkit.
///
/// Errors: thrown, as by `dynamic`: python::exception and its like for what the method raised; timeout_error and
/// disconnected_error, whose failure().type_name() is "pyrpc.ut.Timeout" or "pyrpc.ut.NoSocket"; protocol_error.
/// Thread-safety: all functions, from any thread.
class client {
public:
    /// `root` is what connected::root gives, of a conversation of pyrpc.
    explicit client(const object& root, client_options options = {});

    template <typename... Arguments>
    dynamic call(std::string_view method, Arguments&&... arguments) const {
        return dynamic(finish(beckon::detail::make_request(operation::call_method, method,
                                                           std::forward<Arguments>(arguments)...)));
    }
    /// The same, giving a future at once. Its outcome is not told to the log.
    template <typename... Arguments>
    [[nodiscard]] future<dynamic> async(std::string_view method, Arguments&&... arguments) const {
        return root_.async().call(method, std::forward<Arguments>(arguments)...);
    }
    /// Whether the server says within that time, more than 0, that it is there. Whatever else happens, it does not.
    [[nodiscard]] bool connected(nanoseconds within = std::chrono::milliseconds(100)) const;
    /// Asks the server to end, after `delay`. It has ended some time after this returns.
    void shutdown(nanoseconds delay = std::chrono::milliseconds(100)) const;
    [[nodiscard]] const dynamic& root() const noexcept { return root_; }

private:
    [[nodiscard]] value finish(dynamic_request request) const;

    dynamic root_;
    client_options options_;
};

} // namespace beckon::pyrpc
