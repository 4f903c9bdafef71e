#include "service/visit.hpp"

#include "beckon/object/exception.hpp"
#include "beckon/service/connect.hpp"

namespace beckon {

namespace {

thread_local int telling = 0; // how many functions of the program this thread is inside of

struct telling_scope {
    telling_scope() noexcept { ++telling; }
    ~telling_scope() { --telling; }
    telling_scope(const telling_scope&) = delete;
    telling_scope& operator=(const telling_scope&) = delete;
};

} // namespace

void visit::begin(session& conversation, bool keep) noexcept {
    const intrusive_ptr<session> held(&conversation);
    {
        const std::lock_guard lock(mutex_);
        if (over_ || state_ != state::fresh) return;
        state_ = state::beginning;
        if (keep) kept_ = held;
    }
    try {
        const telling_scope scope;
        make_and_tell(conversation);
        conversation.let_in();
    } catch (...) {
        error failure = error_of_current_exception();
        failure.note(concat("beginning the conversation with ", conversation.endpoint_name()));
        conversation.log().write(log_level::warning, "BKN-CONNECT-REFUSED", failure.to_string());
        conversation.close(std::move(failure));
    }
    {
        const std::lock_guard lock(mutex_);
        state_ = over_ ? state::ending : state::open;
        if (!over_) return changed_.notify_all();
    }
    tell_end(conversation);
}

void visit::make_and_tell(session& conversation) {
    const connected peer{intrusive_ptr<session>(&conversation)};
    publications::beginning now = published_->begin();
    for (publications::beginning::service& each : now.services) {
        if (!each.maker || !own_) continue;
        made_service made = each.maker(peer);
        if (!made.object)
            throw_error(fail(errc::internal, "maker of ", quoted(each.name), " made no object"));
        own_->publish(each.name, std::move(made.object));
        each.told = std::move(made.told);
    }
    const auto tell = [&](conversation_events& told) {
        if (told.on_connect) told.on_connect(peer);
        if (told.on_disconnect) to_tell_.push_back(std::move(told.on_disconnect));
    };
    for (conversation_events& each : now.listeners) tell(each);
    for (publications::beginning::service& each : now.services) tell(each.told);
}

void visit::end(intrusive_ptr<session> conversation) noexcept {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
        if (state_ == state::fresh) state_ = state::ended;
        if (state_ != state::open) return;
        state_ = state::ending;
        if (!conversation) conversation = kept_;
    }
    tell_end(*conversation);
}

void visit::end_soon(std::shared_ptr<visit> ended, session& conversation) {
    intrusive_ptr<session> held(&conversation); // from now on: who is told gets a handle
    conversation.run_soon([ended = std::move(ended), held = std::move(held)]() mutable {
        ended->end(std::move(held));
    });
}

void visit::tell_end(session& conversation) noexcept {
    {
        const telling_scope scope;
        const connected peer{intrusive_ptr<session>(&conversation)};
        while (!to_tell_.empty()) {
            try {
                to_tell_.back()(peer);
            } catch (...) {
                conversation.log().write(log_level::warning, "BKN-DISCONNECT-FAILED",
                                         concat(conversation.endpoint_name(), ": ",
                                                error_of_current_exception().to_string()));
            }
            to_tell_.pop_back();
        }
    }
    if (own_) own_->withdraw_all(); // they may hold the conversation, which holds this
    intrusive_ptr<session> gone;
    const std::lock_guard lock(mutex_);
    std::swap(gone, kept_);
    state_ = state::ended;
    changed_.notify_all();
}

void visit::await_end() {
    if (telling != 0) return;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return state_ == state::fresh || state_ == state::ended; });
}

bool visit::has_ended() {
    const std::lock_guard lock(mutex_);
    return state_ == state::ended;
}

} // namespace beckon
