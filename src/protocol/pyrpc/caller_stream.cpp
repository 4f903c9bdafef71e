#include "protocol/pyrpc/caller_stream.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>

#include "io/os_error.hpp"

namespace beckon::pyrpc {

using io::io_result;
using io::io_status;

namespace {

constexpr std::size_t header_bytes = 4;
constexpr std::size_t most_waiting_bytes = 16u << 20;
constexpr std::size_t most_dialling = 64;
constexpr std::uint64_t no_room = ~std::uint64_t{1}; ///< An eventfd with this is not writable.

// What the epoll set calls them; connections have keys of their own from there on.
constexpr std::uint64_t key_of_event = 0;
constexpr std::uint64_t key_of_timer = 1;

void add(int number, std::uint64_t count) noexcept {
    static_cast<void>(::write(number, &count, sizeof count) < 0);
}
void clear(int number) noexcept {
    std::uint64_t count = 0;
    static_cast<void>(::read(number, &count, sizeof count) < 0);
}

/// The length in a frame's header.
[[nodiscard]] std::size_t length_of(byte_view frame) noexcept {
    std::size_t length = 0;
    for (std::size_t i = 0; i < header_bytes; ++i)
        length = length << 8 | std::to_integer<std::size_t>(frame[i]);
    return length;
}

} // namespace

result<caller_stream::descriptors> caller_stream::make_descriptors() {
    descriptors made;
    made.readiness = io::descriptor(::epoll_create1(EPOLL_CLOEXEC));
    made.timer = io::descriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    made.event = io::descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    made.room = io::descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    bool fine = made.readiness && made.timer && made.event && made.room;
    for (const auto& [number, key] :
         {std::pair{made.event.get(), key_of_event}, std::pair{made.timer.get(), key_of_timer}}) {
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.u64 = key;
        fine = fine && ::epoll_ctl(made.readiness.get(), EPOLL_CTL_ADD, number, &wanted) == 0;
    }
    if (!fine) return io::os_fail(errc::io_error, errno, "cannot make a descriptor for pyrpc");
    return made;
}

caller_stream::caller_stream(const io::byte_stream& first, dialer dials,
                             std::size_t max_message_bytes, descriptors made)
    : dialer_(std::move(dials)), max_message_bytes_(max_message_bytes), made_(std::move(made)),
      peer_(first.peer_name()), is_local_(first.is_local()),
      dials_at_once_(is_local_ && !dialer_.waits_for_peer), identity_(first.identity()),
      last_key_(key_of_timer) {
    dialled_->event = made_.event.get();
}

caller_stream::~caller_stream() {
    caller_stream::close();
    const std::lock_guard lock(dialled_->mutex);
    dialled_->event = -1;
}

io_result caller_stream::write(std::span<const byte_view> gathered) noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_) return {io_status::failed, 0, EPIPE};
    io_result taken;
    bool has_some = false;
    for (const byte_view each : gathered) {
        has_some = has_some || !each.empty();
        // Not within an order: what it asks for is to come whole.
        if (orders_.empty() && waiting_bytes_ > most_waiting_bytes) break;
        orders_.append(each);
        taken.size += each.size();
        take_orders();
    }
    set_room();
    if (has_some && taken.size == 0) taken.status = io_status::would_block;
    return taken;
}

io_result caller_stream::read(std::span<std::byte> into) noexcept {
    if (into.empty()) return {};
    const std::lock_guard lock(mutex_);
    if (closed_) return {io_status::end, 0, 0};
    if (held_at_ == held_.size()) {
        reads_now_ = true;
        look_at_all();
        reads_now_ = false;
    }
    set_room();
    if (held_at_ == held_.size()) return {io_status::would_block, 0, 0};
    const std::size_t size = std::min(into.size(), held_.size() - held_at_);
    std::memcpy(into.data(), held_.data() + held_at_, size);
    held_at_ += size;
    if (held_at_ == held_.size()) {
        held_at_ = 0;
        if (held_.capacity() > most_waiting_bytes) held_.free();
        held_.clear();
    } else {
        show();
    }
    return {io_status::ok, size, 0};
}

void caller_stream::close() noexcept {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    while (!exchanges_.empty()) drop(exchanges_.begin()->first);
    show();
    set_room();
}

// --- Orders ---

void caller_stream::take_orders() {
    std::size_t at = 0;
    for (;;) {
        const byte_view rest = orders_.view().subspan(at);
        const auto size = size_at(rest);
        if (!size || rest.size() - size_bytes < *size) break;
        const order what = order_at(rest.subspan(size_bytes));
        const std::size_t head = size_bytes + order_bytes;
        const std::size_t whole = size_bytes + *size;
        if (at == 0 && whole == rest.size()) { // alone, as most are: it need not be copied
            buffer content;
            content.swap(orders_);
            return take_order(what, std::move(content), head);
        }
        buffer content;
        content.append(rest.subspan(head, whole - head));
        take_order(what, std::move(content), 0);
        at += whole;
    }
    orders_.consume(at);
}

void caller_stream::take_order(const order& what, buffer&& content, std::size_t begins_at) {
    if (what.kind == order_kind::bounce) return tell(what.number, outcome_kind::bounced, {});
    if (const auto known = keys_.find(what.number); known != keys_.end()) drop(known->second);
    if (what.kind == order_kind::cancel) return;
    const std::uint64_t key = ++last_key_;
    exchange& made = exchanges_[key];
    made.what = what;
    made.out = std::move(content);
    made.sent = begins_at;
    waiting_bytes_ += made.out.size() - begins_at;
    keys_[what.number] = key;
    made.begun = deadline_after(clock_.now(), what.delay);
    if (what.delay.count() > 0) return arm(made.begun);
    begin_exchange(key);
}

void caller_stream::begin_exchange(std::uint64_t key) {
    exchange& on = exchanges_.at(key);
    on.waits = false;
    arm(deadline_of(on));
    if (dials_at_once_) return connected(key, dialer_.dial(on.what.connect));
    to_dial_.push_back(key);
    dial_queued();
}

// --- Connections ---

void caller_stream::dial_queued() {
    while (!to_dial_.empty() && dialling_ < most_dialling) {
        const std::uint64_t key = to_dial_.front();
        to_dial_.pop_front();
        const auto found = exchanges_.find(key);
        if (found == exchanges_.end()) continue;
        const nanoseconds left = found->second.begun + found->second.what.connect - clock_.now();
        try {
            std::thread([to = dialled_, dials = dialer_.dial, key, left] {
                auto made = dials(std::max(left, nanoseconds(1)));
                const std::lock_guard lock(to->mutex);
                if (to->event < 0) return;
                to->made.emplace_back(key, std::move(made));
                add(to->event, 1);
            }).detach();
            ++dialling_;
        } catch (const std::system_error&) {
            connected(key, fail(errc::overloaded, "there is no thread to connect to ", peer_));
        }
    }
}

void caller_stream::take_dialled() {
    std::vector<std::pair<std::uint64_t, result<std::unique_ptr<io::byte_stream>>>> all;
    {
        const std::lock_guard lock(dialled_->mutex);
        all.swap(dialled_->made);
    }
    dialling_ -= all.size();
    for (auto& [key, made] : all) connected(key, std::move(made));
    dial_queued();
}

void caller_stream::connected(std::uint64_t key, result<std::unique_ptr<io::byte_stream>> made) {
    const auto found = exchanges_.find(key);
    if (found == exchanges_.end()) return; // given up meanwhile
    if (!made) return finish(key, outcome_kind::no_connection, as_bytes(made.error().message()));
    exchange& on = found->second;
    on.below = std::move(*made);
    if (!send(on)) return lost(key, "while the request was sent");
    arm(deadline_of(on));
    watch(EPOLL_CTL_ADD, on.below->read_descriptor(), EPOLLIN, key);
    work(key);
}

void caller_stream::watch(int command, int number, std::uint32_t events,
                          std::uint64_t key) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.u64 = key;
    ::epoll_ctl(made_.readiness.get(), command, number, &event);
}

/// Sends what can be sent; false where the connection is broken.
bool caller_stream::send(exchange& on) {
    while (on.sent != on.out.size()) {
        const byte_view rest = on.out.view().subspan(on.sent);
        const io_result wrote = on.below->write({&rest, 1});
        if (wrote.status == io_status::would_block) return true;
        if (wrote.status != io_status::ok) return false;
        on.sent += wrote.size;
        waiting_bytes_ -= wrote.size;
    }
    if (on.out.capacity() != 0) {
        on.out.free();
        on.sent = 0;
    }
    return true;
}

/// What can be done with a connection now.
void caller_stream::work(std::uint64_t key) {
    exchange& on = exchanges_.at(key);
    // A peer may answer before it has all, and close: what it says counts.
    static_cast<void>(send(on));
    const bool wants_room = on.sent != on.out.size();
    if (wants_room != on.watches_room) {
        const int in = on.below->read_descriptor();
        const int out = on.below->write_descriptor();
        on.watches_room = wants_room;
        if (in == out) {
            watch(EPOLL_CTL_MOD, in, EPOLLIN | (wants_room ? unsigned(EPOLLOUT) : 0u), key);
        } else {
            watch(wants_room ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, out, EPOLLOUT, key);
        }
    }
    while (receive(on, key)) {
    }
}

/// Reads once; false where there is no more, or the exchange has ended by it.
bool caller_stream::receive(exchange& on, std::uint64_t key) {
    std::array<std::byte, 64u << 10> came;
    const io_result got = on.below->read(came);
    if (got.status == io_status::would_block) return false;
    if (got.status != io_status::ok) {
        lost(key, got.status == io_status::end
                      ? std::string("peer closed the connection")
                      : io::to_error(got, "reading from", peer_).message());
        return false;
    }
    on.in.append(byte_view(came).first(got.size));
    if (on.in.size() < header_bytes) return true;
    const std::size_t length = length_of(on.in.view());
    if (length > max_message_bytes_) {
        finish(key, outcome_kind::too_large, on.in.view().first(header_bytes));
        return false;
    }
    if (on.in.size() - header_bytes < length) return true;
    finish(key, outcome_kind::reply, on.in.view().subspan(header_bytes, length));
    return false;
}

void caller_stream::lost(std::uint64_t key, std::string_view how) {
    const buffer& in = exchanges_.at(key).in;
    const std::string told = in.empty() ? concat(how, " without an answer")
                                        : concat(how, " after ", in.size(), " bytes of its reply");
    finish(key, in.size() < header_bytes ? outcome_kind::closed : outcome_kind::closed_inside,
           as_bytes(told));
}

// --- Outcomes ---

void caller_stream::tell(std::uint32_t number, outcome_kind kind, byte_view content) {
    const std::size_t begins_at = begin_outcome(held_, {kind, number, clock_.now()});
    held_.append(content);
    end_record(held_, begins_at);
    if (!reads_now_) show();
}

/// `content` may be the exchange's own.
void caller_stream::finish(std::uint64_t key, outcome_kind kind, byte_view content) {
    tell(exchanges_.at(key).what.number, kind, content);
    drop(key);
}

void caller_stream::drop(std::uint64_t key) {
    const auto found = exchanges_.find(key);
    exchange& on = found->second;
    waiting_bytes_ -= on.out.size() - on.sent;
    if (on.below != nullptr) {
        watch(EPOLL_CTL_DEL, on.below->read_descriptor(), 0, key);
        if (on.watches_room && on.below->write_descriptor() != on.below->read_descriptor())
            watch(EPOLL_CTL_DEL, on.below->write_descriptor(), 0, key);
    }
    if (const auto known = keys_.find(on.what.number); known != keys_.end() && known->second == key)
        keys_.erase(known);
    exchanges_.erase(found);
}

/// Runs all that is ready.
void caller_stream::look_at_all() {
    std::array<epoll_event, 64> ready{};
    const int count =
        ::epoll_wait(made_.readiness.get(), ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < count; ++i) {
        const std::uint64_t key = ready[static_cast<std::size_t>(i)].data.u64;
        if (key == key_of_event) {
            clear(made_.event.get());
            shows_ = false;
            take_dialled();
        } else if (key == key_of_timer) {
            clear(made_.timer.get());
            look_at_time();
        } else if (exchanges_.contains(key)) {
            work(key);
        }
    }
}

time_point caller_stream::deadline_of(const exchange& of) const noexcept {
    if (of.waits) return of.begun;
    if (of.below == nullptr && dials_at_once_) return never;
    const time_point whole = deadline_after(of.begun, of.what.reply);
    const bool unsent = of.sent != of.out.size();
    const nanoseconds step = of.below == nullptr ? of.what.connect : of.what.send;
    return unsent ? std::min(whole, deadline_after(of.begun, step)) : whole;
}

void caller_stream::look_at_time() {
    armed_for_ = never;
    const time_point now = clock_.now();
    time_point next = never;
    std::vector<std::uint64_t> due;
    for (const auto& [key, each] : exchanges_) {
        const time_point when = deadline_of(each);
        if (when <= now) {
            due.push_back(key);
        } else {
            next = std::min(next, when);
        }
    }
    for (const std::uint64_t key : due) {
        exchange& on = exchanges_.at(key);
        if (on.waits) {
            begin_exchange(key);
        } else if (on.below == nullptr) {
            finish(key, outcome_kind::no_connection, as_bytes("no connection in time"));
        } else if (on.sent != on.out.size()) {
            finish(key, outcome_kind::unsent, {});
        } else if (on.in.size() < header_bytes) {
            finish(key, outcome_kind::no_header, {});
        } else {
            finish(key, outcome_kind::no_body, on.in.view());
        }
    }
    arm(next);
}

void caller_stream::arm(time_point when) noexcept {
    if (when >= armed_for_) return;
    armed_for_ = when;
    // Of 0 would stop it.
    const auto left = std::max<std::int64_t>(1, (when - clock_.now()).count());
    itimerspec length{};
    length.it_value.tv_sec = static_cast<std::time_t>(left / 1'000'000'000);
    length.it_value.tv_nsec = static_cast<long>(left % 1'000'000'000);
    ::timerfd_settime(made_.timer.get(), 0, &length, nullptr);
}

/// Has `read` called again.
void caller_stream::show() noexcept {
    if (!std::exchange(shows_, true)) add(made_.event.get(), 1);
}

void caller_stream::set_room() noexcept {
    const bool full = !closed_ && waiting_bytes_ > most_waiting_bytes;
    if (std::exchange(is_full_, full) == full) return;
    if (full) {
        add(made_.room.get(), no_room);
    } else {
        clear(made_.room.get());
    }
}

result<std::unique_ptr<io::byte_stream>>
connect_for_each_call(std::unique_ptr<io::byte_stream> first, dialer dials,
                      std::size_t max_message_bytes) {
    BECKON_ASSIGN(auto made, caller_stream::make_descriptors());
    return std::unique_ptr<io::byte_stream>(std::make_unique<caller_stream>(
        *first, std::move(dials), max_message_bytes, std::move(made)));
}

} // namespace beckon::pyrpc
