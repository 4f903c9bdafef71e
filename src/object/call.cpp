#include "beckon/object/call.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "beckon/base/error.hpp"
#include "beckon/base/ref_counted.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/object/progress.hpp"
#include "beckon/object/thread_time.hpp"

namespace beckon {

namespace {
thread_local call_context* current = nullptr;
} // namespace

struct cancellation::callback_list : ref_counted {
    void forget(std::uint64_t number) noexcept;

    std::mutex mutex;
    std::condition_variable idle;
    std::uint64_t last_number = 0;
    std::uint64_t running = 0; // the number of the callback that runs now
    std::thread::id runner;
    std::vector<std::pair<std::uint64_t, function<void()>>> waiting;
};

cancellation::~cancellation() {
    if (callback_list* const all = callbacks_.load()) all->release();
}

cancellation::callback_list& cancellation::list() {
    callback_list* existing = callbacks_.load(std::memory_order_acquire);
    if (existing != nullptr) return *existing;
    auto* const made = new callback_list;
    made->acquire();
    if (callbacks_.compare_exchange_strong(existing, made)) return *made;
    made->release();
    return *existing;
}

std::uint64_t cancellation::on_request(function<void()> callback) {
    callback_list& all = list();
    {
        const std::lock_guard lock(all.mutex);
        if (!requested()) {
            all.waiting.emplace_back(++all.last_number, std::move(callback));
            return all.last_number;
        }
    }
    callback();
    return 0;
}

void cancellation::forget(std::uint64_t number) noexcept {
    if (number != 0) list().forget(number);
}

void cancellation::callback_list::forget(std::uint64_t number) noexcept {
    std::unique_lock lock(mutex);
    for (auto each = waiting.begin(); each != waiting.end(); ++each) {
        if (each->first == number) {
            const auto dropped = std::move(
                each->second); // its captures may take locks: destroyed after the list is whole
            waiting.erase(each);
            lock.unlock();
            return;
        }
    }
    // It runs at this moment: wait for its end, unless it is itself that asks.
    idle.wait(lock, [&] { return running != number || runner == std::this_thread::get_id(); });
}

cancellation_watch cancellation::watch(function<void()> callback) {
    const std::uint64_t number = on_request(std::move(callback));
    if (number == 0) return {};
    return {list(), number};
}

cancellation_watch::cancellation_watch(cancellation::callback_list& list,
                                       std::uint64_t number) noexcept
    : list_(&list), number_(number) {
    list_->acquire();
}

void cancellation_watch::end() noexcept {
    auto* const list = std::exchange(list_, nullptr);
    if (list == nullptr) return;
    list->forget(number_);
    list->release();
}

void cancellation::request() noexcept {
    callback_list& all = list();
    const intrusive_ptr<callback_list> keep(&all); // a callback may end the call, and this with it
    std::unique_lock lock(all.mutex);
    requested_.store(true, std::memory_order_release);
    while (!all.waiting.empty()) {
        auto [number, callback] = std::move(all.waiting.back());
        all.waiting.pop_back();
        all.running = number;
        all.runner = std::this_thread::get_id();
        lock.unlock();
        callback();
        callback.reset();
        lock.lock();
        all.running = 0;
        all.idle.notify_all();
    }
}

call_context* current_call() noexcept { return current; }

call_context* exchange_current_call(call_context* context) noexcept {
    return std::exchange(current, context);
}

current_call_scope::current_call_scope(call_context& context) noexcept
    : before_(exchange_current_call(&context)) {
    context.outer = before_;
}
current_call_scope::~current_call_scope() { exchange_current_call(before_); }

namespace this_call {

std::string caller_name() {
    if (current == nullptr || current->caller == nullptr) return "local";
    return current->caller->name;
}

bool cancelled() {
    if (current == nullptr) return false;
    if (current->cancellation != nullptr && current->cancellation->requested()) return true;
    return current->deadline != never && thread_time::mine().now() >= current->deadline;
}

void sleep_for(nanoseconds length) {
    thread_time& time = thread_time::mine();
    const time_point wake_at = deadline_after(time.now(), length);
    const time_point deadline = current != nullptr ? current->deadline : never;
    cancellation* const cancel = current != nullptr ? current->cancellation : nullptr;
    waitable nap;
    struct forgetting {
        cancellation* from;
        std::uint64_t number;
        ~forgetting() {
            if (from != nullptr) from->forget(number);
        }
    } const before_the_nap_goes{
        cancel, cancel != nullptr ? cancel->on_request([&nap] { nap.finish(); }) : 0};
    time.wait(nap, wake_at < deadline ? wake_at : deadline);
    if (cancel != nullptr && cancel->requested())
        throw_error(
            fail(errc::cancelled, "call was cancelled by its caller while its handler slept"));
    if (time.now() < wake_at)
        throw_error(fail(errc::timeout, "deadline of the call passed while its handler slept"));
}

void report_progress(double fraction, std::string_view text) {
    if (current != nullptr && current->progress != nullptr)
        current->progress->report(fraction, text);
}

bool progress_wanted() noexcept { return current != nullptr && current->progress != nullptr; }

} // namespace this_call

} // namespace beckon
