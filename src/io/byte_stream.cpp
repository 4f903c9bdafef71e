#include "beckon/io/byte_stream.hpp"

#include <cerrno>

#include "beckon/io/listener.hpp"
#include "beckon/io/wait.hpp"
#include "io/os_error.hpp"

namespace beckon::io {

error to_error(const io_result& failed, std::string_view doing, std::string_view peer) {
    if (failed.status == io_status::end) {
        return fail(errc::disconnected, "peer ", peer, " ended the connection");
    }
    return os_fail(errc::disconnected, failed.os_error, "connection failed while ", doing, " ",
                   peer);
}

io_result byte_stream::read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept {
    const io_result first = read(into);
    if (first.status != io_status::would_block) return first;
    const time_point now = steady_clock_source().now();
    const wait_outcome outcome = wait_readable(read_descriptor(), deadline_after(now, at_most));
    return outcome.ready ? read(into) : first;
}

result<std::unique_ptr<byte_stream>> listener::reach(std::string_view peer) {
    return fail(errc::unsupported, "peer ", quoted(peer), " must connect to ",
                to_string(local_endpoint()), "; this side cannot begin");
}

} // namespace beckon::io
