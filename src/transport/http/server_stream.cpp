#include "transport/http/server_stream.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log_thinning.hpp"
#include "io/memory_shortage.hpp"
#include "io/os_error.hpp"

namespace beckon::transport::http {

using io::io_result;
using io::io_status;

namespace {

constexpr std::size_t batch_bytes = 64u << 10;
// Reads, and steps on the way to a request, in one go: so that a client that floods leaves others their turns of the loop.
constexpr unsigned most_reads = 4;
constexpr unsigned most_steps = 32;

std::string named(const std::string& below) {
    const std::size_t colon = std::min(below.find(':'), below.size());
    return concat(below.substr(0, colon) == "tls" ? "https" : "http", below.substr(colon));
}

} // namespace

result<std::unique_ptr<io::byte_stream>>
server_stream::create(std::shared_ptr<const server_rules> rules,
                      std::unique_ptr<io::byte_stream> below) {
    auto ready = io::readiness::create();
    const std::string whom = concat("HTTP with ", below->peer_name());
    if (!ready) return std::move(ready).error().note(whom);
    io::descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!timer) return io::os_fail(errc::io_error, errno, "cannot make a timer for ", whom);
    if (const int number = ready->watch(timer.get(), EPOLLIN); number != 0)
        return io::os_fail(errc::io_error, number, "cannot wait for ", whom);
    std::unique_ptr<server_stream> made(
        new server_stream(std::move(rules), std::move(below), std::move(*ready), std::move(timer)));
    made->enter(stage::idle);
    made->watch();
    if (made->broken_ != 0)
        return io::os_fail(errc::io_error, made->broken_, "cannot wait for ", whom);
    return std::unique_ptr<io::byte_stream>(std::move(made));
}

server_stream::server_stream(std::shared_ptr<const server_rules> rules,
                             std::unique_ptr<io::byte_stream> below, io::readiness ready,
                             io::descriptor timer)
    : rules_(std::move(rules)), below_(std::move(below)), timer_(std::move(timer)),
      peer_(named(below_->peer_name())), readiness_(std::move(ready)) {}

server_stream::~server_stream() { server_stream::close(); }

// --- Requests ---

io_result server_stream::read(std::span<std::byte> into) noexcept {
    if (into.empty()) return {};
    const auto work = [&] {
        std::vector<std::string> refusals;
        io_result outcome;
        {
            const std::lock_guard lock(mutex_);
            outcome = take(into);
            watch();
            refusals.swap(refusals_);
        }
        for (const std::string& each : refusals)
            rules_->log->write(log_level::warning, "BKN-HTTP-REFUSED", each);
        return outcome;
    };
    return io::unless_short_of_memory(work, [&] { return give_up(); });
}

/// What was to be made of this has no memory, and what follows it no meaning.
io_result server_stream::give_up() noexcept {
    const std::lock_guard lock(mutex_);
    broken_ = ENOMEM;
    watch();
    return io::failed_for_memory;
}

io_result server_stream::take(std::span<std::byte> into) {
    std::array<std::byte, 16u << 10> came;
    flush_own();
    has_more_ = false;
    unsigned reads = 0;
    for (unsigned steps = 0;;) {
        if (broken_ != 0) return {io_status::failed, 0, broken_};
        if (closed_ || stage_ == stage::over) return {io_status::end, 0, 0};
        if (held_at_ != held_.size()) {
            const std::size_t size = std::min(into.size(), held_.size() - held_at_);
            std::memcpy(into.data(), held_.data() + held_at_, size);
            held_at_ += size;
            if (held_at_ == held_.size()) {
                held_at_ = 0;
                held_.free();
            }
            return {io_status::ok, size, 0};
        }
        if (stage_ == stage::answering) break;
        if (steps == most_steps) {
            has_more_ = !raw_.empty();
            break;
        }
        if (go_on()) {
            ++steps;
            if (out_.size() - sent_ <= batch_bytes) continue;
            flush_own();
            if (!owes_own()) continue;
            ended_how_ = "it asks and takes no answers";
            enter(stage::over);
            continue;
        }
        if (reads == most_reads) break;
        ++reads;
        const io_result got = below_->read(came);
        if (got.status == io_status::would_block) break;
        if (got.status == io_status::ok) {
            if (stage_ != stage::draining) raw_.append(byte_view(came).first(got.size));
            continue;
        }
        if (stage_ == stage::head || stage_ == stage::body)
            ended_how_ = "it ended within an HTTP request";
        enter(stage::over);
    }
    look_at_time();
    return {stage_ == stage::over ? io_status::end : io_status::would_block, 0, 0};
}

/// Whether bytes of this transport's own wait, for which nobody comes back but `read`.
bool server_stream::owes_own() const noexcept { return sent_ != out_.size() && owed_ == 0; }

void server_stream::flush_own() {
    if (!owes_own()) return;
    static_cast<void>(flush());
    if (lost_ != 0) enter(stage::over);
}

/// Makes something of what has come; false where that takes more.
bool server_stream::go_on() {
    if (raw_.empty() || stage_ == stage::draining) return false;
    if (stage_ != stage::body && !skipped_line_ && as_text(raw_.view()).starts_with("\r\n")) {
        // Some end a body with a line of their own (RFC 9112, section 2.2): it begins no request.
        skipped_line_ = true;
        raw_.consume(2);
        enter(stage::idle);
        return true;
    }
    if (stage_ == stage::body) {
        byte_view left = raw_.view();
        const auto took = body_.take(left);
        raw_.consume(raw_.size() - left.size());
        if (!took) {
            keeps_ = false;
            respond(took.error().code() == errc::limit_exceeded ? 413 : 400, "",
                    took.error().message());
            return true;
        }
        if (!body_.done()) return false;
        give_content();
        return true;
    }
    if (stage_ == stage::idle) enter(stage::head);
    const auto read = beckon::http::read_request_head(raw_.view());
    if (!read) {
        keeps_ = false;
        cors_.clear();
        respond(beckon::http::status_for(read.error()), "", read.error().message());
        return true;
    }
    if (!*read) return false;
    const std::size_t size = (*read)->bytes;
    begin_request(**read);
    raw_.consume(size);
    return true;
}

void server_stream::begin_request(const head& request) {
    skipped_line_ = false;
    is_old_ = request.minor == 0;
    keeps_ =
        is_old_ ? request.lists("connection", "keep-alive") : !request.lists("connection", "close");
    cors_.clear();
    const std::string_view* const origin = request.find("origin");
    if (origin != nullptr && request.count("origin") == 1 && rules_->cors.lists(*origin))
        cors_ = concat("Access-Control-Allow-Origin: ", *origin, "\r\nVary: Origin\r\n");
    const auto plan = plan_of_request(request);
    if (!plan) {
        keeps_ = false;
        return respond(plan.error().code() == errc::unsupported ? 501 : 400, "",
                       plan.error().message());
    }
    unsigned status = 0;
    std::string more;
    const std::string wrong = why_not(request, *plan, status, more);
    if (status != 0) {
        // What follows of a body is not worth reading.
        if (plan->kind != body_kind::none) keeps_ = false;
        return respond(status, more, wrong, request.method != "HEAD");
    }
    if (const auto begun = body_.begin(*plan, rules_->max_message_bytes); !begun) {
        keeps_ = false;
        return respond(413, "", begun.error().message());
    }
    if (!is_old_ && request.find("expect") != nullptr && raw_.size() == request.bytes) {
        out_.append(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"));
        flush_own();
        if (stage_ == stage::over) return;
    }
    enter(stage::body);
    if (body_.done()) give_content();
}

/// Status and text that answer what is no request for the protocol; 0 where it is one.
std::string server_stream::why_not(const head& request, const body_plan& plan, unsigned& status,
                                   std::string& more) const {
    const auto refuse = [&](unsigned with, auto&&... parts) {
        status = with;
        return concat(parts...);
    };
    if (request.path != rules_->path) {
        return refuse(404, "peer asked for ", quoted(request.path), "; there are objects at ",
                      rules_->path, " only");
    }
    if (!rules_->cors.allows(request)) {
        return refuse(403, "peer is a page of ", quoted(*request.find("origin")),
                      ", whose pages may not call (cors)");
    }
    if (request.method == "OPTIONS" && !cors_.empty() &&
        request.find("access-control-request-method") != nullptr) {
        more = "Access-Control-Allow-Methods: POST\r\nAccess-Control-Allow-Headers: Content-Type, "
               "Authorization\r\nAccess-Control-Max-Age: 600\r\n";
        return refuse(204);
    }
    if (request.method != "POST") {
        more = "Allow: POST\r\n";
        return refuse(405, "peer sent ", request.method, "; expected POST with a JSON body");
    }
    const std::string_view* const type = request.find("content-type");
    const std::string_view given = type == nullptr ? std::string_view() : *type;
    const std::string_view media = given.substr(0, given.find_first_of("; \t"));
    bool fits = false;
    for (const std::string_view each :
         {"application/json", "application/json-rpc", "application/jsonrequest"})
        fits = fits || beckon::http::same_in_any_case(media, each);
    const std::string_view* const coding = request.find("content-encoding");
    if (!fits || (coding != nullptr && *coding != "identity")) {
        return refuse(415, "peer sent ", coding != nullptr ? quoted(*coding) : quoted(given),
                      "; expected application/json as it is");
    }
    if (plan.kind == body_kind::none)
        return refuse(411, "peer sent no Content-Length; expected a JSON body");
    const std::string_view* const expects = request.find("expect");
    if (expects != nullptr && !beckon::http::same_in_any_case(*expects, "100-continue"))
        return refuse(417, "peer expects ", quoted(*expects), "; expected 100-continue alone");
    return {};
}

void server_stream::give_content() {
    buffer& content = body_.content();
    std::byte size[4];
    for (std::size_t i = 0; i < 4; ++i) size[i] = static_cast<std::byte>(content.size() >> (8 * i));
    held_.append(size);
    held_.append(content.view());
    content.free();
    enter(stage::answering);
}

/// An answer of this transport's own. `has_body`: else the log alone is told the text.
void server_stream::respond(unsigned status, std::string_view more, std::string_view text,
                            bool has_body) {
    if (status >= 400) {
        const std::uint64_t number = ++rules_->refused;
        if (is_told(number) && rules_->log->wants(log_level::warning)) {
            refusals_.push_back(
                concat("request from ", peer_, " answered with ", status, ": ", text,
                       note_on_thinning(number, "request refused at this listener")));
        }
    }
    const std::string_view stays = keeps_ && is_old_ ? "Connection: keep-alive\r\n" : "";
    out_.append(as_bytes(beckon::http::response_text(status, concat(cors_, more, stays),
                                                     has_body ? text : "", !keeps_)));
    answered();
    flush_own();
}

// --- Answers ---

io_result server_stream::write(std::span<const byte_view> gathered) noexcept {
    std::size_t total = 0;
    for (const byte_view each : gathered) total += each.size();
    if (total == 0) return {};
    const auto work = [&] {
        const std::lock_guard lock(mutex_);
        const io_result outcome = send(gathered);
        if (lost_ != 0)
            enter(
                stage::over); // the input, which is not read while an answer is owed, tells nobody
        watch();
        return outcome;
    };
    return io::unless_short_of_memory(work, [&] { return give_up(); });
}

io_result server_stream::send(std::span<const byte_view> gathered) {
    std::size_t total = 0;
    for (const byte_view each : gathered) total += each.size();
    std::size_t taken = 0;
    for (;;) {
        if (closed_) return {io_status::failed, 0, EPIPE};
        if (broken_ != 0) return {io_status::failed, 0, broken_};
        if (!flush()) {
            if (lost_ != 0) return {io_status::failed, 0, lost_};
            return {taken != 0 ? io_status::ok : io_status::would_block, taken, 0};
        }
        const std::size_t gone = std::min(owed_, total - taken);
        owed_ -= gone;
        taken += gone;
        if (taken == total) return {io_status::ok, taken, 0};
        std::size_t skip = taken;
        byte_view next;
        for (const byte_view each : gathered) {
            if (skip < each.size()) {
                next = each.subspan(skip);
                break;
            }
            skip -= each.size();
        }
        if (!put(next, owed_)) {
            ended_how_ = "a message was written to an HTTP client that had asked nothing";
            return {io_status::failed, 0, EPROTO};
        }
    }
}

/// Appends what a part of an answer, its size before it, becomes. False where nobody has asked.
bool server_stream::put(byte_view view, std::size_t& taken) {
    if (stage_ != stage::answering) return false;
    std::size_t used = 0;
    while (size_bytes_ < sizeof size_ && used < view.size()) size_[size_bytes_++] = view[used++];
    if (used != 0 && size_bytes_ == sizeof size_) {
        left_ = 0;
        for (std::size_t i = sizeof size_; i-- > 0;)
            left_ = left_ << 8 | std::to_integer<std::size_t>(size_[i]);
        std::string text =
            concat("HTTP/1.1 ", left_ == 0 ? "204 No Content" : "200 OK", "\r\n", cors_);
        if (left_ != 0)
            text += concat("Content-Type: application/json\r\nContent-Length: ", left_, "\r\n");
        if (!keeps_) {
            text += "Connection: close\r\n";
        } else if (is_old_) {
            text += "Connection: keep-alive\r\n";
        }
        out_.append(as_bytes(text + "\r\n"));
    }
    if (size_bytes_ == sizeof size_) {
        const std::size_t part = std::min({left_, view.size() - used, batch_bytes});
        out_.append(view.subspan(used, part));
        used += part;
        left_ -= part;
        if (left_ == 0) answered();
    }
    taken = used;
    return true;
}

/// The whole answer is in `out_`.
void server_stream::answered() {
    size_bytes_ = 0;
    if (keeps_) return enter(stage::idle);
    ends_ = true;
    enter(stage::draining);
}

/// Sends what there is; whether all has left.
bool server_stream::flush() noexcept {
    while (lost_ == 0 && sent_ != out_.size()) {
        const byte_view rest = out_.view().subspan(sent_);
        const io_result wrote = below_->write({&rest, 1});
        if (wrote.status == io_status::would_block) return false;
        if (wrote.status != io_status::ok) {
            lost_ = wrote.os_error != 0 ? wrote.os_error : EPIPE;
        } else {
            sent_ += wrote.size;
        }
    }
    if (lost_ != 0) return false;
    sent_ = 0;
    if (out_.capacity() > batch_bytes) out_.free();
    out_.clear();
    if (ends_ && !std::exchange(told_below_, true)) {
        below_->shutdown_write();
        if (stage_ == stage::draining) set_timer(rules_->drains_for);
    }
    return true;
}

// --- Ending ---

void server_stream::shutdown_write() noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_ || stage_ == stage::over) return;
    ends_ = true;
    keeps_ = false;
    if (stage_ != stage::answering) enter(stage::draining);
    static_cast<void>(flush());
    watch();
}

void server_stream::close() noexcept {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    static_cast<void>(flush());
    below_->close();
    watch();
}

std::string server_stream::exit_description() const {
    std::string below = below_->exit_description();
    const std::lock_guard lock(mutex_);
    if (ended_how_.empty()) return below;
    return below.empty() ? ended_how_ : concat(ended_how_, "; ", below);
}

} // namespace beckon::transport::http
