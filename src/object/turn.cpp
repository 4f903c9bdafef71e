#include "beckon/object/turn.hpp"

#include "beckon/object/call.hpp"

namespace beckon {

std::uint64_t object_turn::enter(function<void()> granted) {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(held_, true)) return 0;
    waiting_.emplace_back(++last_number_, std::move(granted));
    return last_number_;
}

bool object_turn::withdraw(std::uint64_t number) noexcept {
    function<void()> dropped; // freed without the lock
    const std::lock_guard lock(mutex_);
    for (auto each = waiting_.begin(); each != waiting_.end(); ++each) {
        if (each->first != number) continue;
        dropped = std::move(each->second);
        waiting_.erase(each);
        return true;
    }
    return false;
}

function<void()> object_turn::leave() noexcept {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
        held_ = false;
        return {};
    }
    function<void()> next = std::move(waiting_.front().second);
    waiting_.pop_front();
    return next; // the turn stays held, by it now
}

bool holds_turn(const call_context* serving, const object_turn& turn) noexcept {
    for (; serving != nullptr; serving = serving->outer) {
        if (serving->turn == &turn) return true;
    }
    return false;
}

} // namespace beckon
