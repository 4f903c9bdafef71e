// With connect.cpp the only place that knows the transports: it finds them by endpoint URL.
#include "service/listen.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#if BECKON_HAS_NAMING_ANNOUNCER
#include "beckon/naming/announcer/announcer.hpp"
#endif
#include "beckon/object/exception.hpp"
#include "beckon/session/runtime.hpp"
#include "beckon/transport/memory/bus.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "beckon/transport/stdio/stdio.hpp"
#include "beckon/transport/tcp/tcp.hpp"
#if BECKON_HAS_TRANSPORT_TLS
#include "beckon/transport/tls/tls.hpp"
#endif
#if BECKON_HAS_TRANSPORT_UDP
#include "beckon/transport/udp/udp.hpp"
#endif
#include "beckon/transport/unix/unix.hpp"
#if BECKON_HAS_TRANSPORT_HTTP
#include "beckon/transport/http/http.hpp"
#endif
#if BECKON_HAS_TRANSPORT_WS
#include "beckon/transport/ws/ws.hpp"
#endif
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

namespace {

constexpr known_options transports[] = {
    {"internal"},
    {"memory"},
    {"stdio"},
    {"tcp", transport::tcp::option_names},
#if BECKON_HAS_TRANSPORT_TLS
    {"tls", transport::tls::listen_option_names},
#endif
#if BECKON_HAS_TRANSPORT_UDP
    {"udp", transport::udp::option_names},
#endif
    {"unix", transport::unix_::listen_option_names},
#if BECKON_HAS_TRANSPORT_HTTP
    {"http", transport::http::listen_option_names},
    {"https", transport::http::listen_option_names},
#endif
#if BECKON_HAS_TRANSPORT_WS
    {"ws", transport::ws::listen_option_names},
    {"wss", transport::ws::listen_option_names},
#endif
};

result<std::unique_ptr<io::listener>> open_tls(const io::endpoint& where,
                                               const io::listen_options& options,
                                               std::vector<std::string> alpn = {}) {
#if BECKON_HAS_TRANSPORT_TLS
    return transport::tls::listen(
        where, options,
        [&](const io::listen_options& below) { return transport::tcp::listen(where, below); },
        std::move(alpn));
#else
    static_cast<void>(where);
    static_cast<void>(options);
    static_cast<void>(alpn);
    return fail(errc::unsupported, "this build has no TLS; it needs OpenSSL, and beckon::beckon in "
                                   "place of beckon::core");
#endif
}

/// What WebSocket and HTTP run over: see below_web.
[[maybe_unused]] result<std::unique_ptr<io::listener>>
open_below_web(const io::endpoint& under, const io::listen_options& options) {
    return under.transport == "tls" ? open_tls(under, options, {"http/1.1"})
                                    : transport::tcp::listen(under, options);
}

result<std::unique_ptr<io::listener>> open_http(const io::endpoint& where,
                                                const io::listen_options& options) {
#if BECKON_HAS_TRANSPORT_HTTP
    BECKON_ASSIGN(const io::endpoint under, below_web(where));
    return transport::http::listen(where, options, [&](const io::listen_options& below) {
        return open_below_web(under, below);
    });
#else
    static_cast<void>(where);
    static_cast<void>(options);
    return fail(errc::unsupported, "this program has no HTTP; it needs beckon::beckon in place of "
                                   "beckon::core");
#endif
}

result<std::unique_ptr<io::listener>> open_web_socket(const io::endpoint& where,
                                                      const io::listen_options& options) {
#if BECKON_HAS_TRANSPORT_WS
    BECKON_ASSIGN(const io::endpoint under, below_web(where));
    std::vector<std::string> subprotocols;
    if (const std::string_view name = web_socket_name(where); !name.empty())
        subprotocols.emplace_back(name);
    return transport::ws::listen(
        where, options,
        [&](const io::listen_options& below) { return open_below_web(under, below); },
        std::move(subprotocols));
#else
    static_cast<void>(where);
    static_cast<void>(options);
    return fail(errc::unsupported, "this program has no WebSocket; it needs beckon::beckon in "
                                   "place of beckon::core");
#endif
}

} // namespace

namespace {
/// Without a protocol: of connections whose protocol is not known yet.
[[nodiscard]] io::listen_options settings_of(context& inside, const limits& allowed,
                                             const protocol* spoken) {
    return {.log = &inside.runtime()->log(),
            .handshake_within = allowed.handshake_within,
            .max_message_bytes = spoken != nullptr ? max_message_bytes(allowed, *spoken) : 0,
            .message_within = allowed.message_within,
            .min_message_progress = allowed.min_message_progress};
}
} // namespace

std::vector<known_options> options_at(const io::endpoint& where) {
    return options_of(where, transports);
}

result<void> check_options_at(const context& inside, const io::endpoint& where) {
    // Of its own transports and security providers the program alone knows the options.
    if (inside.find_transport(where.transport) || inside.find_security(where.security)) return {};
    return check_options(where, options_at(where));
}

result<std::unique_ptr<io::listener>> open_base(context& inside, const io::endpoint& base,
                                                const limits& allowed) {
    const io::listen_options options = settings_of(inside, allowed, nullptr);
    return base.transport == "unix" ? transport::unix_::listen(base, options)
                                    : transport::tcp::listen(base, options);
}

result<std::unique_ptr<io::listener>> open_over(context& inside, const io::endpoint& where,
                                                [[maybe_unused]] transport_facts::opening over,
                                                const limits& allowed, const protocol& spoken,
                                                std::unique_ptr<io::listener> below) {
    [[maybe_unused]] const io::listen_options options = settings_of(inside, allowed, &spoken);
    [[maybe_unused]] const auto given = [&](const io::listen_options&) {
        return result<std::unique_ptr<io::listener>>(std::move(below));
    };
#if BECKON_HAS_TRANSPORT_TLS
    if (over == transport_facts::opening::tls) {
        std::vector<std::string> alpn;
        if (is_web(where)) alpn.emplace_back("http/1.1");
        return transport::tls::listen(where, options, given, std::move(alpn));
    }
#endif
#if BECKON_HAS_TRANSPORT_WS
    if (over == transport_facts::opening::http_upgrade) {
        std::vector<std::string> subprotocols;
        if (const std::string_view name = web_socket_name(where); !name.empty())
            subprotocols.emplace_back(name);
        return transport::ws::listen(where, options, given, std::move(subprotocols));
    }
#endif
#if BECKON_HAS_TRANSPORT_HTTP
    if (over == transport_facts::opening::http)
        return transport::http::listen(where, options, given);
#endif
    return fail(errc::unsupported, "this build has no ", where.transport);
}

std::string differing_option(const io::endpoint& one, const io::endpoint& other,
                             std::string_view transport) {
    const std::string* differs = nullptr;
    for (const known_options& each : transports) {
        if (each.whose != transport) continue;
        for (const auto& [name, content] : other.options) {
            const bool is_its =
                std::find(each.names.begin(), each.names.end(), name) != each.names.end();
            const std::string* const first = one.option(name);
            if (is_its && (first == nullptr || *first != content)) differs = &name;
        }
    }
    return differs != nullptr ? *differs : std::string();
}

result<std::unique_ptr<io::listener>> open_listener(context& inside, const io::endpoint& where,
                                                    const limits& allowed, const protocol& spoken) {
    BECKON_TRY(check_options_at(inside, where));
    const auto own = inside.find_transport(where.transport);
    const io::listen_options options = settings_of(inside, allowed, &spoken);
    if (where.transport == "tcp") return transport::tcp::listen(where, options);
    if (where.transport == "unix") return transport::unix_::listen(where, options);
    if (where.transport == "memory")
        return transport::memory::listen(inside.memory(), where, options);
    if (where.transport == "stdio") return transport::stdio::listen(where, options);
#if BECKON_HAS_TRANSPORT_UDP
    if (where.transport == "udp") return transport::udp::listen(where, options);
    if (where.transport == "internal")
        return transport::memory::join(inside.memory(), where, options);
#else
    if (where.transport == "udp" || where.transport == "internal")
        return fail(errc::unsupported, quoted(where.transport),
                    " needs beckon::beckon in place of "
                    "beckon::core");
#endif
    if (where.transport == "tls") return open_tls(where, options);
    if (where.transport == "ws" || where.transport == "wss") return open_web_socket(where, options);
    if (is_http(where)) return open_http(where, options);
    if (own && own->listen) return own->listen(where, options);
    return fail(errc::unsupported, "nothing can listen on ", quoted(where.transport),
                "; tcp, tls, ws, wss, http, https, udp, unix, stdio, memory and internal can");
}

#if BECKON_HAS_NAMING_ANNOUNCER
namespace {

/// Keeps the runtime whose loop it is told by.
class announcing final : public announcement {
public:
    announcing(std::shared_ptr<runtime> runs, std::unique_ptr<naming::announcer::announcer> inside)
        : runs_(std::move(runs)), inside_(std::move(inside)) {}
    void describe(const value& description) override {
        auto changed = inside_->describe(description);
        if (!changed) throw_error(std::move(changed).error());
    }
    [[nodiscard]] std::uint16_t port() const noexcept override { return inside_->port(); }
    void close() noexcept override { inside_->close(); }

private:
    const std::shared_ptr<runtime> runs_;
    const std::unique_ptr<naming::announcer::announcer> inside_;
};

} // namespace
#endif

result<std::shared_ptr<announcement>>
open_announcement([[maybe_unused]] const context& inside, [[maybe_unused]] const value& description,
                  [[maybe_unused]] const announce_options& options) {
#if BECKON_HAS_NAMING_ANNOUNCER
    BECKON_ASSIGN(auto made, naming::announcer::announcer::start(
                                 inside.runtime()->loop(), {.port = options.port,
                                                            .description = description,
                                                            .accepts = options.accepts,
                                                            .log = &inside.runtime()->log()}));
    return std::shared_ptr<announcement>(
        std::make_shared<announcing>(inside.runtime(), std::move(made)));
#else
    return fail(errc::unsupported, "announcing needs beckon::beckon in place of beckon::core");
#endif
}

bool is_open_to_others(const io::endpoint& where) {
    const transport_facts* const known = facts_of(where.transport);
    if (known == nullptr || !known->to_network) return false;
    if (known->what == transport_facts::carries::messages && !where.slashes)
        return true; // all interfaces
    const std::string* const client_certificate = where.option("client_cert");
    if (has_tls(where) && where.option("client_ca") != nullptr &&
        (client_certificate == nullptr || *client_certificate == "required"))
        return false;
    const auto address = io::parse_host_address(where, std::uint16_t(0));
    return address && !io::is_loopback_host(address->host);
}

} // namespace beckon
