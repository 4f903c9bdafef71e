// The desk as an object that every protocol serves, and as what a server asks before each call.
#include <algorithm>
#include <mutex>
#include <type_traits>
#include <utility>

#include "beckon/object/containers.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/service/directory.hpp"
#include "beckon/session/runtime.hpp"
#include "beckon/session/session.hpp"
#include "service/admission/desk.hpp"
#include "service/gate_asked_by_calls.hpp"

namespace beckon {

namespace {

[[nodiscard]] error no_place_yet(const admission_state& found) {
    return fail(errc::overloaded, "no place was free: ", found.users, " users inside, place ",
                found.place, " in the queue");
}

/// Who calls; a place is for callers from outside, and whoever has gone could not give it up.
[[nodiscard]] const caller_identity& caller() {
    const call_context* const serving = current_call();
    if (serving == nullptr || serving->caller == nullptr || serving->session == nullptr)
        throw_error(fail(errc::unsupported,
                         "a place is for callers in other processes that call this themselves"));
    return *serving->caller;
}

[[nodiscard]] bool has_gone() {
    const auto* const conversation = dynamic_cast<const session*>(current_call()->session);
    return conversation != nullptr && conversation->is_over();
}

/// Items of a stream that has begun, or of a result, in protocols where those are objects: elsewhere they are no calls.
[[nodiscard]] bool is_data(const access_question& asked) {
    const auto* const lent = dynamic_cast<const servant*>(&asked.target);
    if (lent != nullptr && lent->what() == servant::nature::iterator) return true;
    return is_lent_container(asked.target);
}

class front_desk final : public gate_asked_by_calls,
                         public std::enable_shared_from_this<front_desk> {
public:
    explicit front_desk(admission_options options)
        : name_(options.name), open_(options.open), desk_(std::move(options)) {}

    void open(std::shared_ptr<beckon::runtime> runs, publications& published) override;
    result<void> check(const access_question& asked) override {
        if (is_open(asked)) return {};
        const std::lock_guard lock(mutex_);
        return desk_.check(asked.caller, now());
    }
    result<void> check_or_enter(const access_question& asked) override {
        if (is_open(asked)) return {};
        std::unique_lock lock(mutex_);
        auto outcome = desk_.check_or_enter(asked.caller, now());
        // The conversation of who asks is held up: what is told to others takes theirs.
        for (auto& each : finish(std::move(lock))) runs_->loop().post(std::move(each));
        return outcome;
    }
    void rests(std::uint64_t conversation) override {
        change([&](time_point now) {
            desk_.stop_waiting_by(
                conversation,
                fail(errc::overloaded, "nobody is let in by this server any more: it stops"), now);
            return true;
        });
    }
    void gone(std::uint64_t conversation) override {
        change([&](time_point now) {
            desk_.gone(conversation, now);
            return true;
        });
    }

    // For the object that is published.
    [[nodiscard]] admission_state enter() {
        const caller_identity& who = caller();
        auto state = change([&](time_point now) { return desk_.enter(who, now); });
        if (!state) throw_error(std::move(state).error());
        // Its end may have been told before it was here.
        if (has_gone()) gone(who.conversation);
        return *state;
    }
    /// As desk::wait.
    [[nodiscard]] future<admission_state> wait(const user_key& who, std::uint64_t conversation,
                                               std::int64_t seen, bool each,
                                               std::optional<std::int64_t> wait_ms);
    [[nodiscard]] std::uint64_t number_of(const user_key& who) {
        const std::lock_guard lock(mutex_);
        return desk_.number_of(who);
    }
    void leave_queue(const user_key& who, std::uint64_t number) {
        change([&](time_point now) { return desk_.leave_queue(who, number, now); });
    }
    void stop_waiting(const user_key& who, std::uint64_t number) {
        change([&](time_point now) {
            desk_.stop_waiting(who, number, now);
            return true;
        });
    }
    [[nodiscard]] admission_state state() {
        const user_key who = key_of(caller());
        return change([&](time_point now) {
            desk_.pass_time(now);
            return desk_.state(who, now);
        });
    }
    [[nodiscard]] admission_state renew() {
        const user_key who = key_of(caller());
        auto state = change([&](time_point now) { return desk_.renew(who, now); });
        if (!state) throw_error(std::move(state).error());
        return *state;
    }
    bool leave(const user_key& who) {
        return change([&](time_point now) {
            return desk_.leave(who, now, fail(errc::cancelled, "place was given up"));
        });
    }
    [[nodiscard]] std::vector<admission_user> users() {
        return change([&](time_point now) {
            desk_.pass_time(now);
            return desk_.users(now);
        });
    }
    bool kick(const std::string& id, const std::string& reason);

private:
    /// Whether everybody may make the call.
    [[nodiscard]] bool is_open(const access_question& asked) const {
        if (looks_only(asked) || asked.published == name_) return true;
        return asked.published.empty()
                   ? is_data(asked)
                   : std::find(open_.begin(), open_.end(), asked.published) != open_.end();
    }
    [[nodiscard]] time_point now() const { return runs_->clock().now(); }
    /// Runs a change, then tells whoever is to be told, without the lock, and sees to what ends by itself.
    template <typename Change>
    std::invoke_result_t<const Change&, time_point> change(const Change& make) {
        std::unique_lock lock(mutex_);
        auto outcome = make(now());
        for (const auto& each : finish(std::move(lock))) each();
        return outcome;
    }
    /// Whom to tell, without the lock.
    [[nodiscard]] std::vector<std::function<void()>> finish(std::unique_lock<std::mutex> lock);
    void on_timer();

    const std::string name_;
    const std::vector<std::string> open_;
    std::mutex mutex_;
    desk desk_;
    std::shared_ptr<beckon::runtime> runs_;
    time_point armed_ = never;
    io::timer_id timer_{};
};

future<admission_state> front_desk::wait(const user_key& who, std::uint64_t conversation,
                                         std::int64_t seen, bool each,
                                         std::optional<std::int64_t> wait_ms) {
    const promise<admission_state> ends;
    future<admission_state> outcome = ends.get_future();
    const nanoseconds length =
        std::chrono::milliseconds(std::clamp<std::int64_t>(wait_ms.value_or(0), 0, INT32_MAX));
    const std::uint64_t number = change([&](time_point now) {
        return desk_.wait(
            who, conversation, seen, each, wait_ms ? deadline_after(now, length) : never,
            [ends](result<admission_state> came) { ends.set(std::move(came)); }, now);
    });
    outcome.shared()->canceller = [weak = weak_from_this(), who, number] {
        if (const auto self = weak.lock()) self->stop_waiting(who, number);
    };
    return outcome;
}

bool front_desk::kick(const std::string& id, const std::string& reason) {
    const auto& may = desk_.options().administrator;
    if (!may || !may(caller()))
        throw_error(fail(errc::access_denied, quoted(caller().name), " is no administrator here"));
    return change([&](time_point now) { return desk_.kick(id, reason, now); });
}

std::vector<std::function<void()>> front_desk::finish(std::unique_lock<std::mutex> lock) {
    auto due = desk_.take_due();
    const time_point next = desk_.next_end();
    if (next < armed_) {
        if (armed_ != never) runs_->loop().cancel(timer_);
        armed_ = next;
        timer_ = runs_->loop().schedule_at(next, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->on_timer();
        });
    }
    lock.unlock();
    return due;
}

void front_desk::on_timer() {
    change([&](time_point now) {
        armed_ = never;
        desk_.pass_time(now);
        return true;
    });
}

/// What is published. Places are asked for one after the other: what is told of them is in step.
class admission_service {
public:
    explicit admission_service(std::shared_ptr<front_desk> desk) : desk_(std::move(desk)) {}

    future<admission_state> enter(std::optional<std::int64_t> wait_ms) {
        const user_key who = key_of(caller());
        const admission_state found = desk_->enter();
        if (found.inside) return ready_future<admission_state>(found);
        if (wait_ms && *wait_ms <= 0) throw_error(no_place_yet(found));
        return desk_->wait(who, caller().conversation, found.place, false, wait_ms)
            .then([](result<admission_state> came) -> result<admission_state> {
                if (came && !came->inside) return no_place_yet(*came);
                return came;
            });
    }
    stream<std::int64_t> places() {
        const caller_identity& who = caller();
        return places_of(desk_, key_of(who), who.conversation, desk_->enter().place);
    }
    admission_state state() { return desk_->state(); }
    admission_state renew() { return desk_->renew(); }
    bool leave() { return desk_->leave(key_of(caller())); }
    std::vector<admission_user> users() { return desk_->users(); }
    bool kick(const std::string& id, const std::string& reason) { return desk_->kick(id, reason); }

private:
    /// Leaves the queue, where it is there still and has not come again meanwhile.
    struct place_in_queue {
        std::shared_ptr<front_desk> desk;
        user_key who;
        std::uint64_t number;
        place_in_queue(std::shared_ptr<front_desk> of, user_key key)
            : desk(std::move(of)), who(std::move(key)), number(desk->number_of(who)) {}
        place_in_queue(const place_in_queue&) = delete;
        place_in_queue& operator=(const place_in_queue&) = delete;
        ~place_in_queue() { desk->leave_queue(who, number); }
    };
    static stream<std::int64_t> places_of(std::shared_ptr<front_desk> desk, user_key who,
                                          std::uint64_t conversation, std::int64_t place) {
        const place_in_queue held(desk, who);
        for (;;) {
            co_yield place;
            if (place == 0) co_return;
            future<admission_state> changed = desk->wait(who, conversation, place, true, {});
            const admission_state found = co_await changed;
            place = found.place;
        }
    }

    const std::shared_ptr<front_desk> desk_;
};

void front_desk::open(std::shared_ptr<beckon::runtime> runs, publications& published) {
    {
        const std::lock_guard lock(mutex_);
        if (!runs_) runs_ = std::move(runs);
    }
    published.publish_beside(
        name_, make_ref<admission>(std::make_shared<admission_service>(shared_from_this()),
                                   policy::concurrent)
                   .core());
}

} // namespace

std::shared_ptr<admission_gate> admit(admission_options options) {
    if (options.places == 0)
        throw_error(fail(errc::invalid_argument, "places is 0; expected 1 at least"));
    for (const auto& [length, name] :
         {std::pair(options.lease, "lease"), std::pair(options.patience, "patience"),
          std::pair(options.absence, "absence")}) {
        if (length.count() < 0) throw_error(fail(errc::invalid_argument, name, " is below 0"));
    }
    return std::make_shared<front_desk>(std::move(options));
}

} // namespace beckon
