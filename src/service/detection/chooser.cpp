#include "service/detection/chooser.hpp"

#include <algorithm>

#include "codec/http_head.hpp"

namespace beckon::detection {

namespace {

using verdict = first_bytes::verdict;

} // namespace

chooser::state chooser::choose(std::size_t which) noexcept {
    which_ = which;
    return state::chosen;
}

chooser::state chooser::take(byte_view next) {
    heard_.insert(heard_.end(), next.begin(), next.end());
    if (value_) return read_values(next);
    return left_.empty() ? look() : look_at_head();
}

chooser::state chooser::look() {
    std::size_t longest = 0;
    std::size_t awaited = 0;
    std::size_t for_the_web = 0;
    // Not destroyed: threads of a runtime may outlive statics.
    static const auto& web = *new const std::vector<first_bytes>(web_requests());
    for (const first_bytes& each : web) {
        const verdict found = each.match(heard_);
        if (found == verdict::whole) for_the_web = std::max(for_the_web, each.size());
        if (found == verdict::so_far) awaited = std::max(awaited, each.size());
    }
    for (std::size_t i = 0; i < among_.size(); ++i) {
        std::size_t mine = 0;
        for (const first_bytes& each : among_[i].begins) {
            const verdict found = each.match(heard_);
            if (found == verdict::whole) mine = std::max(mine, each.size());
            if (found == verdict::so_far) awaited = std::max(awaited, each.size());
        }
        if (mine == 0 || mine < longest) continue;
        if (mine > longest) left_.clear();
        longest = mine;
        left_.push_back(i);
    }
    if (awaited > longest) {
        left_.clear();
        return state::more;
    }
    // Where no web is served its requests are nobody's: to some each of their lines would be a call.
    if (left_.empty() || for_the_web > longest) return state::nobody;
    if (left_.size() == 1) return choose(left_.front());
    if (among_[left_.front()].what != layer::protocol) return look_at_head();
    for (const std::size_t each : left_) delimiters_.push_back(among_[each].delimiter);
    value_.emplace(delimiters_);
    return read_values(heard_);
}

chooser::state chooser::read_values(byte_view next) {
    const json_end::state found = value_->take(next);
    if (found == json_end::state::goes_on) return state::more;
    return found == json_end::state::found ? choose(left_[value_->which()]) : state::nobody;
}

/// A head that cannot be read is for whoever listens, to be refused.
chooser::state chooser::look_at_head() {
    const auto head = http::read_request_head(heard_);
    if (head && !*head) return state::more;
    const bool web_socket = head && (*head)->lists("upgrade", "websocket");
    const std::string_view path = head ? (*head)->path : std::string_view();
    std::size_t best = left_.front();
    int best_worth = -1;
    for (const std::size_t each : left_) {
        const bool fits = (among_[each].what == layer::web_socket) == web_socket;
        const int worth = (fits ? 2 : 0) + (among_[each].path == path ? 1 : 0);
        if (worth > best_worth) best = each;
        best_worth = std::max(best_worth, worth);
    }
    return choose(best);
}

/// A message without its delimiter may be its protocol's last one; what else is cut off is the business of the only one
/// that it may be for.
chooser::state chooser::end() {
    if (!left_.empty()) return choose(left_.front());
    std::size_t possible = among_.size();
    for (std::size_t i = 0; i < among_.size(); ++i) {
        const auto may_be = [&](const first_bytes& each) {
            return each.match(heard_) != verdict::no;
        };
        if (!std::any_of(among_[i].begins.begin(), among_[i].begins.end(), may_be)) continue;
        if (possible != among_.size()) return state::nobody;
        possible = i;
    }
    return possible == among_.size() || heard_.empty() ? state::nobody : choose(possible);
}

} // namespace beckon::detection
