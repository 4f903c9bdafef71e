#include "service/handshakes.hpp"

#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#include "beckon/object/exception.hpp"

namespace beckon {

struct handshakes::work {
    std::thread thread;
    std::unique_ptr<io::byte_stream> stream;
    bool done = false;
};

struct handshakes::core {
    std::mutex mutex;
    std::list<work> all;
    bool stopped = false;

    void run(work& self, io::byte_stream& stream, const connection_authenticator& decides,
             nanoseconds within, decided& then);
};

handshakes::handshakes() : core_(std::make_shared<core>()) {}

bool handshakes::start(std::unique_ptr<io::byte_stream>& stream,
                       const connection_authenticator& decides, nanoseconds within, decided then) {
    const std::lock_guard lock(core_->mutex);
    if (core_->stopped) return false;
    std::erase_if(core_->all, [](work& each) {
        // It has nothing left to do. After stop() somebody has waited for it already.
        if (each.done && each.thread.joinable()) each.thread.join();
        return each.done;
    });
    work& mine = core_->all.emplace_back();
    mine.stream = std::move(stream);
    try {
        mine.thread = std::thread(
            [kept = core_, &mine, raw = mine.stream.get(), decides, within,
             then = std::move(then)]() mutable { kept->run(mine, *raw, decides, within, then); });
        return true;
    } catch (const std::system_error&) {
        stream = std::move(mine.stream);
        core_->all.pop_back();
        return false;
    }
}

void handshakes::core::run(work& self, io::byte_stream& stream,
                           const connection_authenticator& decides, nanoseconds within,
                           decided& then) {
    result<std::string> who = fail(errc::internal, "nothing was decided");
    try {
        raw_connection offered(stream, deadline_after(steady_clock_source().now(), within));
        who = decides(offered);
    } catch (...) {
        who = error_of_current_exception();
    }
    std::unique_ptr<io::byte_stream> given;
    {
        const std::lock_guard lock(mutex);
        given = std::move(self.stream);
        if (stopped) who = fail(errc::disconnected, "server stops");
    }
    then(std::move(given), std::move(who));
    then.reset();
    const std::lock_guard lock(mutex);
    self.done = true;
}

void handshakes::reopen() {
    const std::lock_guard lock(core_->mutex);
    core_->stopped = false;
}

void handshakes::stop() {
    {
        const std::lock_guard lock(core_->mutex);
        core_->stopped = true;
        for (work& each : core_->all) {
            if (each.stream) each.stream->close();
        }
    }
    for (;;) {
        std::thread next;
        {
            const std::lock_guard lock(core_->mutex);
            for (work& each : core_->all) {
                if (!each.thread.joinable()) continue;
                next = std::move(each.thread);
                break;
            }
        }
        if (!next.joinable()) return;
        if (next.get_id() == std::this_thread::get_id()) {
            next.detach();
        } else {
            next.join();
        }
    }
}

} // namespace beckon
