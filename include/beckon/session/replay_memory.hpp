// Which conversations a server has taken messages of that could begin one: so that none of them is taken again.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "beckon/base/result.hpp"

namespace beckon {

/// What providers of message security share that one server makes: what was said to one of its endpoints must not
/// count again at another.
///
/// Limits: `most` conversations at a time, 65,536 without another word; then no more begin until some are forgotten.
/// Thread-safety: all functions, from any thread.
class replay_memory {
public:
    using time = std::chrono::sys_time<std::chrono::milliseconds>;

    /// What is older than `begun` was perhaps said to a memory that is gone.
    explicit replay_memory(time begun, std::size_t most = 65'536) : begun_(begun), most_(most) {}

    [[nodiscard]] time begun() const noexcept { return begun_; }

    /// Remembers that `taker` takes a message which could begin this conversation anywhere, until the message could not
    /// count any more. To be told each such message, not the first alone: the conversation is known as long as the last
    /// of them counts. Both are numbers chosen at random, by the peer and by this side.
    ///
    /// Errors: access_denied: another takes messages of it, or did and was forgotten before the clock was set back;
    /// overloaded.
    [[nodiscard]] result<void> keep(const std::string& conversation, const std::string& taker,
                                    time now, time until);

private:
    struct known {
        std::string taker;
        time until;
    };

    void forget(time now);

    const time begun_;
    const std::size_t most_;
    std::mutex mutex_;
    std::map<std::string, known> known_;
    std::set<std::pair<time, std::string>> until_; ///< The same, by when they are forgotten.
    time forgotten_ = time::min(); ///< Of what counts no longer than this something is forgotten.
};

} // namespace beckon
