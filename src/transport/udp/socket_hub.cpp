#include "transport/udp/socket_hub.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log_thinning.hpp"
#include "beckon/transport/udp/udp.hpp"
#include "io/memory_shortage.hpp"
#include "io/os_error.hpp"

namespace beckon::transport::udp {

using io::io_result;
using io::io_status;

namespace {

constexpr std::size_t size_bytes = 4; ///< Before each datagram in a queue.
constexpr int most_at_once = 64;      ///< Datagrams in one go, so that others get their turns.

bytes with_size(byte_view content) {
    bytes out(size_bytes + content.size());
    for (std::size_t i = 0; i < size_bytes; ++i)
        out[i] = static_cast<std::byte>(content.size() >> (8 * i) & 0xff);
    std::copy(content.begin(), content.end(), out.begin() + size_bytes);
    return out;
}

} // namespace

class socket_hub::locked {
public:
    explicit locked(socket_hub& hub) : hub_(hub), lock_(hub.mutex_) {}
    ~locked() {
        const std::vector<line> notes = std::exchange(hub_.notes_, {});
        lock_.unlock();
        for (const line& each : notes) hub_.log().write(each.level, each.id, each.text);
    }
    locked(const locked&) = delete;
    locked& operator=(const locked&) = delete;

private:
    socket_hub& hub_;
    std::unique_lock<std::mutex> lock_;
};

result<std::shared_ptr<socket_hub>> socket_hub::create(io::descriptor socket, hub_options options) {
    BECKON_ASSIGN(io::readiness ready, io::readiness::create());
    if (const int number = ready.watch(socket.get(), EPOLLIN); number != 0)
        return io::os_fail(errc::io_error, number, "cannot wait for datagrams");
    return std::make_shared<socket_hub>(std::move(socket), options, std::move(ready));
}

std::string socket_hub::key_of(const io::socket_address& address) const {
    return options_.by_address ? address.host() : io::to_string(address.host_and_port());
}

result<std::shared_ptr<peer>> socket_hub::make(const io::socket_address& address) {
    BECKON_ASSIGN(io::ready_flag ready, io::ready_flag::create());
    auto made = std::make_shared<peer>(std::move(ready));
    made->address = address;
    made->key = key_of(address);
    made->name = concat("udp://", made->key);
    made->sending.reset(::fcntl(socket_.get(), F_DUPFD_CLOEXEC, 0));
    if (!made->sending)
        return io::os_fail(errc::io_error, errno, "cannot make a descriptor for ", made->name);
    made->last = clock_.now();
    return made;
}

result<std::shared_ptr<peer>> socket_hub::set_only(const io::socket_address& address,
                                                   io::audience reaches, bool connected) {
    const locked lock(*this);
    BECKON_ASSIGN(only_, make(address));
    only_->name = concat("udp://", io::to_string(address.host_and_port()));
    only_->reaches = reaches;
    connected_ = connected;
    return only_;
}

result<void> socket_hub::add_everybody(const io::socket_address& address) {
    const locked lock(*this);
    BECKON_ASSIGN(auto made, make(address));
    made->reaches = io::audience::everybody;
    new_.push_back(std::move(made));
    ready_.show(true);
    return {};
}

result<std::shared_ptr<peer>> socket_hub::add(const io::socket_address& address) {
    const locked lock(*this);
    const std::string key = key_of(address);
    if (closed_ || refuses_strangers_)
        return fail(errc::disconnected, "peer udp://", key, " is not taken any more");
    if (peers_.contains(key))
        return fail(errc::address_in_use, "peer udp://", key, " is there already, by that name");
    if (peers_.size() >= options_.max_peers && !make_room()) {
        return fail(errc::overloaded, "there are ", peers_.size(), " peers; limit is ",
                    options_.max_peers, " (peers)");
    }
    BECKON_ASSIGN(auto made, make(address));
    if (options_.by_address) made->reaches = io::audience::aside;
    peers_.emplace(key, made);
    return made;
}

/// Ends the peer that has been silent for longest. False where all have sent something lately. REQUIRES: locked.
bool socket_hub::make_room() {
    // Else strangers without number could have all peers looked through for each of their datagrams.
    if (clock_.now() < no_room_before_) return false;
    const auto idlest =
        std::min_element(peers_.begin(), peers_.end(), [](const auto& a, const auto& b) {
            return a.second->last < b.second->last;
        });
    if (idlest == peers_.end()) return false;
    no_room_before_ = deadline_after(idlest->second->last, options_.idle);
    if (clock_.now() < no_room_before_) return false;
    notes_.push_back(
        {log_level::info, "BKN-UDP-IDLE",
         concat("peer ", idlest->second->name, " makes room: it was silent for longest")});
    const std::shared_ptr<peer> gone = idlest->second;
    stop(*gone, 0);
    return true;
}

void socket_hub::note_dropped(std::string_view why, const std::string& whose) {
    if (!is_told(++dropped_)) return;
    notes_.push_back({log_level::warning, "BKN-UDP-DROPPED",
                      concat("datagram of udp://", whose, " was dropped: ", why,
                             note_on_thinning(dropped_, "dropped one of this socket"))});
}

void socket_hub::deliver(const io::socket_address& from, byte_view content) {
    if (content.empty()) return; // nobody's message
    std::shared_ptr<peer> to = only_;
    if (!to) {
        const std::string key = key_of(from);
        const auto known = peers_.find(key);
        if (known != peers_.end()) {
            to = known->second;
        } else if (refuses_strangers_) {
            return;
        } else {
            if (peers_.size() >= options_.max_peers && !make_room())
                return note_dropped("there are as many peers as may be (peers)", key);
            auto made = make(from);
            if (!made) return note_dropped(made.error().message(), key);
            to = std::move(*made);
            if (options_.by_address) {
                to->reaches = io::audience::aside;
            }
            peers_.emplace(key, to);
            new_.push_back(to);
            ready_.show(true); // until it is taken, also where no other datagram comes
        }
    }
    to->last = clock_.now();
    if (to->queue.size() >= max_queued || to->queued_bytes + content.size() > max_queued_bytes)
        return note_dropped("its stream's reader is behind", key_of(from));
    to->queue.push_back(with_size(content));
    to->queued_bytes += content.size();
    show(*to);
}

/// Reads what there is. Gives 0, or why the socket cannot be read any more. REQUIRES: locked.
int socket_hub::receive() {
    buffer_.resize(65'536);
    for (int i = 0; i < most_at_once; ++i) {
        io::socket_address from;
        const ssize_t size = ::recvfrom(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT,
                                        from.get(), &from.size);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
        if (size < 0 && connected_) {
            const int number = errno;
            stop(*only_, number);
            return number;
        }
        // An answer of some network to what was sent to one of many.
        if (size < 0 && errno != EBADF && errno != ENOTSOCK) continue;
        if (size < 0) return errno;
        deliver(from, byte_view(buffer_).first(static_cast<std::size_t>(size)));
    }
    return 0;
}

result<std::shared_ptr<peer>> socket_hub::take_new() {
    const locked lock(*this);
    if (new_.empty()) {
        if (const int number = receive(); number != 0)
            return io::os_fail(errc::io_error, number, "datagrams cannot be read any more");
    }
    std::shared_ptr<peer> next;
    while (!new_.empty() && !next) {
        if (!new_.front()->ended) next = std::move(new_.front());
        new_.pop_front();
    }
    ready_.show(!new_.empty());
    return next;
}

void socket_hub::close_to_strangers() noexcept {
    const locked lock(*this);
    refuses_strangers_ = true;
    for (const auto& each : new_) stop(*each, 0);
    new_.clear();
    ready_.show(false);
}

void socket_hub::close() noexcept {
    const locked lock(*this);
    if (std::exchange(closed_, true)) return;
    refuses_strangers_ = true;
    for (const auto& each : new_) stop(*each, 0);
    new_.clear();
    while (!peers_.empty()) stop(*std::shared_ptr<peer>(peers_.begin()->second), 0);
    ready_.show(true); // `accept` says that it is over
}

void socket_hub::show(peer& which) noexcept {
    const bool readable = !which.queue.empty() || which.ended;
    if (&which == only_.get()) {
        ready_.show(readable);
    } else {
        which.ready.show(readable);
    }
}

/// Nothing comes for it any more. REQUIRES: locked.
void socket_hub::stop(peer& which, int failure) noexcept {
    which.ended = true;
    which.failure = failure;
    show(which);
    const auto found = peers_.find(which.key);
    if (found != peers_.end() && found->second.get() == &which) peers_.erase(found);
}

void socket_hub::end(peer& which) noexcept {
    const locked lock(*this);
    which.queue.clear();
    which.queued_bytes = 0;
    which.taken = 0;
    stop(which, which.failure);
}

io_result socket_hub::read(peer& of, std::span<std::byte> into, bool framed) noexcept {
    if (into.empty()) return {};
    const auto work = [&] {
        const locked lock(*this);
        return read_locked(of, into, framed);
    };
    return io::unless_short_of_memory(work, [] { return io::failed_for_memory; });
}

io_result socket_hub::read_locked(peer& of, std::span<std::byte> into, bool framed) {
    if (of.queue.empty() && only_ && !of.ended) static_cast<void>(receive());
    if (of.queue.empty()) {
        if (!of.ended) return {io_status::would_block, 0, 0};
        if (of.failure != 0) return {io_status::failed, 0, of.failure};
        return {io_status::end, 0, 0};
    }
    std::size_t given = 0;
    while (given < into.size() && !of.queue.empty()) {
        const bytes& first = of.queue.front();
        const std::size_t begin = std::max(of.taken, framed ? 0 : size_bytes);
        const std::size_t part = std::min(into.size() - given, first.size() - begin);
        std::memcpy(into.data() + given, first.data() + begin, part);
        given += part;
        of.taken = begin + part;
        if (of.taken < first.size()) break;
        of.queued_bytes -= first.size() - size_bytes;
        of.queue.pop_front();
        of.taken = 0;
    }
    show(of);
    return {io_status::ok, given, 0};
}

io_result socket_hub::send(peer& to, byte_view content) {
    for (;;) {
        const ssize_t size =
            connected_
                ? ::send(socket_.get(), content.data(), content.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                : ::sendto(socket_.get(), content.data(), content.size(),
                           MSG_DONTWAIT | MSG_NOSIGNAL, to.address.get(), to.address.size);
        if (size >= 0) return {io_status::ok, static_cast<std::size_t>(size), 0};
        const int number = errno;
        if (number == EINTR) continue;
        if (number == EAGAIN || number == EWOULDBLOCK) return {io_status::would_block, 0, 0};
        if (connected_) return {io_status::failed, 0, number};
        // One of many cannot be reached: the others can.
        if (const std::uint64_t lost = ++lost_; is_told(lost)) {
            log().write(log_level::warning, "BKN-UDP-LOST",
                        concat("a message of ", content.size(), " bytes to ", to.name,
                               " was not sent: ", io::os_error_text(number),
                               note_on_thinning(lost, "lost one of this socket")));
        }
        return {io_status::ok, content.size(), 0};
    }
}

} // namespace beckon::transport::udp
