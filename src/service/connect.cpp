// With listen.cpp the only place that knows the transports and protocols: it joins them by endpoint URL.
#include "beckon/service/connect.hpp"

#include "beckon/io/endpoint.hpp"
#include "beckon/protocol/native/native.hpp"
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
    return fail(errc::unsupported, "no protocol is called ", quoted(where.protocol),
                "; there is native");
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

} // namespace

result<connected> try_connect(std::string_view endpoint, const connect_options& options) {
    const auto inside = options.context ? options.context : context::standard();
    BECKON_ASSIGN(const io::endpoint where, io::parse_endpoint(endpoint));
    BECKON_ASSIGN(auto speaks, make_protocol(where));
    BECKON_ASSIGN(
        auto stream,
        open_stream(*inside, where, {.timeout = options.timeout, .log = &inside->runtime()->log()})
            .note(concat("connecting to ", endpoint)));
    session_options settings;
    settings.limits = options.limits;
    settings.log = &inside->runtime()->log();
    settings.endpoint = std::string(endpoint);
    settings.user = options.user;
    settings.secret = options.secret;
    intrusive_ptr<servant> own;
    if (options.published)
        own = intrusive_ptr<servant>(static_cast<servant*>(
            make_ref<directory>(options.published, policy::inline_).core().get()));
    BECKON_ASSIGN(auto conversation,
                  connection::start(inside->runtime(), std::move(stream), std::move(speaks),
                                    std::move(own), std::move(settings), false));
    return connected(std::move(conversation));
}

connected connect(std::string_view endpoint, const connect_options& options) {
    auto made = try_connect(endpoint, options);
    if (!made) throw_error(std::move(made).error());
    return std::move(made).value();
}

} // namespace beckon
