#include "beckon/naming/announcer/announcer.hpp"

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <mutex>
#include <utility>

#include "io/datagram_socket.hpp"
#include "naming/announcer/lines.hpp"

namespace beckon::naming::announcer {

class announcer::core final : public io::watcher {
public:
    core(io::event_loop& loop, const announcer_options& options, io::descriptor socket, bytes line)
        : loop_(loop), options_(options), socket_(std::move(socket)),
          description_(options.description), line_(std::move(line)),
          allowed_(options.max_answers_per_second, loop.clock().now()) {}

    result<void> open() {
        BECKON_ASSIGN(watch_, loop_.watch(socket_.get(), io::interest::read,
                                          intrusive_ptr<io::watcher>(this)));
        return {};
    }
    void close() noexcept {
        if (!closed_.exchange(true)) loop_.unwatch(watch_);
    }
    result<void> describe(const value& description) {
        BECKON_ASSIGN(bytes line, advertise_line(description));
        const std::lock_guard lock(mutex_);
        description_ = description;
        line_ = std::move(line);
        return {};
    }
    void on_ready(bool, bool) noexcept override {
        // So many in one go, so that others on the loop get their turns.
        for (int i = 0; i < 64 && !closed_; ++i) {
            std::array<std::byte, 2048> into;
            io::socket_address from;
            const ssize_t size = ::recvfrom(socket_.get(), into.data(), into.size(), MSG_DONTWAIT,
                                            from.get(), &from.size);
            if (size < 0) return;
            answer(from, byte_view(into).first(static_cast<std::size_t>(size)));
        }
    }

private:
    void answer(const io::socket_address& to, byte_view content) noexcept {
        try {
            const heard asked = read_datagram(content);
            for (const value& filter : asked.filters) {
                // The program's judge is asked without the lock: it may change the description.
                if (options_.accepts && !options_.accepts(filter)) continue;
                const std::lock_guard lock(mutex_);
                if (!options_.accepts && !fits(filter, description_)) continue;
                if (!allowed_.take(loop_.clock().now())) {
                    if (!std::exchange(told_, true)) {
                        options_.log->write(log_level::warning, "BKN-ANNOUNCE-BUSY",
                                            concat("more is sought than may be answered in a "
                                                   "second: ",
                                                   options_.max_answers_per_second,
                                                   " (max_answers_per_second)"));
                    }
                    return;
                }
                static_cast<void>(::sendto(socket_.get(), line_.data(), line_.size(),
                                           MSG_DONTWAIT | MSG_NOSIGNAL, to.get(), to.size));
                return; // one answer for a datagram
            }
        } catch (...) {
            options_.log->write(log_level::warning, "BKN-ANNOUNCE-FAILED",
                                concat("a seeker at ", to.host(),
                                       " was not answered: the filter's judge has failed"));
        }
    }

    io::event_loop& loop_;
    const announcer_options options_;
    const io::descriptor socket_;
    io::watch_id watch_{};
    std::atomic<bool> closed_{false};
    std::mutex mutex_;
    value description_;
    bytes line_;
    allowance allowed_;
    bool told_ = false;
};

announcer::announcer(intrusive_ptr<core> inside, std::uint16_t port) noexcept
    : core_(std::move(inside)), port_(port) {}
announcer::~announcer() { close(); }
void announcer::close() noexcept { core_->close(); }
result<void> announcer::describe(const value& description) { return core_->describe(description); }

result<std::unique_ptr<announcer>> announcer::start(io::event_loop& loop,
                                                    const announcer_options& options) {
    BECKON_ASSIGN(bytes line, advertise_line(options.description));
    BECKON_ASSIGN(io::descriptor socket,
                  io::open_shared_port(options.port, concat("udp:", options.port)));
    const std::uint16_t port = io::bound_address(socket).port();
    auto inside = make_counted<core>(loop, options, std::move(socket), std::move(line));
    BECKON_TRY(inside->open());
    return std::unique_ptr<announcer>(new announcer(std::move(inside), port));
}

} // namespace beckon::naming::announcer
