#include "service/way_to_speak.hpp"

#include <algorithm>
#include <optional>

#include "beckon/object/operate.hpp"

namespace beckon {

namespace {

/// Whether a peer that could not be asked which way of speaking it knows has shown that it is not this one.
bool was_not_understood(const error& failure) noexcept {
    return failure.code() == errc::schema_mismatch || failure.code() == errc::disconnected;
}

/// Of two that are waited for, one is not looked at meanwhile.
constexpr nanoseconds most_wait = std::chrono::milliseconds(20);

/// One way: what was asked in it, or why it came to nothing.
struct attempt {
    way_to_try in;
    begun made;
    future<value> root;
    std::optional<error> failure;

    [[nodiscard]] bool waits() const noexcept { return root.valid(); }
};

class search {
public:
    search(nanoseconds timeout, std::size_t ways)
        : timeout_(timeout), share_(timeout / static_cast<nanoseconds::rep>(ways + 1)),
          until_(deadline_after(now(), timeout)) {}

    result<void> start(const way_to_try& in,
                       const std::function<result<begun>(std::size_t way)>& begin);
    /// Waits for a share of the time; whether there is nobody to wait for any more, or one has answered.
    [[nodiscard]] bool wait_a_share() {
        return wait(std::min(until_, deadline_after(now(), share_)));
    }
    void wait_to_the_end() { static_cast<void>(wait(until_)); }

    [[nodiscard]] attempt* understood() const noexcept { return understood_; }
    [[nodiscard]] bool was_denied() const noexcept { return denied_; }
    [[nodiscard]] error failure();

private:
    [[nodiscard]] static time_point now() { return thread_time::mine().now(); }
    [[nodiscard]] bool wait(time_point until);
    void take_answer(attempt& of);

    const nanoseconds timeout_;
    const nanoseconds share_;
    const time_point until_;
    std::vector<std::unique_ptr<attempt>> all_;
    attempt* understood_ = nullptr;
    bool denied_ = false;
};

result<void> search::start(const way_to_try& in,
                           const std::function<result<begun>(std::size_t way)>& begin) {
    auto one = std::make_unique<attempt>();
    one->in = in;
    result<begun> made = begin(in.way);
    if (!made) {
        if (all_.empty()) return std::move(made).error(); // nobody is there
        one->failure.emplace(std::move(made).error());
    } else {
        one->made = std::move(made).value();
        call_options options;
        options.timeout = std::max<nanoseconds>(until_ - now(), std::chrono::milliseconds(1));
        const object shown(intrusive_ptr<object_core>(one->made.conversation->root()));
        one->root = operate(shown, {operation::root, "root"}, options);
    }
    all_.push_back(std::move(one));
    return {};
}

bool search::wait(time_point until) {
    for (;;) {
        std::size_t waiting = 0;
        for (const auto& each : all_) waiting += each->waits();
        if (waiting == 0) return true;
        for (const auto& each : all_) {
            if (!each->waits()) continue;
            const nanoseconds left = std::max<nanoseconds>(until - now(), nanoseconds(0));
            if (!each->root.wait_for(waiting == 1 ? left : std::min(left, most_wait))) continue;
            take_answer(*each);
            if (understood_ != nullptr || denied_) return true;
        }
        if (now() >= until) return false;
    }
}

void search::take_answer(attempt& of) {
    const result<value> root = of.root.result();
    if (!root) {
        of.failure.emplace(root.error());
        denied_ = root.error().code() == errc::access_denied && of.made.conversation->is_over();
        if (denied_ || was_not_understood(root.error()) || root.error().code() == errc::timeout)
            return;
    }
    understood_ = &of;
}

error search::failure() {
    if (denied_) {
        for (const auto& each : all_) {
            if (each->failure && each->failure->code() == errc::access_denied)
                return *each->failure;
        }
    }
    errc code = errc::timeout;
    std::string text = "peer was not understood in any way";
    for (const auto& each : all_) {
        // Whose call has not been given up to this moment would have been in the next.
        const bool silent = !each->failure || each->failure->code() == errc::timeout;
        if (!silent && each == all_.front()) code = each->failure->code();
        text += concat(
            each == all_.front() ? ": with " : "; with ", each->in.option, ": ",
            silent ? concat("no answer within ",
                            std::chrono::duration_cast<std::chrono::milliseconds>(timeout_).count(),
                            " ms")
                   : each->failure->to_string());
    }
    return error(code, std::move(text));
}

} // namespace

result<spoken_way> find_way_to_speak(const std::vector<way_to_try>& ways, nanoseconds timeout,
                                     const std::function<result<begun>(std::size_t way)>& begin) {
    search looking(timeout, ways.size());
    for (const way_to_try& each : ways) {
        BECKON_TRY(looking.start(each, begin));
        static_cast<void>(looking.wait_a_share());
        if (looking.understood() != nullptr || looking.was_denied()) break;
    }
    if (looking.understood() == nullptr && !looking.was_denied()) looking.wait_to_the_end();
    if (looking.understood() == nullptr) return looking.failure();
    return spoken_way{looking.understood()->in.way, looking.understood()->made};
}

} // namespace beckon
