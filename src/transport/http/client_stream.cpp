#include "transport/http/client_stream.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "io/memory_shortage.hpp"
#include "io/os_error.hpp"

namespace beckon::transport::http {

using io::io_result;
using io::io_status;

namespace {

constexpr std::uint64_t no_room = ~std::uint64_t{1}; ///< An eventfd with this is not writable.
constexpr std::size_t most_shown = 200;              ///< Of a body that is no JSON.
constexpr unsigned most_steps = 8;                   ///< In one go; each reads once.

std::string named(const std::string& below) {
    const std::size_t colon = std::min(below.find(':'), below.size());
    return concat(below.substr(0, colon) == "tls" ? "https" : "http", below.substr(colon));
}

[[nodiscard]] std::size_t size_at(byte_view view) noexcept {
    std::size_t size = 0;
    for (std::size_t i = 4; i-- > 0;) size = size << 8 | std::to_integer<std::size_t>(view[i]);
    return size;
}

void add(int number, std::uint64_t count) noexcept {
    static_cast<void>(::write(number, &count, sizeof count) < 0);
}
void clear(int number) noexcept {
    std::uint64_t count = 0;
    static_cast<void>(::read(number, &count, sizeof count) < 0);
}

} // namespace

result<std::unique_ptr<io::byte_stream>>
client_stream::create(std::unique_ptr<io::byte_stream> below, dialer dials,
                      const io::connect_options& options, std::string asks) {
    static_cast<void>(io::no_memory_left()); // made while there is some
    auto ready = io::readiness::create();
    const std::string whom = concat("HTTP with ", below->peer_name());
    if (!ready) return std::move(ready).error().note(whom);
    io::descriptor room(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    io::descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    auto anew = std::make_shared<dialling>();
    anew->ready = io::descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!room || !timer || !anew->ready)
        return io::os_fail(errc::io_error, errno, "cannot make a descriptor for ", whom);
    int number = ready->watch(anew->ready.get(), EPOLLIN);
    if (number == 0) number = ready->watch(timer.get(), EPOLLIN);
    if (number != 0) return io::os_fail(errc::io_error, number, "cannot wait for ", whom);
    std::unique_ptr<client_stream> made(
        new client_stream(std::move(below), std::move(dials), options, std::move(asks),
                          std::move(*ready), std::move(room), std::move(timer), std::move(anew)));
    made->watch();
    if (made->broken_ != 0)
        return io::os_fail(errc::io_error, made->broken_, "cannot wait for ", whom);
    return std::unique_ptr<io::byte_stream>(std::move(made));
}

client_stream::client_stream(std::unique_ptr<io::byte_stream> below, dialer dials,
                             const io::connect_options& options, std::string asks,
                             io::readiness ready, io::descriptor room, io::descriptor timer,
                             std::shared_ptr<dialling> anew)
    : dials_(std::move(dials)), options_(options), asks_(std::move(asks)), room_(std::move(room)),
      timer_(std::move(timer)), anew_(std::move(anew)), peer_(named(below->peer_name())),
      is_local_(below->is_local()), identity_(below->identity()), below_(std::move(below)),
      pace_(options.message_within, options.min_message_progress), readiness_(std::move(ready)) {}

client_stream::~client_stream() { client_stream::close(); }

io_result client_stream::write(std::span<const byte_view> gathered) noexcept {
    return io::unless_short_of_memory([&] { return send(gathered); }, [&] { return give_up(); });
}

io_result client_stream::read(std::span<std::byte> into) noexcept {
    if (into.empty()) return {};
    return io::unless_short_of_memory([&] { return receive(into); }, [&] { return give_up(); });
}

/// What was to be made of this has no memory, and what follows it no meaning.
io_result client_stream::give_up() noexcept {
    const std::lock_guard lock(mutex_);
    broken_ = ENOMEM;
    watch();
    return io::failed_for_memory;
}

io_result client_stream::send(std::span<const byte_view> gathered) {
    const std::lock_guard lock(mutex_);
    if (closed_) return {io_status::failed, 0, EPIPE};
    if (broken_ != 0) return {io_status::failed, 0, broken_};
    if (failure_) return {io_status::failed, 0, EPROTO};
    std::size_t taken = 0;
    for (const byte_view each : gathered) {
        if (waiting_.size() > most_waiting_bytes) break;
        waiting_.append(each);
        taken += each.size();
    }
    go_on();
    watch();
    const bool has_some =
        std::any_of(gathered.begin(), gathered.end(), [](byte_view each) { return !each.empty(); });
    return {taken != 0 || !has_some ? io_status::ok : io_status::would_block, taken, 0};
}

io_result client_stream::receive(std::span<std::byte> into) {
    const std::lock_guard lock(mutex_);
    io_result outcome{io_status::would_block, 0, 0};
    if (!closed_ && broken_ == 0) go_on();
    if (closed_) {
        outcome.status = io_status::end;
    } else if (held_at_ != held_.size()) {
        outcome = {io_status::ok, std::min(into.size(), held_.size() - held_at_), 0};
        std::memcpy(into.data(), held_.data() + held_at_, outcome.size);
        held_at_ += outcome.size;
        if (held_at_ == held_.size()) {
            held_at_ = 0;
            held_.free();
        }
    } else if (broken_ != 0) {
        outcome = {io_status::failed, 0, broken_};
    } else if (failure_) {
        outcome = {io_status::failed, 0, EPROTO};
    }
    watch();
    return outcome;
}

/// Does what can be done now, or so much of it that a server that floods leaves others their turns of the loop.
void client_stream::go_on() {
    unsigned steps = 0;
    while (steps < most_steps && !failure_ && take_step()) ++steps;
    has_more_ = steps == most_steps;
    if (!has_more_) look_at_time();
}

/// One step; false where there is none.
bool client_stream::take_step() {
    if (dials_now_ && !take_connection()) return false;
    flush();
    if (below_ != nullptr) {
        std::array<std::byte, 16u << 10> came;
        const io_result got = below_->read(came);
        if (got.status == io_status::ok && asked_) {
            raw_.append(byte_view(came).first(got.size));
            response_bytes_ += got.size;
            take_response(false);
            if (asked_ && pace_.left_over(response_bytes_, steady_clock_source().now())) {
                due_ = pace_.due();
                set_timer();
            }
            return !failure_;
        }
        if (got.status == io_status::ok) {
            // A server that gives up an idle connection may say so (408, RFC 9110, section 15.5.9). Whatever comes unasked,
            // it must not be taken for the answer to what is asked next.
            drop_connection();
        } else if (got.status != io_status::would_block) {
            if (asked_) take_response(true);
            if (asked_ && !failure_) {
                fail_with(got.status == io_status::failed
                              ? io::to_error(got, "reading from", peer_)
                              : fail(errc::disconnected,
                                     "server ended the connection before it had answered"));
            }
            drop_connection();
        }
    }
    const bool has_message =
        waiting_.size() >= 4 && waiting_.size() - 4 >= size_at(waiting_.view());
    if (failure_ || asked_ || !has_message) return false;
    if (below_ == nullptr) {
        if (!dials_now_) dial();
        return false;
    }
    begin_request();
    return true;
}

void client_stream::begin_request() {
    const std::size_t size = size_at(waiting_.view());
    out_.append(as_bytes(concat(asks_, size, "\r\n\r\n")));
    out_.append(waiting_.view().subspan(4, size));
    waiting_.consume(4 + size);
    if (waiting_.empty()) waiting_.free();
    asked_ = true;
    response_bytes_ = 0;
    status_.reset();
    flush();
}

void client_stream::flush() noexcept {
    while (below_ != nullptr && sent_ != out_.size()) {
        const byte_view rest = out_.view().subspan(sent_);
        const io_result wrote = below_->write({&rest, 1});
        // The response may be there already, and say why the rest is not wanted: reading finds out.
        if (wrote.status != io_status::ok) return;
        sent_ += wrote.size;
    }
    if (sent_ != out_.size()) return;
    sent_ = 0;
    out_.free();
}

// --- Responses ---

void client_stream::take_response(bool at_end) {
    for (;;) {
        if (!status_) {
            const auto read = beckon::http::read_response_head(raw_.view());
            if (!read) return fail_with(read.error());
            if (!*read) return;
            const head& seen = **read;
            const auto plan = plan_of_response(seen);
            if (!plan) return fail_with(plan.error());
            if (seen.status == 101)
                return fail_with(fail(errc::protocol_error, "server left HTTP unasked"));
            if (seen.status >= 200) {
                status_ = concat(seen.status, " ", seen.reason);
                const std::string_view* const type = seen.find("content-type");
                is_json_ = seen.status < 300 ||
                           (type != nullptr && type->find("json") != std::string_view::npos);
                keeps_ = (seen.minor == 1 ? !seen.lists("connection", "close")
                                          : seen.lists("connection", "keep-alive")) &&
                         plan->kind != body_kind::to_the_end;
                if (const auto begun = body_.begin(*plan, options_.max_message_bytes); !begun)
                    return fail_with(begun.error());
            }
            raw_.consume(seen.bytes);
            continue;
        }
        byte_view left = raw_.view();
        const auto took = body_.take(left);
        raw_.consume(raw_.size() - left.size());
        if (!took) return fail_with(took.error());
        if (at_end) static_cast<void>(body_.end_of_input());
        if (body_.done()) give_answer();
        return;
    }
}

void client_stream::give_answer() {
    buffer& content = body_.content();
    std::string text; // in place of an answer that is none
    if (!is_json_) {
        text = concat("HTTP ", *status_);
        const std::string_view body = as_text(content.view()).substr(0, most_shown);
        if (!body.empty()) text += concat(": ", quoted(body, most_shown));
    }
    const byte_view given = is_json_ ? content.view() : as_bytes(text);
    std::byte size[4];
    for (std::size_t i = 0; i < 4; ++i) size[i] = static_cast<std::byte>(given.size() >> (8 * i));
    held_.append(size);
    held_.append(given);
    content.free();
    asked_ = false;
    pace_.ended();
    const bool all_sent = out_.empty();
    if (keeps_ && all_sent && raw_.empty()) return;
    if (!raw_.empty() && keeps_)
        return fail_with(fail(errc::protocol_error, "server answered more than it was asked"));
    drop_connection();
}

// --- Connections ---

void client_stream::drop_connection() noexcept {
    if (below_ == nullptr) return;
    static_cast<void>(readiness_.watch(below_->read_descriptor(), 0));
    static_cast<void>(readiness_.watch(below_->write_descriptor(), 0));
    below_.reset();
    raw_.free();
    out_.free();
    sent_ = 0;
}

void client_stream::dial() {
    dials_now_ = true;
    io::connect_options options = options_;
    options.log = &null_log(); // which may not live as long
    try {
        std::thread([anew = anew_, dials = dials_, options] {
            auto made = io::unless_short_of_memory(
                [&] { return dials(options); },
                [] { return result<std::unique_ptr<io::byte_stream>>(io::no_memory_left()); });
            {
                const std::lock_guard lock(anew->mutex);
                anew->made.emplace(std::move(made));
            }
            add(anew->ready.get(), 1);
        }).detach();
    } catch (const std::system_error&) {
        dials_now_ = false;
        fail_with(fail(errc::overloaded, "there is no thread to connect to ", peer_, " again"));
    }
}

/// Whether the connection that was dialled is there.
bool client_stream::take_connection() {
    const std::lock_guard lock(anew_->mutex);
    if (!anew_->made) return false;
    clear(anew_->ready.get());
    dials_now_ = false;
    auto made = std::move(*anew_->made);
    anew_->made.reset();
    if (!made) {
        fail_with(std::move(made).error());
        return false;
    }
    below_ = std::move(made).value();
    return true;
}

/// A response once begun must keep coming: others wait behind it. REQUIRES: what has come was looked at.
void client_stream::look_at_time() {
    if (due_ == never || failure_) return;
    const time_point now = steady_clock_source().now();
    if (now < due_) return;
    const auto found = pace_.look(now);
    due_ = found == message_pace::verdict::goes_on ? pace_.due() : never;
    if (found == message_pace::verdict::too_slow) fail_with(pace_.too_slow(peer_));
    set_timer();
}

void client_stream::set_timer() noexcept {
    itimerspec wanted{};
    if (due_ != never) {
        const auto until = due_.time_since_epoch();
        wanted.it_value.tv_sec = static_cast<std::time_t>(until / std::chrono::seconds(1));
        wanted.it_value.tv_nsec =
            static_cast<long>((until % std::chrono::seconds(1)) / std::chrono::nanoseconds(1));
    }
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &wanted, nullptr);
}

/// Lets the descriptors tell what is wanted now.
void client_stream::watch() noexcept {
    const bool over = closed_ || broken_ != 0 || failure_;
    if (below_ != nullptr) {
        const int in = below_->read_descriptor();
        const int out = below_->write_descriptor();
        const std::uint32_t room = !over && sent_ != out_.size() ? unsigned(EPOLLOUT) : 0u;
        const std::uint32_t input = over ? 0u : unsigned(EPOLLIN);
        int number = readiness_.watch(in, in == out ? input | room : input);
        if (number == 0 && in != out) number = readiness_.watch(out, room);
        if (number != 0 && broken_ == 0) broken_ = number;
    }
    readiness_.show(over || broken_ != 0 || has_more_ || held_at_ != held_.size());
    const bool full = !over && waiting_.size() > most_waiting_bytes;
    if (std::exchange(is_full_, full) != full) {
        if (full) {
            add(room_.get(), no_room);
        } else {
            clear(room_.get());
        }
    }
}

void client_stream::fail_with(error reason) {
    if (!failure_) failure_ = std::move(reason);
}

void client_stream::close() noexcept {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    if (below_ != nullptr) below_->close();
    watch();
}

std::string client_stream::exit_description() const {
    const std::lock_guard lock(mutex_);
    return failure_ ? failure_->message() : std::string();
}

} // namespace beckon::transport::http
