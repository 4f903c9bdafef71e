#include "io/reader_state.hpp"

#include <poll.h>
#include <sys/socket.h>

namespace beckon::io {

reader_state reader_of(int fd) noexcept {
    // That the other end has gone, or that the connection is broken, is told without asking.
    pollfd asked{fd, POLLRDHUP, 0};
    if (::poll(&asked, 1, 0) < 0) return reader_state::unknown;
    if ((asked.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return reader_state::gone;
    int domain = 0;
    socklen_t size = sizeof domain;
    const bool is_socket = ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0;
    const bool says_more = (asked.revents & POLLRDHUP) == 0;
    return !is_socket || domain == AF_UNIX || says_more ? reader_state::there
                                                        : reader_state::shown_by_writing;
}

} // namespace beckon::io
