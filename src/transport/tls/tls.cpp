#include "beckon/transport/tls/tls.hpp"

#include <algorithm>
#include <utility>

#include "beckon/base/text.hpp"
#include "io/greeting_listener.hpp"
#include "transport/tls/stream.hpp"

namespace beckon::transport::tls {

result<std::unique_ptr<io::byte_stream>> connect(const io::endpoint& where,
                                                 const io::connect_options& options, dialer below,
                                                 std::vector<std::string> alpn) {
    const steady_clock_source clock;
    const time_point until = deadline_after(clock.now(), options.timeout);
    BECKON_ASSIGN(settings chosen, read_client_settings(where, std::move(alpn)));
    if (!chosen.verify) {
        options.log->write(log_level::warning, "BKN-TLS-UNVERIFIED",
                           concat(io::to_string(where),
                                  " (verify=no) takes whoever answers for the peer: who can come "
                                  "between the two reads and changes everything; trust one "
                                  "certificate with ?ca=FILE or ?pin=sha256:HEX"));
    }
    BECKON_ASSIGN(auto own, side::create(role::client, std::move(chosen), *options.log));
    BECKON_ASSIGN(std::unique_ptr<io::byte_stream> carrier, below(options));
    BECKON_ASSIGN(std::unique_ptr<stream> connection,
                  stream::create(std::move(own), std::move(carrier)));
    BECKON_TRY(io::greet(*connection, until, options, greeting_words));
    return std::unique_ptr<io::byte_stream>(std::move(connection));
}

result<std::unique_ptr<io::listener>> listen(const io::endpoint& where,
                                             const io::listen_options& options, opener below,
                                             std::vector<std::string> alpn) {
    BECKON_ASSIGN(settings chosen, read_server_settings(where, std::move(alpn)));
    BECKON_ASSIGN(auto own, side::create(role::server, std::move(chosen), *options.log));
    BECKON_ASSIGN(std::unique_ptr<io::listener> carrier, below(options));
    return io::greeting_listener::create(
        greeting_words,
        [own](std::unique_ptr<io::byte_stream> accepted)
            -> result<std::unique_ptr<io::greeting_stream>> {
            BECKON_ASSIGN(auto made, stream::create(own, std::move(accepted)));
            return std::unique_ptr<io::greeting_stream>(std::move(made));
        },
        std::move(carrier), options);
}

} // namespace beckon::transport::tls
