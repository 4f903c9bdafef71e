// One conversation in the eyes of the program that publishes: its own objects, and who is told that it begins and ends.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "beckon/service/directory.hpp"
#include "beckon/session/session.hpp"

namespace beckon {

/// Tells of the beginning, then of the end, once each and never both at a time.
///
/// Thread-safety: all functions, from any thread.
class visit {
public:
    /// `own` is where the conversation's own objects are put; null where it can have none.
    visit(std::shared_ptr<publications> published, std::shared_ptr<publications> own)
        : published_(std::move(published)), own_(std::move(own)) {}

    /// Makes and tells on this thread, then lets the peer's calls in; or ends the conversation. `keep`: hold it until its
    /// end has been told.
    void begin(session& conversation, bool keep) noexcept;
    /// The conversation is over. Tells on this thread, or leaves it to the one that is still in `begin`. What was not
    /// kept is to be given.
    void end(intrusive_ptr<session> conversation = {}) noexcept;
    /// The same soon, on a thread of the library.
    static void end_soon(std::shared_ptr<visit> ended, session& conversation);
    /// Waits until nobody is told any more; not where this thread is the one that tells somebody.
    void await_end();
    [[nodiscard]] bool has_ended();

private:
    enum class state { fresh, beginning, open, ending, ended };
    void make_and_tell(session& conversation);
    void tell_end(session& conversation) noexcept;

    const std::shared_ptr<publications> published_;
    const std::shared_ptr<publications> own_;
    std::mutex mutex_;
    std::condition_variable changed_;
    state state_ = state::fresh;
    intrusive_ptr<session> kept_;
    bool over_ = false;
    /// Whose on_connect has returned. Used by the thread that tells.
    std::vector<std::function<void(const connected&)>> to_tell_;
};

} // namespace beckon
