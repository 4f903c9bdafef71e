// With connect.cpp the only place that knows the transports: it finds them by endpoint URL.
#include "service/listen.hpp"

#include "beckon/session/runtime.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "beckon/transport/stdio/stdio.hpp"
#include "beckon/transport/tcp/tcp.hpp"
#include "beckon/transport/unix/unix.hpp"

namespace beckon {

result<std::unique_ptr<io::listener>> open_listener(context& inside, const io::endpoint& where) {
    const io::listen_options options{.log = &inside.runtime()->log()};
    if (where.transport == "tcp") return transport::tcp::listen(where, options);
    if (where.transport == "unix") return transport::unix_::listen(where, options);
    if (where.transport == "memory")
        return transport::memory::listen(inside.memory(), where, options);
    if (where.transport == "stdio") return transport::stdio::listen(where, options);
    return fail(errc::unsupported, "nothing can listen on ", quoted(where.transport),
                "; tcp, unix, stdio and memory can");
}

bool is_open_to_others(const io::endpoint& where) {
    if (where.transport != "tcp") return false;
    const auto address = io::parse_host_address(where);
    return address && !io::is_loopback_host(address->host);
}

} // namespace beckon
