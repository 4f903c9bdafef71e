#include "naming/rpyc_registry/server_core.hpp"

#include <cerrno>
#include <utility>

#include "beckon/object/exception.hpp"
#include "io/os_error.hpp"
#include "io/socket_address.hpp"
#include "io/socket_stream.hpp"
#include "naming/rpyc_registry/packets.hpp"

namespace beckon::naming::rpyc_registry {

namespace {

/// Datagrams or connections that one turn takes before it lets the loop do something else.
constexpr int most_in_a_turn = 64;

/// Its streams are named by the peer's host alone: under that name services are registered.
class tcp_listener final : public io::socket_listener {
public:
    using socket_listener::socket_listener;

private:
    std::unique_ptr<io::byte_stream> adopt(io::descriptor connection,
                                           const sockaddr_storage& peer) override {
        io::socket_address from;
        from.storage = peer;
        return std::make_unique<io::socket_stream>(std::move(connection), from.host(), false);
    }
};

} // namespace

visitor::visitor(intrusive_ptr<server_core> home,
                 std::unique_ptr<io::byte_stream> connection) noexcept
    : core(std::move(home)), stream(std::move(connection)) {}
visitor::~visitor() = default;

void visitor::on_ready(bool, bool) noexcept {
    // Being dismissed may drop all other references, to the core as well.
    const intrusive_ptr<visitor> alive(this);
    core->serve(*this);
}

server_core::server_core(io::event_loop& loop, const server_options& options)
    : loop_(loop), options_(options),
      table_({options.prune_after, options.max_registrations_per_host, options.max_registrations}) {
}
server_core::~server_core() = default;

result<void> server_core::open(io::descriptor socket) {
    const std::lock_guard lock(mutex_);
    if (options_.transport == transport::tcp) {
        io::endpoint local;
        local.transport = "tcp";
        local.slashes = true;
        local.address = options_.host;
        listener_ =
            std::make_unique<tcp_listener>(std::move(socket), std::move(local), *options_.log);
    } else {
        socket_ = std::move(socket);
    }
    const int watched = listener_ ? listener_->descriptor() : socket_.get();
    BECKON_ASSIGN(watch_,
                  loop_.watch(watched, io::interest::read, intrusive_ptr<io::watcher>(this)));
    return {};
}

void server_core::close() noexcept {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    loop_.unwatch(watch_);
    static_cast<void>(loop_.cancel(pause_));
    while (!visitors_.empty()) dismiss(*visitors_.front());
    if (listener_) listener_->close();
    listener_.reset();
    socket_.reset();
}

void server_core::on_ready(bool, bool) noexcept {
    std::unique_lock lock(mutex_);
    if (closed_) return;
    if (listener_) {
        accept_connections();
    } else {
        answer_datagrams();
    }
    tell(std::move(lock));
}

/// What the program does with it is its own affair: without the lock.
void server_core::tell(std::unique_lock<std::mutex> lock) noexcept {
    const std::vector<table_event> events = table_.take_events();
    lock.unlock();
    for (const table_event& each : events) {
        const auto& told = each.added ? options_.on_service_added : options_.on_service_removed;
        if (!told) continue;
        try {
            told(each.name, each.where);
        } catch (...) {
            options_.log->write(log_level::error, "BKN-REGISTRY-HOOK",
                                concat(each.added ? "on_service_added" : "on_service_removed",
                                       " failed for ", each.name, ": ",
                                       error_of_current_exception().to_string()));
        }
    }
}

void server_core::log_ignored(const std::string& host, const error& why) const {
    if (!options_.log->wants(log_level::debug)) return;
    options_.log->write(log_level::debug, "BKN-REGISTRY-IGNORED",
                        concat("request from ", host, " got no answer: ", why.to_string()));
}

result<buffer> server_core::answer_to(byte_view packet, const std::string& host) {
    answer_options how;
    how.allow_listing = options_.allow_listing;
    if (!listener_) how.max_list_bytes = max_list_reply_bytes;
    return answer(table_, packet, host, loop_.clock().now(), how);
}

void server_core::answer_datagrams() {
    for (int taken = 0; taken < most_in_a_turn; ++taken) {
        io::socket_address from;
        const ssize_t size = ::recvfrom(socket_.get(), packet_.data(), packet_.size(), MSG_DONTWAIT,
                                        from.get(), &from.size);
        // Else an error is that of an answer whose reader had gone: read(2) hands it on once.
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (size < 0) continue;
        const std::string host = from.host();
        const auto reply =
            answer_to(byte_view(packet_).first(static_cast<std::size_t>(size)), host);
        if (!reply) {
            log_ignored(host, reply.error());
            continue;
        }
        // One that cannot be sent now is lost, as datagrams may be.
        static_cast<void>(::sendto(socket_.get(), reply->data(), reply->size(),
                                   MSG_DONTWAIT | MSG_NOSIGNAL, from.get(), from.size));
    }
}

void server_core::pause_accepting() {
    // The connection stays in the queue and the descriptor readable: without a pause the loop would spin.
    if (!loop_.change(watch_, io::interest::none)) return;
    const time_point then = deadline_after(loop_.clock().now(), io::retry_accept_after);
    pause_ = loop_.schedule_at(then, [self = intrusive_ptr<server_core>(this)] {
        const std::lock_guard lock(self->mutex_);
        if (!self->closed_) {
            static_cast<void>(self->loop_.change(self->watch_, io::interest::read));
        }
    });
}

void server_core::accept_connections() {
    for (int taken = 0; taken < most_in_a_turn; ++taken) {
        auto accepted = listener_->accept();
        if (!accepted) {
            if (accepted.error().code() == errc::overloaded) return pause_accepting();
            options_.log->write(log_level::error, "BKN-REGISTRY-LISTENER",
                                accepted.error().to_string());
            loop_.unwatch(watch_);
            return;
        }
        if (*accepted == nullptr) return;
        welcome(*std::move(accepted));
    }
}

void server_core::welcome(std::unique_ptr<io::byte_stream> connection) {
    // Whoever says nothing makes room for those that come after.
    if (visitors_.size() >= options_.max_connections && !visitors_.empty()) {
        dismiss(*visitors_.front());
    }
    const auto who = make_counted<visitor>(intrusive_ptr<server_core>(this), std::move(connection));
    auto watch = loop_.watch(who->stream->read_descriptor(), io::interest::read, who);
    if (!watch) return log_ignored(who->stream->peer_name(), watch.error());
    who->watch = *watch;
    who->timer =
        loop_.schedule_at(deadline_after(loop_.clock().now(), options_.read_within), [who] {
            const std::lock_guard lock(who->core->mutex_);
            who->core->dismiss(*who);
        });
    visitors_.push_back(who);
}

void server_core::dismiss(visitor& who) noexcept {
    if (!who.watch) return;
    loop_.unwatch(std::exchange(who.watch, {}));
    static_cast<void>(loop_.cancel(who.timer));
    who.stream->close();
    visitors_.remove(intrusive_ptr<visitor>(&who));
}

void server_core::serve(visitor& from) noexcept {
    std::unique_lock lock(mutex_);
    if (!from.watch) return;
    const io::io_result read =
        from.stream->read(std::span<std::byte>(from.request).subspan(from.size));
    if (read.status == io::io_status::would_block) return;
    from.size += read.size;
    const byte_view packet = byte_view(from.request).first(from.size);
    const bool more_may_come = read.status == io::io_status::ok && from.size < from.request.size();
    if (more_may_come && !is_whole(packet)) return; // The rest of it, in time.
    const std::string host = from.stream->peer_name();
    const auto reply = answer_to(packet, host);
    if (reply) {
        // A new socket's buffer takes a whole reply.
        const byte_view whole[] = {reply->view()};
        static_cast<void>(from.stream->write(whole));
    } else {
        log_ignored(host, reply.error());
    }
    dismiss(from);
    tell(std::move(lock));
}

} // namespace beckon::naming::rpyc_registry
