#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "beckon/io/wait.hpp"
#include "io/datagram_socket.hpp"
#include "io/os_error.hpp"
#include "naming/announcer/lines.hpp"

namespace beckon::naming::announcer {

namespace {

void gather(const io::descriptor& from_socket, const seek_options& options,
            std::vector<found>& into) {
    for (int i = 0; i < 64; ++i) {
        std::array<std::byte, 2048> content;
        io::socket_address from;
        const ssize_t size = ::recvfrom(from_socket.get(), content.data(), content.size(),
                                        MSG_DONTWAIT, from.get(), &from.size);
        if (size < 0) return;
        const heard said = read_datagram(byte_view(content).first(static_cast<std::size_t>(size)));
        for (const value& each : said.descriptions) {
            found one{from.host(), each};
            const bool known = std::any_of(into.begin(), into.end(), [&](const found& other) {
                return other.host == one.host && other.description == one.description;
            });
            if (!known && into.size() < options.max_found) into.push_back(std::move(one));
        }
    }
}

} // namespace

result<std::vector<found>> seek(const seek_options& options) {
    BECKON_ASSIGN(const bytes line, seek_line(options.filter));
    BECKON_ASSIGN(const io::socket_address to,
                  io::numeric_address(options.to, options.port, "address to seek at"));
    BECKON_ASSIGN(const io::descriptor everybodys,
                  io::open_shared_port(options.port, concat("udp:", options.port)));
    BECKON_ASSIGN(const io::descriptor own, io::open_shared_port(0, "a port"));
    int failures = 0;
    for (const io::descriptor* const each : {&everybodys, &own}) {
        if (::sendto(each->get(), line.data(), line.size(), MSG_NOSIGNAL, to.get(), to.size) < 0) {
            const int number = errno;
            if (++failures == 2) {
                return io::os_fail(errc::io_error, number, "cannot seek at ", options.to, ":",
                                   options.port);
            }
        }
    }
    std::vector<found> all;
    const steady_clock_source clock;
    const time_point until = deadline_after(clock.now(), options.timeout);
    while (clock.now() < until && all.size() < options.max_found) {
        const io::wait_outcome came = io::wait_readable(everybodys.get(), until, own.get());
        if (came.ready) gather(everybodys, options, all);
        if (came.other_ready) gather(own, options, all);
    }
    return all;
}

} // namespace beckon::naming::announcer
