#include "io/greeting_listener.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "beckon/base/text.hpp"
#include "io/os_error.hpp"

namespace beckon::io {

namespace {

// What an event of the set is about: these, or a peer's number.
constexpr std::uint64_t somebody_new = 0;
constexpr std::uint64_t time_is_up = 1;

// Others get their turn of the loop after so much work: a step of a handshake may be a signature long.
constexpr unsigned most_work = 64;
constexpr unsigned work_of_step = 8;

long long milliseconds(nanoseconds time) noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

} // namespace

result<std::unique_ptr<listener>> greeting_listener::create(const greeting_words& words, maker make,
                                                            std::unique_ptr<listener> below,
                                                            const listen_options& options,
                                                            std::string_view path) {
    io::descriptor set(::epoll_create1(EPOLL_CLOEXEC));
    io::descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    std::unique_ptr<greeting_listener> made(new greeting_listener(
        words, std::move(make), std::move(below), std::move(set), std::move(timer), options, path));
    if (!made->watch(made->below_->descriptor(), EPOLLIN, somebody_new, EPOLL_CTL_ADD) ||
        !made->watch(made->timer_.get(), EPOLLIN, time_is_up, EPOLL_CTL_ADD))
        return os_fail(errc::io_error, errno, "cannot make a descriptor to listen with ",
                       words.name);
    return std::unique_ptr<listener>(std::move(made));
}

greeting_listener::greeting_listener(const greeting_words& words, maker make,
                                     std::unique_ptr<listener> below, io::descriptor set,
                                     io::descriptor timer, const listen_options& options,
                                     std::string_view path)
    : words_(words), make_(std::move(make)), below_(std::move(below)), set_(std::move(set)),
      timer_(std::move(timer)), within_(options.handshake_within),
      most_(std::max<std::size_t>(options.max_handshakes, 1)), log_(*options.log),
      local_(below_->local_endpoint()) {
    local_.transport = words.transport;
    local_.address += path;
}

greeting_listener::~greeting_listener() = default;

void greeting_listener::close() noexcept { below_->close(); }

bool greeting_listener::watch(int fd, std::uint32_t events, std::uint64_t number,
                              int command) noexcept {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.u64 = number;
    return ::epoll_ctl(set_.get(), command, fd, &wanted) == 0;
}

result<std::unique_ptr<byte_stream>> greeting_listener::accept() {
    while (work_ < most_work) {
        epoll_event event{};
        const int found = ::epoll_wait(set_.get(), &event, 1, 0);
        if (found == 0) break;
        if (found < 0) {
            if (errno == EINTR) continue;
            return os_fail(errc::io_error, errno, "listener ", to_string(local_),
                           " cannot accept connections any more");
        }
        if (event.data.u64 == somebody_new) {
            ++work_;
            BECKON_ASSIGN(const std::uint64_t next, take_next());
            if (next == 0) continue;
            if (auto done = go_on(next)) return done;
        } else if (event.data.u64 == time_is_up) {
            drop_late();
        } else {
            work_ += work_of_step;
            if (auto done = go_on(event.data.u64)) return done;
        }
    }
    work_ = 0;
    return std::unique_ptr<byte_stream>();
}

/// The next connection of the listener below begins its handshake. Gives its number where no event will tell of input that
/// it has; else 0.
result<std::uint64_t> greeting_listener::take_next() {
    constexpr std::uint64_t nobody = 0;
    BECKON_ASSIGN(std::unique_ptr<byte_stream> accepted, below_->accept());
    if (!accepted) return nobody;
    const bool has_input = accepted->has_waiting_input();
    greeting_peer next;
    if (!accepted->is_local()) {
        next.address = accepted->peer_name();
        next.address.resize(std::min(next.address.rfind(':'), next.address.size()));
    }
    auto made = make_(std::move(accepted));
    if (!made) {
        log_.write(log_level::error, "BKN-ACCEPT-FULL", made.error().to_string());
        return nobody;
    }
    next.connection = std::move(made).value();
    make_room_for(next.address);
    next.until =
        within_.count() == 0 ? never : deadline_after(steady_clock_source().now(), within_);
    const std::uint64_t number = ++last_;
    if (!watch(next.connection->below().read_descriptor(), EPOLLIN, number, EPOLL_CTL_ADD)) {
        log_.write(log_level::error, "BKN-ACCEPT-FULL",
                   concat("connection from ", next.connection->peer_name(),
                          " dropped: ", os_error_text(errno)));
        return nobody;
    }
    peers_.emplace(number, std::move(next));
    order_.push_back(number);
    if (order_.size() == 1 || peers_.size() == 1) set_timer();
    return has_input ? number : nobody;
}

/// The oldest goes where there are too many, all in all or from one address: it had its chance, and a peer that means well
/// needs a few milliseconds.
void greeting_listener::make_room_for(const std::string& address) {
    std::size_t same = 0;
    std::uint64_t oldest = 0;
    if (!address.empty()) {
        for (const auto& [number, peer] : peers_) {
            if (peer.address != address) continue;
            ++same;
            if (oldest == 0 || number < oldest) oldest = number;
        }
    }
    if (same >= most_handshakes_of_address) {
        drop(oldest,
             fail(errc::limit_exceeded, "there are ", same, " ", words_.name,
                  " handshakes of its address under way; limit is ", most_handshakes_of_address));
    } else if (peers_.size() >= most_) {
        while (!peers_.contains(order_.front())) order_.pop_front();
        drop(order_.front(),
             fail(errc::limit_exceeded, "there are ", peers_.size(), " ", words_.name,
                  " handshakes under way; limit is ", most_, " (max_handshakes)"));
    }
}

std::unique_ptr<byte_stream> greeting_listener::go_on(std::uint64_t number) {
    const auto found = peers_.find(number);
    if (found == peers_.end()) return nullptr;
    greeting_stream& connection = *found->second.connection;
    const greeting now = connection.advance();
    if (now == greeting::failed) {
        drop(number, *connection.failure());
        return nullptr;
    }
    byte_stream& below = connection.below();
    const int in = below.read_descriptor();
    const int out = below.write_descriptor();
    if (now == greeting::done) {
        static_cast<void>(watch(in, 0, number, EPOLL_CTL_DEL));
        if (found->second.awaits_room && out != in)
            static_cast<void>(watch(out, 0, number, EPOLL_CTL_DEL));
        std::unique_ptr<byte_stream> done = std::move(found->second.connection);
        peers_.erase(found);
        return done;
    }
    // Input is not looked at while what we say does not leave: so nothing else may wake us then.
    const bool room = now == greeting::wants_room;
    if (room != found->second.awaits_room) {
        found->second.awaits_room = room;
        if (in == out) {
            static_cast<void>(watch(in, room ? EPOLLOUT : EPOLLIN, number, EPOLL_CTL_MOD));
        } else {
            static_cast<void>(watch(in, room ? 0u : EPOLLIN, number, EPOLL_CTL_MOD));
            static_cast<void>(watch(out, EPOLLOUT, number, room ? EPOLL_CTL_ADD : EPOLL_CTL_DEL));
        }
    }
    return nullptr;
}

void greeting_listener::drop(std::uint64_t number, const error& reason) {
    const auto found = peers_.find(number);
    if (found == peers_.end()) return;
    if (log_.wants(log_level::warning)) {
        log_.write(log_level::warning, words_.log_id,
                   concat("connection from ", found->second.connection->peer_name(),
                          " refused: ", reason.message()));
    }
    peers_.erase(found); // closes its descriptors, which end their watches so
}

void greeting_listener::drop_late() {
    std::uint64_t expirations = 0;
    static_cast<void>(::read(timer_.get(), &expirations, sizeof expirations));
    const time_point now = steady_clock_source().now();
    while (!order_.empty()) {
        const auto oldest = peers_.find(order_.front());
        if (oldest != peers_.end() && oldest->second.until > now) break;
        if (oldest != peers_.end()) {
            const bool silent = !oldest->second.connection->has_heard();
            drop(order_.front(),
                 fail(errc::timeout, "peer ", silent ? "said nothing" : "did not end its handshake",
                      " within ", milliseconds(within_), " ms (handshake_within)",
                      silent ? concat("; it may not speak ", words_.name) : ""));
        }
        order_.pop_front();
    }
    set_timer();
}

/// To the time of the oldest one.
void greeting_listener::set_timer() noexcept {
    while (!order_.empty() && !peers_.contains(order_.front())) order_.pop_front();
    itimerspec when{};
    if (!order_.empty() && peers_.at(order_.front()).until != never) {
        const auto until = peers_.at(order_.front()).until.time_since_epoch();
        when.it_value.tv_sec = static_cast<std::time_t>(until / std::chrono::seconds(1));
        when.it_value.tv_nsec =
            static_cast<long>((until % std::chrono::seconds(1)) / std::chrono::nanoseconds(1));
    }
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

} // namespace beckon::io
