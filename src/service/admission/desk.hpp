// Who is inside and who waits. It knows no threads and no clock: it is told the time, and gives back whom to tell.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/service/admission/admission.hpp"

namespace beckon {

/// Who somebody is to the desk: a conversation, or where none lasts what is known of the caller.
struct user_key {
    std::uint64_t conversation = 0;
    std::string text{};

    bool operator==(const user_key&) const = default;
    struct hash {
        [[nodiscard]] std::size_t operator()(const user_key& of) const noexcept {
            return of.conversation != 0 ? std::hash<std::uint64_t>()(of.conversation)
                                        : std::hash<std::string>()(of.text);
        }
    };
};
[[nodiscard]] user_key key_of(const caller_identity& caller);

/// Thread-safety: none. What `take_due` gives is to be run without the lock that guards this.
class desk {
public:
    /// Told where the user stands, or that it has been sent away.
    using told = std::function<void(result<admission_state>)>;

    explicit desk(admission_options options) : options_(std::move(options)) {}

    /// Asks for a place. Errors: limit_exceeded.
    [[nodiscard]] result<admission_state> enter(const caller_identity& who, time_point now);
    /// Tells once: when the user is inside or sent away, at the latest at `until`; with `each` also when its place is no longer
    /// `seen`. The number is for `stop_waiting`; 0 where it is told already. REQUIRES: it has a place, inside or in the queue.
    /// `conversation` is the one that it asks by.
    std::uint64_t wait(const user_key& who, std::uint64_t conversation, std::int64_t seen,
                       bool each, time_point until, told callback, time_point now);
    /// Whoever waits is told that it has been cancelled.
    void stop_waiting(const user_key& who, std::uint64_t number, time_point now);
    /// Those who wait by that conversation are told why they cannot go on; their places they keep.
    void stop_waiting_by(std::uint64_t conversation, const error& why, time_point now);
    [[nodiscard]] admission_state state(const user_key& who, time_point now) const;
    [[nodiscard]] result<admission_state> renew(const user_key& who, time_point now);
    bool leave(const user_key& who, time_point now, const error& why);
    /// As long as it has one place, inside or in the queue, it has one number; 0 without.
    [[nodiscard]] std::uint64_t number_of(const user_key& who) const;
    /// Gives up the place in the queue that it has had by that number, if it is there still.
    bool leave_queue(const user_key& who, std::uint64_t number, time_point now);
    [[nodiscard]] std::vector<admission_user> users(time_point now) const;
    bool kick(std::string_view id, const std::string& reason, time_point now);
    /// Whether a call may be made now.
    [[nodiscard]] result<void> check(const caller_identity& who, time_point now);
    /// The same where a call is all that the caller can make: without a place it asks for one by that. Who has lost one that
    /// it came by so is told why, before it can ask again.
    [[nodiscard]] result<void> check_or_enter(const caller_identity& who, time_point now);
    /// A conversation is over: whose user it was has left, and who called by it calls by it no more.
    void gone(std::uint64_t conversation, time_point now);

    /// What is over by now: leases, absences, patience, waits.
    void pass_time(time_point now);
    /// When something will be over, if nothing happens before.
    [[nodiscard]] time_point next_end() const;
    [[nodiscard]] std::vector<std::function<void()>> take_due() { return std::exchange(due_, {}); }
    [[nodiscard]] const admission_options& options() const noexcept { return options_; }

private:
    struct wait_entry {
        std::uint64_t number = 0;
        std::uint64_t conversation = 0;
        std::int64_t seen = 0;
        bool each = false;
        time_point until = never;
        told callback;
    };
    struct user {
        user_key key;
        std::uint64_t id = 0;
        std::string name;
        std::string endpoint;
        bool inside = false;
        time_point since{}; ///< Inside, or in the queue.
        time_point asked{}; ///< When it was heard of last.
        time_point lease_until = never;
        bool shown = false;      ///< It has been heard of since it was let in.
        bool by_calling = false; ///< It cannot ask otherwise.
        /// By so many conversations that are not over it has called; of who is known by more than a conversation.
        std::size_t calls_by = 0;
        std::vector<wait_entry> waits{};
    };

    [[nodiscard]] user* find(const user_key& who) const;
    [[nodiscard]] std::int64_t place_of(const user& who) const;
    [[nodiscard]] admission_state state_of(const user& who, std::int64_t place,
                                           time_point now) const;
    [[nodiscard]] time_point end_of(const user& who) const;
    void let_in(user& who, time_point now);
    void remove(user& who, const error& why);
    /// As `remove`, of one that has not left by itself.
    void send_away(user& who, const error& why);
    [[nodiscard]] error over(const user& who, time_point now) const;
    void calls_by(user& who, std::uint64_t conversation);
    void settle(time_point now);
    void tell(user& who, std::int64_t place, time_point now);
    void post(wait_entry& waits, result<admission_state> outcome);
    [[nodiscard]] error not_inside(const user* who) const;

    const admission_options options_;
    std::unordered_map<user_key, std::unique_ptr<user>, user_key::hash> users_;
    std::vector<user*> inside_;
    std::deque<user*> queue_;
    std::unordered_multimap<std::uint64_t, user*> calling_; ///< By the conversation.
    /// What users will be told who had a place by calling and lost it, by their conversations.
    std::unordered_map<std::uint64_t, error> sent_away_;
    std::uint64_t last_number_ = 0;
    std::vector<std::function<void()>> due_;
};

} // namespace beckon
