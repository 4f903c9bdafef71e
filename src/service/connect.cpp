// Connecting. With listen.cpp and protocols.cpp the only place that knows leaves: transports by endpoint URL.
#include "beckon/service/connect.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "beckon/io/endpoint.hpp"
#if BECKON_HAS_NAMING_ANNOUNCER
#include "beckon/naming/announcer/announcer.hpp"
#endif
#include "beckon/object/exception.hpp"
#include "beckon/service/announce.hpp"
#include "beckon/session/connection.hpp"
#include "beckon/transport/exec/exec.hpp"
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
#include "object/guarded.hpp"
#include "service/carrying.hpp"
#include "service/connecting.hpp"
#include "service/dial.hpp"
#include "service/keepalive_stream.hpp"
#include "service/memory_network.hpp"
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"
#include "service/way_to_speak.hpp"

namespace beckon {

std::shared_ptr<transport::memory::network> make_memory_network() {
    return std::make_shared<transport::memory::network>();
}

namespace {

constexpr known_options transports[] = {
    {"exec", transport::exec::option_names},
    {"http"},
    {"https"},
    {"memory"},
    {"stdio"},
    {"tcp", transport::tcp::option_names},
#if BECKON_HAS_TRANSPORT_TLS
    {"tls", transport::tls::connect_option_names},
#endif
#if BECKON_HAS_TRANSPORT_UDP
    {"udp", transport::udp::connect_option_names},
#else
    {"udp"},
#endif
    {"unix"},
#if BECKON_HAS_TRANSPORT_WS
    {"ws", transport::ws::connect_option_names},
    {"wss", transport::ws::connect_option_names},
#endif
};

result<std::unique_ptr<io::byte_stream>>
open_tls([[maybe_unused]] const io::endpoint& where,
         [[maybe_unused]] const io::connect_options& options,
         [[maybe_unused]] std::vector<std::string> alpn = {}) {
#if BECKON_HAS_TRANSPORT_TLS
    return transport::tls::connect(
        where, options,
        [&](const io::connect_options& below) { return transport::tcp::connect(where, below); },
        std::move(alpn));
#else
    return fail(errc::unsupported, "this build has no TLS; it needs OpenSSL, and beckon::beckon in "
                                   "place of beckon::core");
#endif
}

/// What WebSocket and HTTP run over: see below_web.
[[maybe_unused]] result<std::unique_ptr<io::byte_stream>>
open_below_web(const io::endpoint& under, const io::connect_options& options) {
    return under.transport == "tls" ? open_tls(under, options, {"http/1.1"})
                                    : transport::tcp::connect(under, options);
}

result<std::unique_ptr<io::byte_stream>>
open_web_socket([[maybe_unused]] const io::endpoint& where,
                [[maybe_unused]] const io::connect_options& options) {
#if BECKON_HAS_TRANSPORT_WS
    BECKON_ASSIGN(const io::endpoint under, below_web(where));
    return transport::ws::connect(where, options, [&](const io::connect_options& below) {
        return open_below_web(under, below);
    });
#else
    return fail(errc::unsupported, "this program has no WebSocket; it needs beckon::beckon in "
                                   "place of beckon::core");
#endif
}

result<std::unique_ptr<io::byte_stream>>
open_http([[maybe_unused]] const io::endpoint& where,
          [[maybe_unused]] const io::connect_options& options) {
#if BECKON_HAS_TRANSPORT_HTTP
    BECKON_ASSIGN(const io::endpoint under, below_web(where));
    return transport::http::connect(where, options, [under](const io::connect_options& below) {
        return open_below_web(under, below);
    });
#else
    return fail(errc::unsupported, "this program has no HTTP; it needs beckon::beckon in place of "
                                   "beckon::core");
#endif
}

result<void> check_options_to(const context& inside, const io::endpoint& where) {
    // Of its own transports and security providers the program alone knows the options.
    if (inside.find_transport(where.transport) || inside.find_security(where.security)) return {};
    return check_options(where, options_of(where, transports));
}

result<std::unique_ptr<io::byte_stream>> open_stream(context& inside, const io::endpoint& where,
                                                     const io::connect_options& options) {
    BECKON_TRY(check_options_to(inside, where));
    const auto own = inside.find_transport(where.transport);
    if (where.transport == "tcp") return transport::tcp::connect(where, options);
    if (where.transport == "unix") return transport::unix_::connect(where, options);
    if (where.transport == "memory")
        return transport::memory::connect(inside.memory(), where, options);
    if (where.transport == "exec") return transport::exec::connect(where, options);
    if (where.transport == "stdio") return transport::stdio::connect(where, options);
#if BECKON_HAS_TRANSPORT_UDP
    if (where.transport == "udp") return transport::udp::connect(where, options);
#else
    if (where.transport == "udp")
        return fail(errc::unsupported, "udp needs beckon::beckon in place of beckon::core");
#endif
    if (where.transport == "tls") return open_tls(where, options);
    if (where.transport == "ws" || where.transport == "wss") return open_web_socket(where, options);
    if (is_http(where)) return open_http(where, options);
    if (own && own->connect) return own->connect(where, options);
    if (where.transport == "internal")
        return fail(errc::unsupported, "a bus is joined, not connected to: listen at ",
                    quoted(io::to_string(where)), ", or use beckon::carrier");
    return fail(errc::unsupported, "no transport is called ", quoted(where.transport),
                "; there are tcp, tls, ws, wss, http, https, udp, unix, exec, stdio and memory");
}

} // namespace

io::endpoint as_peers_connect(const io::endpoint& where) {
    const known_options spoken[] = {options_of_protocol(where)};
    return with_options_of(where, spoken);
}

bool is_transport(const context& inside, std::string_view name) {
    return facts_of(name) != nullptr || inside.find_transport(name) != nullptr;
}

result<void> check_dialled(const context& inside, const io::endpoint& where) {
    BECKON_TRY(check_options_to(inside, where));
    const transport_facts* const known = facts_of(where.transport);
    if (known == nullptr || !known->to_network || known->what == transport_facts::carries::messages)
        return {};
    std::optional<std::uint16_t> usual;
    if (is_web(where)) usual = std::uint16_t(80);
    BECKON_TRY(io::parse_host_address(where, usual));
    return {};
}

bool dial_may_block(const io::endpoint& where) noexcept {
    const transport_facts* const known = facts_of(where.transport);
    return known == nullptr || !known->dials_at_once;
}

namespace {

result<std::unique_ptr<io::byte_stream>> dial_once(context& inside, const io::endpoint& where,
                                                   std::string_view text,
                                                   const dial_options& with) {
    BECKON_ASSIGN(auto stream, open_stream(inside, where,
                                           {.timeout = with.timeout,
                                            .log = &inside.runtime()->log(),
                                            .handshake_within = with.handshake_within,
                                            .max_message_bytes = with.max_message_bytes,
                                            .message_within = with.message_within,
                                            .min_message_progress = with.min_message_progress,
                                            .given_up = with.given_up})
                                   .note(concat("connecting to ", text)));
    if (with.handshake) {
        raw_connection offered(*stream,
                               deadline_after(steady_clock_source().now(), with.handshake_within));
        BECKON_TRY(
            guarded([&] { return with.handshake(offered); }).note(concat("connecting to ", text)));
    }
    return stream;
}

} // namespace

result<std::unique_ptr<io::byte_stream>> dial(context& inside, const io::endpoint& where,
                                              std::string_view text, const dial_options& with) {
    BECKON_ASSIGN(auto stream, dial_once(inside, where, text, with));
    if (with.is_bare || !needs_stream(where)) return stream;
    stream_parts parts{
        .below = std::move(stream), .dial_again = {}, .max_message_bytes = with.max_message_bytes};
    const transport_facts* const known = facts_of(where.transport);
    parts.dialling_waits = known == nullptr || known->greets || with.handshake;
    parts.dial_again = [kept = inside.shared_from_this(), where, text = std::string(text),
                        with](nanoseconds within) {
        dial_options again = with;
        again.timeout = within;
        return dial_once(*kept, where, text, again);
    };
    return make_stream(where, std::move(parts));
}

result<std::vector<discovered>> try_discover([[maybe_unused]] const discover_options& options) {
#if BECKON_HAS_NAMING_ANNOUNCER
    BECKON_ASSIGN(auto all, naming::announcer::seek({.port = options.port,
                                                     .filter = options.filter,
                                                     .to = options.to,
                                                     .timeout = options.timeout}));
    std::vector<discovered> out;
    for (auto& each : all) out.push_back({std::move(each.host), std::move(each.description)});
    return out;
#else
    return fail(errc::unsupported, "seeking needs beckon::beckon in place of beckon::core");
#endif
}

std::vector<discovered> discover(const discover_options& options) {
    auto all = try_discover(options);
    if (!all) throw_error(std::move(all).error());
    return std::move(all).value();
}

namespace {

result<begun> begin(context& inside, std::string_view endpoint, const io::endpoint& where,
                    const connect_options& options, const connect_extras& extras, std::size_t way) {
    BECKON_ASSIGN(const message_security_maker security,
                  find_security(inside, where, {.given = options.security, .user = options.user}));
    BECKON_ASSIGN(auto speaks, make_protocol(inside, where, way, security));
    BECKON_ASSIGN(auto stream,
                  dial(inside, where, endpoint,
                       {.timeout = options.timeout,
                        .handshake_within = options.limits.handshake_within,
                        .max_message_bytes = max_message_bytes(options.limits, *speaks),
                        .message_within = options.limits.message_within,
                        .min_message_progress = options.limits.min_message_progress,
                        .handshake = options.handshake,
                        .given_up = extras.given_up}));
    if (extras.around) stream = extras.around(std::move(stream));
    stream = keep_alive(std::move(stream), where, inside.shared_from_this());
    session_options settings;
    settings.limits = options.limits;
    settings.log = &inside.runtime()->log();
    settings.endpoint = std::string(endpoint);
    settings.user = options.user;
    settings.secret = options.secret;
    std::shared_ptr<visit> visiting;
    std::shared_ptr<publications> published = options.published;
    if (published && published->has_events()) {
        published = std::make_shared<publications>(options.published);
        visiting = std::make_shared<visit>(options.published, published);
        settings.holds_calls = true;
    }
    settings.authorize = make_authorizer(options.authorize, published);
    intrusive_ptr<servant> own =
        extras.shows ? extras.shows(*speaks) : shown_object(published).to(*speaks);
    BECKON_ASSIGN(auto conversation,
                  connection::start(inside.runtime(), std::move(stream), std::move(speaks),
                                    std::move(own), std::move(settings), false,
                                    [visiting, told = extras.over](connection& over) {
                                        if (visiting)
                                            visit::end_soon(visiting, over.conversation());
                                        if (told) told(over.conversation());
                                    }));
    if (extras.begun) extras.begun(conversation);
    return begun{std::move(conversation), std::move(visiting)};
}

} // namespace

result<connected> try_connect(std::string_view endpoint, const connect_options& options) {
    const auto inside = options.context ? options.context : context::standard();
    if (is_carried(*inside, endpoint)) return connect_carried(endpoint, options);
    return connect_with(endpoint, options, {});
}

result<connected> connect_with(std::string_view endpoint, const connect_options& options,
                               const connect_extras& extras) {
    const auto inside = options.context ? options.context : context::standard();
    BECKON_ASSIGN(const io::endpoint where, io::parse_endpoint(endpoint));
    const std::size_t ways = ways_to_speak(where);
    if (ways == 1) {
        BECKON_ASSIGN(const begun made, begin(*inside, endpoint, where, options, extras, 0));
        return made.told();
    }
    const std::size_t first = inside->way_to_speak(std::string(endpoint));
    std::vector<way_to_try> all;
    for (std::size_t i = 0; i < ways; ++i)
        all.push_back({(first + i) % ways, option_of_way(where, (first + i) % ways)});
    BECKON_ASSIGN(const spoken_way found,
                  find_way_to_speak(all, options.timeout, [&](std::size_t way) {
                      return begin(*inside, endpoint, where, options, extras, way);
                  }));
    inside->set_way_to_speak(std::string(endpoint), found.way);
    return found.made.told();
}

connected connect(std::string_view endpoint, const connect_options& options) {
    auto made = try_connect(endpoint, options);
    if (!made) throw_error(std::move(made).error());
    return std::move(made).value();
}

} // namespace beckon
