// How a TLS stream reads: the handshake first, then records.
#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "io/memory_shortage.hpp"
#include "transport/tls/certificate.hpp"
#include "transport/tls/failure.hpp"
#include "transport/tls/stream.hpp"

namespace beckon::transport::tls {

using io::io_result;
using io::io_status;

namespace {
constexpr std::size_t read_bytes = 48u << 10;
/// Reads in one go, so that a peer whose records hold nothing leaves others their turns of the loop.
constexpr unsigned most_reads = 4;
constexpr std::byte handshake_record{22};
constexpr std::byte alert_record{21};
constexpr std::byte client_hello{1};
} // namespace

// --- The handshake ---

handshake stream::advance() noexcept {
    const std::lock_guard lock(mutex_);
    return io::unless_short_of_memory([&] { return go_on(); },
                                      [&] {
                                          if (!failure_) failure_ = io::no_memory_left();
                                          return handshake::failed;
                                      });
}

handshake stream::go_on() {
    std::array<std::byte, 4096> came;
    while (!failure_ && !closed_.load(std::memory_order_relaxed)) {
        ::ERR_clear_error();
        const int outcome = ::SSL_do_handshake(ssl_.get());
        if (outcome == 1) keep_rest(); // what follows the handshake is for the first read
        const int wants = outcome == 1 ? SSL_ERROR_NONE : ::SSL_get_error(ssl_.get(), outcome);
        if (outcome != 1 && wants != SSL_ERROR_WANT_READ) {
            error reason = explain(*side_);
            if (judgement_.refusal) reason = *judgement_.refusal;
            fail_with(std::move(reason));
            static_cast<void>(flush()); // the alert
            break;
        }
        const flushed sent = flush();
        if (sent == flushed::blocked) return handshake::wants_room;
        if (outcome == 1) return finish();
        const io_result got = below_->read(came);
        if (got.status == io_status::would_block && sent == flushed::all)
            return handshake::wants_input;
        if (got.status != io_status::ok) {
            error reason =
                got.status == io_status::failed
                    ? io::to_error(got, "greeting", peer_)
                    : fail(errc::disconnected, "peer ended the connection during the TLS handshake",
                           heard_ == 0 ? "; it may not speak TLS" : "");
            fail_with(std::move(reason));
            break;
        }
        const byte_view view = byte_view(came).first(got.size);
        if (!look_at_first(view)) break;
        wire_.in = view;
    }
    if (!failure_) fail_with(fail(errc::cancelled, "stream was closed during its handshake"));
    return handshake::failed;
}

/// A peer of something else is told apart by its first bytes, before OpenSSL takes memory for what they seem to announce.
bool stream::look_at_first(byte_view came) {
    const std::size_t before = heard_;
    heard_ += came.size();
    if (heard_ > most_handshake_bytes) {
        fail_with(fail(errc::limit_exceeded, "peer's TLS handshake has more than ", heard_ - 1,
                       " bytes; limit is ", most_handshake_bytes, " bytes"));
        return false;
    }
    if (before >= first_.size()) return true;
    const std::size_t part = std::min(came.size(), first_.size() - before);
    std::memcpy(first_.data() + before, came.data(), part);
    const byte_view first = byte_view(first_).first(before + part);
    const bool server = side_->plays() == role::server;
    const bool begins_well =
        (first[0] == handshake_record || (!server && first[0] == alert_record)) &&
        (first.size() < 2 || first[1] == std::byte{3});
    if (!begins_well) return refuse_first(first);
    // Type and length of the record, then of the message in it.
    if (!server || first.size() < 9) return true;
    const auto number = [&](std::size_t at) { return std::to_integer<std::size_t>(first[at]); };
    const std::size_t declared = number(6) << 16 | number(7) << 8 | number(8);
    if (first[5] == client_hello && declared <= most_hello_bytes) return true;
    if (first[5] != client_hello) return refuse_first(first);
    fail_with(fail(errc::limit_exceeded, "peer's TLS hello has ", declared, " bytes; limit is ",
                   most_hello_bytes, " bytes"));
    return false;
}

/// The peer is told in TLS's own words, which its own messages can make something of.
bool stream::refuse_first(byte_view first) {
    fail_with(not_tls(first));
    constexpr unsigned char protocol_version_alert[] = {0x15, 3, 1, 0, 2, 2, 70};
    const auto alert = std::as_bytes(std::span(protocol_version_alert));
    if (side_->plays() == role::server) wire_.out.assign(alert.begin(), alert.end());
    static_cast<void>(flush());
    return false;
}

handshake stream::finish() {
    established_ = true;
    X509* const shown = ::SSL_get0_peer_certificate(ssl_.get());
    if (shown == nullptr && side_->plays() == role::client && side_->chosen().verify) {
        // Some ciphers of 1.2 need none: whoever asks for them still does not mean everybody.
        established_ = false;
        fail_with(fail(errc::access_denied, "peer showed no certificate; expected one for ",
                       side_->chosen().name));
        return handshake::failed;
    }
    if (shown != nullptr && side_->chosen().verify) {
        auto who = identity_from(*shown);
        if (!who) {
            established_ = false;
            fail_with(std::move(who).error());
            return handshake::failed;
        }
        identity_ = std::move(who).value();
    }
    readiness_.show(has_input());
    return handshake::done;
}

// --- Records ---

io_result stream::read(std::span<std::byte> into) noexcept {
    return io::unless_short_of_memory([&] { return receive(into, nullptr); },
                                      [&] { return give_up(); });
}

io_result stream::read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept {
    return io::unless_short_of_memory([&] { return receive(into, &at_most); },
                                      [&] { return give_up(); });
}

/// Reads below once, or as long as there is room and more comes, and decrypts. Waits for the first bytes where `at_most`
/// is given.
io_result stream::receive(std::span<std::byte> into, const nanoseconds* at_most) {
    if (into.empty()) return {};
    std::size_t got = 0;
    {
        const std::lock_guard lock(mutex_);
        if (!closed_.load(std::memory_order_relaxed)) got = decrypt(into);
        if (got != 0 || read_ended_ || failure_ || closed_.load(std::memory_order_relaxed))
            return outcome(got);
    }
    std::array<std::byte, read_bytes> came;
    for (unsigned reads = 1;; ++reads) {
        // So much that it fits once decrypted, behind what OpenSSL may hold of a record, if there is room for that.
        const std::size_t room = into.size() - got;
        const std::size_t most = std::clamp(room, std::size_t(32) << 10, came.size());
        const auto part = std::span(came).first(most);
        const bool waits = at_most != nullptr && got == 0;
        const io_result below = waits ? below_->read_waiting(part, *at_most) : below_->read(part);
        const std::lock_guard lock(mutex_);
        if (below.status == io_status::would_block)
            return got != 0 ? outcome(got) : io_result{io_status::would_block, 0, 0};
        if (closed_.load(std::memory_order_relaxed)) return {io_status::end, 0, 0};
        if (below.status == io_status::ok) {
            wire_.in = byte_view(came).first(below.size);
        } else if (got != 0) {
            return outcome(got); // the next read finds it again
        } else if (below.status == io_status::failed) {
            return below;
        } else {
            fail_with(fail(errc::disconnected,
                           "peer ended the connection without close_notify, so what it sent last "
                           "may be missing"));
        }
        got += decrypt(into.subspan(got));
        keep_rest();
        const bool more = below.size == most && into.size() - got >= most;
        if (read_ended_ || failure_ || (got != 0 && !more)) return outcome(got);
        // A part of a record, or what is for TLS alone.
        if ((got == 0 && waits) || reads == most_reads) return outcome(got);
    }
}

bool stream::has_input() const noexcept {
    return !wire_.in.empty() || ::SSL_pending(ssl_.get()) > 0;
}

/// Decrypts what is here, as much as fits.
std::size_t stream::decrypt(std::span<std::byte> into) {
    std::size_t got = 0;
    // Where OpenSSL has nothing it is not asked: that costs as much as a small record.
    while (got < into.size() && !read_ended_ && !failure_ && has_input()) {
        ::ERR_clear_error();
        std::size_t size = 0;
        if (::SSL_read_ex(ssl_.get(), into.data() + got, into.size() - got, &size) == 1) {
            got += size;
            continue;
        }
        const int wants = ::SSL_get_error(ssl_.get(), 0);
        if (wants == SSL_ERROR_WANT_READ) break;
        if (wants == SSL_ERROR_ZERO_RETURN) {
            read_ended_ = true;
        } else {
            fail_with(explain(*side_));
        }
    }
    settle_output();
    return got;
}

/// What a read or write by this thread gives. REQUIRES: mutex_ is held.
io_result stream::outcome(std::size_t got) noexcept {
    const bool closed = closed_.load(std::memory_order_relaxed);
    readiness_.show(closed || read_ended_ || failure_ || has_input());
    if (got != 0) return {io_status::ok, got, 0};
    if (closed || read_ended_) return {io_status::end, 0, 0};
    if (failure_) return {io_status::failed, 0, EPROTO};
    return {io_status::would_block, 0, 0};
}

/// Keeps what OpenSSL has not taken of a buffer that goes away now.
void stream::keep_rest() {
    if (wire_.in.empty()) {
        if (!held_.empty()) bytes().swap(held_);
        return;
    }
    if (wire_.in.data() >= held_.data() && wire_.in.data() < held_.data() + held_.size()) return;
    held_.assign(wire_.in.begin(), wire_.in.end());
    wire_.in = held_;
}

} // namespace beckon::transport::tls
