#include "beckon/transport/ws/ws.hpp"

#include <utility>

#include "io/greeting_listener.hpp"
#include "transport/ws/stream.hpp"

namespace beckon::transport::ws {

result<std::unique_ptr<io::byte_stream>> connect(const io::endpoint& where,
                                                 const io::connect_options& options, dialer below,
                                                 std::vector<std::string> subprotocols) {
    const time_point until = deadline_after(steady_clock_source().now(), options.timeout);
    BECKON_ASSIGN(auto own, make_side(role::client, where, std::move(subprotocols),
                                      message_bounds::of(options)));
    BECKON_ASSIGN(std::unique_ptr<io::byte_stream> carrier, below(options));
    BECKON_ASSIGN(std::unique_ptr<stream> connection,
                  stream::create(std::move(own), std::move(carrier)));
    BECKON_TRY(io::greet(*connection, until, options, greeting_words));
    return std::unique_ptr<io::byte_stream>(std::move(connection));
}

result<std::unique_ptr<io::listener>> listen(const io::endpoint& where,
                                             const io::listen_options& options, opener below,
                                             std::vector<std::string> subprotocols) {
    BECKON_ASSIGN(auto own, make_side(role::server, where, std::move(subprotocols),
                                      message_bounds::of(options)));
    BECKON_ASSIGN(std::unique_ptr<io::listener> carrier, below(options));
    io::greeting_words words = greeting_words;
    if (carrier->local_endpoint().transport == "tls") words.transport = "wss";
    const std::string path = own->takes.path;
    return io::greeting_listener::create(
        words,
        [own](std::unique_ptr<io::byte_stream> accepted)
            -> result<std::unique_ptr<io::greeting_stream>> {
            BECKON_ASSIGN(auto made, stream::create(own, std::move(accepted)));
            return std::unique_ptr<io::greeting_stream>(std::move(made));
        },
        std::move(carrier), options, path);
}

} // namespace beckon::transport::ws
