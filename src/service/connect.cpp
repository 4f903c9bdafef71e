// With listen.cpp the only place that knows the transports and protocols: it joins them by endpoint URL.
#include "beckon/service/connect.hpp"

#include <optional>

#include "beckon/io/endpoint.hpp"
#include "beckon/protocol/native/native.hpp"
#if BECKON_HAS_PROTOCOL_RPYC
#include "beckon/protocol/rpyc/rpyc.hpp"
#endif
#include "beckon/session/connection.hpp"
#include "beckon/transport/exec/exec.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "beckon/transport/stdio/stdio.hpp"
#include "beckon/transport/tcp/tcp.hpp"
#include "beckon/transport/unix/unix.hpp"
#include "service/memory_network.hpp"
#include "service/session_factory.hpp"

namespace beckon {

std::shared_ptr<transport::memory::network> make_memory_network() {
    return std::make_shared<transport::memory::network>();
}

result<std::unique_ptr<protocol>> make_protocol(const io::endpoint& where) {
    if (!where.security.empty()) {
        return fail(errc::unsupported, "no security provider is called ", quoted(where.security));
    }
    if (where.protocol == "native") return make_native_protocol();
#if BECKON_HAS_PROTOCOL_RPYC
    if (where.protocol == "rpyc") {
        BECKON_ASSIGN(rpyc::options chosen, rpyc::read_options(where));
        return make_rpyc_protocol(std::move(chosen));
    }
#endif
    return fail(errc::unsupported, "no protocol is called ", quoted(where.protocol),
                BECKON_HAS_PROTOCOL_RPYC ? "; there are native and rpyc" : "; there is native");
}

std::size_t ways_to_speak(const io::endpoint& where) {
    return where.protocol == "rpyc" && where.option("dialect") == nullptr ? 2 : 1;
}

result<std::unique_ptr<protocol>> make_protocol(const io::endpoint& where, std::size_t way) {
    if (way == 0) return make_protocol(where);
    io::endpoint other = where;
    other.options.emplace_back("dialect", "5");
    return make_protocol(other);
}

namespace {

result<std::unique_ptr<io::byte_stream>> open_stream(context& inside, const io::endpoint& where,
                                                     const io::connect_options& options) {
    if (where.transport == "tcp") return transport::tcp::connect(where, options);
    if (where.transport == "unix") return transport::unix_::connect(where, options);
    if (where.transport == "memory")
        return transport::memory::connect(inside.memory(), where, options);
    if (where.transport == "exec") return transport::exec::connect(where, options);
    if (where.transport == "stdio") return transport::stdio::connect(where, options);
    return fail(errc::unsupported, "no transport is called ", quoted(where.transport),
                "; there are tcp, unix, exec, stdio and memory");
}

result<connected> begin(context& inside, std::string_view endpoint, const io::endpoint& where,
                        const connect_options& options, std::size_t way) {
    BECKON_ASSIGN(auto speaks, make_protocol(where, way));
    BECKON_ASSIGN(
        auto stream,
        open_stream(inside, where, {.timeout = options.timeout, .log = &inside.runtime()->log()})
            .note(concat("connecting to ", endpoint)));
    session_options settings;
    settings.limits = options.limits;
    settings.log = &inside.runtime()->log();
    settings.endpoint = std::string(endpoint);
    settings.user = options.user;
    settings.secret = options.secret;
    intrusive_ptr<servant> own = shown_object(options.published).to(*speaks);
    BECKON_ASSIGN(auto conversation,
                  connection::start(inside.runtime(), std::move(stream), std::move(speaks),
                                    std::move(own), std::move(settings), false));
    return connected(std::move(conversation));
}

/// Whether a peer that could not be asked which way of speaking it knows has shown that it is not this one.
bool was_not_understood(const error& failure) noexcept {
    return failure.code() == errc::schema_mismatch || failure.code() == errc::disconnected;
}

} // namespace

result<connected> try_connect(std::string_view endpoint, const connect_options& options) {
    const auto inside = options.context ? options.context : context::standard();
    BECKON_ASSIGN(const io::endpoint where, io::parse_endpoint(endpoint));
    const std::size_t ways = ways_to_speak(where);
    if (ways == 1) return begin(*inside, endpoint, where, options, 0);
    const std::size_t first = inside->way_to_speak(std::string(endpoint));
    std::optional<error> failure;
    for (std::size_t i = 0; i < ways; ++i) {
        const std::size_t way = (first + i) % ways;
        BECKON_ASSIGN(connected made, begin(*inside, endpoint, where, options, way));
        const result<object> root = made.try_root(options.timeout);
        if (root || !was_not_understood(root.error())) {
            inside->set_way_to_speak(std::string(endpoint), way);
            return made;
        }
        if (!failure) failure.emplace(root.error());
    }
    return std::move(*failure);
}

connected connect(std::string_view endpoint, const connect_options& options) {
    auto made = try_connect(endpoint, options);
    if (!made) throw_error(std::move(made).error());
    return std::move(made).value();
}

} // namespace beckon
