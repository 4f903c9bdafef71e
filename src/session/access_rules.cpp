#include "beckon/session/access_rules.hpp"

#include <algorithm>

namespace beckon {

namespace {

[[nodiscard]] bool fits(const std::string& rule, std::string_view found) noexcept {
    return rule == "*" || rule == found;
}

} // namespace

bool looks_only(const access_question& asked) noexcept {
    if (asked.shown_first) return true;
    switch (asked.what) {
    case operation::root:
    case operation::names:
    case operation::describe:
    case operation::hash:
    case operation::compare:
    case operation::is_instance: return true;
    default: return false;
    }
}

access_rules& access_rules::allow(std::string user, std::string object, std::string method) {
    rules_.push_back({std::move(user), std::move(object), std::move(method)});
    return *this;
}

authorizer access_rules::answers() const {
    return [rules = rules_](const access_question& asked) -> result<void> {
        if (looks_only(asked)) return {};
        const bool allowed = std::any_of(rules.begin(), rules.end(), [&](const rule& each) {
            return fits(each.user, asked.caller.name) && fits(each.method, asked.method) &&
                   (fits(each.object, asked.object) ||
                    (!asked.published.empty() && each.object == asked.published));
        });
        if (allowed) return {};
        return fail(errc::access_denied, quoted(asked.caller.name), " may not call ", asked.object,
                    '.', quoted(asked.method));
    };
}

} // namespace beckon
