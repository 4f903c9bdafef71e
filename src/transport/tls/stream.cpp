#include "transport/tls/stream.hpp"

#include <openssl/err.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "io/memory_shortage.hpp"
#include "io/os_error.hpp"
#include "transport/tls/failure.hpp"

namespace beckon::transport::tls {

using io::io_result;
using io::io_status;

namespace {

constexpr std::size_t record_bytes = 16u << 10; ///< Plain bytes that one record holds at most.
constexpr std::size_t batch_bytes = 4 * record_bytes; ///< Encrypted before they are sent.
constexpr std::size_t most_unsent_by_reader = 64u << 10;
constexpr std::size_t most_kept = 8u
                                  << 10; ///< Of a buffer, by a connection that has nothing to send.
constexpr std::size_t record_overhead = 64; ///< At most, of those that OpenSSL makes.

/// "tcp://127.0.0.1:7000" is "tls://127.0.0.1:7000".
std::string named(const std::string& below) {
    const std::size_t colon = below.find(':');
    return colon == std::string::npos ? "tls:" + below : "tls" + below.substr(colon);
}

} // namespace

result<std::unique_ptr<stream>> stream::create(std::shared_ptr<const side> own,
                                               std::unique_ptr<io::byte_stream> below,
                                               std::uint64_t renew_after) {
    static_cast<void>(io::no_memory_left()); // made while there is some
    auto ready = io::readiness::create();
    const std::string whom = concat("TLS with ", below->peer_name());
    if (!ready) return std::move(ready).error().note(whom);
    if (const int number = ready->watch(below->read_descriptor(), EPOLLIN); number != 0)
        return io::os_fail(errc::io_error, number, "cannot wait for ", whom);
    std::unique_ptr<stream> made(
        new stream(std::move(own), std::move(below), std::move(*ready), renew_after));
    BIO* const bio = make_bio(made->wire_);
    made->ssl_.reset(::SSL_new(made->side_->context()));
    if (!made->ssl_ || bio == nullptr) {
        ::BIO_free(bio);
        return fail(errc::io_error, "OpenSSL gives no connection: ", take_reason());
    }
    ::SSL_set_bio(made->ssl_.get(), bio, bio);
    made->judgement_.judges = made->side_.get();
    BECKON_TRY(prepare(*made->ssl_, made->judgement_));
    if (made->side_->plays() == role::server) {
        ::SSL_set_accept_state(made->ssl_.get());
    } else {
        ::SSL_set_connect_state(made->ssl_.get());
    }
    return made;
}

stream::stream(std::shared_ptr<const side> own, std::unique_ptr<io::byte_stream> below,
               io::readiness ready, std::uint64_t renew_after)
    : side_(std::move(own)), below_(std::move(below)), peer_(named(below_->peer_name())),
      renew_after_(renew_after), readiness_(std::move(ready)) {}

stream::~stream() { stream::close(); }

// --- Sending ---

/// Sends what is encrypted, as much as fits.
stream::flushed stream::flush() noexcept {
    while (lost_ == 0 && !wire_.unsent().empty()) {
        const byte_view rest = wire_.unsent();
        const io_result wrote = below_->write({&rest, 1});
        if (wrote.status == io_status::would_block) return flushed::blocked;
        if (wrote.status != io_status::ok) {
            lost_ = wrote.os_error != 0 ? wrote.os_error : EPIPE;
        } else {
            wire_.sent += wrote.size;
        }
    }
    wire_.sent = 0;
    if (wire_.out.capacity() > most_kept) bytes().swap(wire_.out);
    wire_.out.clear();
    return lost_ == 0 ? flushed::all : flushed::failed;
}

/// What a reader has caused to be sent (answers to new keys, alerts), and what could not leave before.
void stream::settle_output() {
    if (!wire_.unsent().empty() && flush() == flushed::blocked &&
        wire_.unsent().size() > most_unsent_by_reader + 2 * batch_bytes) {
        fail_with(fail(
            errc::limit_exceeded, "peer asks for new keys and takes none: ", wire_.unsent().size(),
            " bytes wait; limit is ", most_unsent_by_reader + 2 * batch_bytes, " bytes"));
    }
    if (write_ended_ && !told_below_ && wire_.unsent().empty()) {
        told_below_ = true;
        below_->shutdown_write();
    }
}

io_result stream::write(std::span<const byte_view> gathered) noexcept {
    return io::unless_short_of_memory([&] { return send(gathered); }, [&] { return give_up(); });
}

/// Nothing is to be made any more of what there is no memory for: records that are lost leave no sense in the next ones.
io_result stream::give_up() noexcept {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = io::no_memory_left();
    wire_.in = {}; // whose bytes may have gone
    readiness_.show(true);
    return io::failed_for_memory;
}

io_result stream::send(std::span<const byte_view> gathered) {
    std::array<byte_view, io::max_gathered> views;
    std::size_t count = 0;
    std::size_t total = 0;
    for (const byte_view view : gathered) {
        if (view.empty()) continue;
        if (count == views.size()) break;
        views[count++] = view;
        total += view.size();
    }
    if (total == 0) return {};
    const std::lock_guard lock(mutex_);
    for (std::size_t taken = 0;;) {
        if (closed_.load(std::memory_order_relaxed) || write_ended_ || !established_)
            return {io_status::failed, 0, EPIPE};
        if (failure_) return {io_status::failed, 0, EPROTO};
        const flushed done = flush();
        if (done == flushed::failed) return {io_status::failed, 0, lost_};
        if (done == flushed::blocked)
            return {taken != 0 ? io_status::ok : io_status::would_block, taken, 0};
        // What is encrypted counts as taken once it has left: so whoever writes comes back for it.
        const std::size_t gone = std::min(owed_, total - taken);
        owed_ -= gone;
        taken += gone;
        if (taken == total) return {io_status::ok, taken, 0};
        owed_ = encrypt(std::span(views).first(count), taken);
    }
}

/// Encrypts the next batch behind the first `skip` bytes. On an error sets failure_ and says 0.
std::size_t stream::encrypt(std::span<const byte_view> views, std::size_t skip) {
    std::array<std::byte, record_bytes> joined;
    std::size_t filled = 0;
    std::size_t size = 0;
    const auto leave = [&](byte_view plain) { return plain.empty() || encrypt_one(plain); };
    for (byte_view view : views) {
        const std::size_t passed = std::min(skip, view.size());
        skip -= passed;
        view = view.subspan(passed);
        view = view.first(std::min(view.size(), batch_bytes - size));
        size += view.size();
        while (!view.empty()) {
            // Small views share a record; a large one needs no copy.
            if (apart_ || views.size() == 1 || (filled == 0 && view.size() >= joined.size())) {
                if (!leave(view)) return 0;
                break;
            }
            const byte_view part = view.first(std::min(view.size(), joined.size() - filled));
            std::memcpy(joined.data() + filled, part.data(), part.size());
            filled += part.size();
            view = view.subspan(part.size());
            if (filled != joined.size()) continue;
            if (!leave(joined)) return 0;
            filled = 0;
        }
    }
    return leave(std::span(joined).first(filled)) ? size : 0;
}

bool stream::encrypt_one(byte_view plain) {
    ::ERR_clear_error();
    if (renewed_ >= renew_after_ && ::SSL_version(ssl_.get()) == TLS1_3_VERSION) {
        renewed_ = 0;
        ::SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
    }
    renewed_ += plain.size();
    wire_.out.reserve(wire_.out.size() + plain.size() +
                      (plain.size() / record_bytes + 1) * record_overhead);
    std::size_t written = 0;
    if (::SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written) == 1) return true;
    fail_with(explain(*side_));
    return false;
}

// --- Ending ---

void stream::fail_with(error reason) {
    if (failure_) return;
    ended_how_ = reason.message();
    failure_ = std::move(reason);
}

/// Tells the peer by close_notify that no more follows, so that it can tell the end from a cut.
void stream::end_writing() {
    if (std::exchange(write_ended_, true)) return;
    ::ERR_clear_error();
    if (established_ && !failure_) ::SSL_shutdown(ssl_.get());
    settle_output();
}

void stream::shutdown_write() noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_.load(std::memory_order_relaxed)) return;
    io::unless_short_of_memory([&] { end_writing(); }, [] {});
}

void stream::close() noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_.load(std::memory_order_relaxed)) return;
    // Where the peer takes nothing just now it gets no close_notify, and will know that it was cut off.
    io::unless_short_of_memory([&] { end_writing(); }, [] {});
    closed_.store(true);
    below_->close();
}

std::string stream::exit_description() const {
    std::string below = below_->exit_description();
    const std::lock_guard lock(mutex_);
    if (ended_how_.empty()) return below;
    return below.empty() ? ended_how_ : concat(ended_how_, "; ", below);
}

bool stream::was_refused() const {
    const std::lock_guard lock(mutex_);
    return failure_ && failure_->code() == errc::access_denied;
}

std::string stream::agreed_protocol() const {
    const std::lock_guard lock(mutex_);
    const unsigned char* name = nullptr;
    unsigned size = 0;
    ::SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

} // namespace beckon::transport::tls
