#include "service/bridge/replay_expectations.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace beckon {

namespace {

/// So many recorded messages are looked at for one that came: what a server says in another order is near.
constexpr std::size_t most_looked_at = 1'000;

/// Answers that do not say to what come in the order of what was asked.
[[nodiscard]] bool is_numbered_answer(const told_message& said) noexcept {
    return said.part == told_part::answer && !said.number.is_null();
}

[[nodiscard]] bool are_alike(const told_message& a, const told_message& b) noexcept {
    return a.part == b.part && !is_numbered_answer(a) && !is_numbered_answer(b);
}

} // namespace

void replay_expectations::expect(std::size_t line, told_message said) {
    said.message = {};
    if (said.part != told_part::aside) ++report_.compared;
    all_.push_back({line, std::move(said), false});
}

void replay_expectations::report(replay_difference::kind what, std::size_t line, std::string where,
                                 std::string recorded, std::string actual) {
    report_.differences.push_back(
        {what, conversation_, line, std::move(where), std::move(recorded), std::move(actual)});
}

void replay_expectations::skip_settled() {
    while (first_open_ < all_.size() && all_[first_open_].is_settled) ++first_open_;
}

void replay_expectations::settle(expected& one, const told_message& actual) {
    one.is_settled = true;
    skip_settled();
    if (one.said.part == told_part::call || one.said.part == told_part::aside)
        names_.bind_call(one.said.number, actual.number);
    const auto found = by_.differ(one.said.content, actual.content, &names_);
    if (!found || one.said.part == told_part::aside) return;
    report(replay_difference::kind::differs, one.line, found->path,
           concat(one.said.text, found->path.empty() ? "" : concat(" (", found->recorded, ")")),
           concat(actual.text, found->path.empty() ? "" : concat(" (", found->actual, ")")));
}

replay_expectations::expected* replay_expectations::find_answer(const told_message& to) {
    for (std::size_t i = first_open_; i < all_.size(); ++i) {
        expected& each = all_[i];
        if (!each.is_settled && is_numbered_answer(each.said) && each.said.number == to.number)
            return &each;
    }
    return nullptr;
}

replay_expectations::expected* replay_expectations::find_same(const told_message& as) {
    const std::size_t end = std::min(all_.size(), first_open_ + most_looked_at);
    // An item of this stream, not the same one of another. But names are used again, for other things than before.
    for (const other_names* const known : std::array<const other_names*, 2>{&names_, nullptr}) {
        for (std::size_t i = first_open_; i < end; ++i) {
            expected& each = all_[i];
            if (!each.is_settled && are_alike(each.said, as) &&
                !by_.differ(each.said.content, as.content, nullptr, known))
                return &each;
        }
    }
    return nullptr;
}

void replay_expectations::take(told_message said) {
    said.message = {};
    expected* const found = is_numbered_answer(said) ? find_answer(said) : find_same(said);
    if (found != nullptr) return settle(*found, said);
    if (said.part == told_part::aside) return;
    constexpr std::size_t all_lines = std::numeric_limits<std::size_t>::max();
    if (is_closed_behind_all_ && has_come(all_lines)) return;
    unexpected_.push_back(std::move(said));
}

bool replay_expectations::has_come(std::size_t before_line) {
    bool all_there = true;
    for (std::size_t i = first_open_; i < all_.size() && all_[i].line < before_line; ++i) {
        expected& each = all_[i];
        if (each.is_settled || each.said.part == told_part::aside) continue;
        const auto instead =
            std::find_if(unexpected_.begin(), unexpected_.end(),
                         [&](const told_message& other) { return are_alike(each.said, other); });
        if (instead == unexpected_.end()) {
            all_there = false;
            continue;
        }
        const told_message actual = std::move(*instead);
        unexpected_.erase(instead);
        settle(each, actual);
    }
    return all_there;
}

void replay_expectations::give_up(std::size_t before_line, std::string_view why) {
    for (std::size_t i = first_open_; i < all_.size() && all_[i].line < before_line; ++i) {
        expected& each = all_[i];
        if (std::exchange(each.is_settled, true) || each.said.part == told_part::aside) continue;
        report(replay_difference::kind::missing, each.line, {}, each.said.text, std::string(why));
    }
    skip_settled();
}

void replay_expectations::end() {
    for (const told_message& each : unexpected_)
        report(replay_difference::kind::surplus, 0, {}, {}, each.text);
    unexpected_.clear();
}

} // namespace beckon
