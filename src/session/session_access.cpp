// Who the callers are where messages prove it one by one, and what they may call.
#include "beckon/object/exception.hpp"
#include "beckon/session/session.hpp"

namespace beckon {

namespace {

/// So many users may speak in one conversation, where each message tells its own.
constexpr std::size_t most_callers = 64;

/// What stands for the method in operations that have no name of their own.
[[nodiscard]] std::string_view name_of(operation what) noexcept {
    switch (what) {
    case operation::call: return "__call__";
    case operation::to_text: return "__str__";
    case operation::to_repr: return "__repr__";
    case operation::hash: return "__hash__";
    case operation::names: return "__dir__";
    case operation::describe: return "__doc__";
    case operation::next_items: return "__next__";
    case operation::leave_context: return "__exit__";
    case operation::is_instance: return "__instancecheck__";
    default: return to_string(what);
    }
}

[[nodiscard]] std::string_view name_of(servant::nature what) noexcept {
    switch (what) {
    case servant::nature::object: return "object";
    case servant::nature::method: return "method";
    case servant::nature::function: return "function";
    case servant::nature::list: return "list";
    case servant::nature::map: return "map";
    case servant::nature::set: return "set";
    case servant::nature::iterator: return "iterator";
    }
    return "object";
}

} // namespace

/// REQUIRES: locked.
const caller_identity* session::caller_named(std::string_view user) {
    for (const caller_identity& each : named_) {
        if (each.name == user) return &each;
    }
    if (named_.size() >= most_callers) return nullptr;
    named_.push_back(identity_);
    named_.back().name = user;
    if (named_.size() == 1) first_named_.store(&named_.front(), std::memory_order_release);
    return &named_.back();
}

/// REQUIRES: locked, and somebody is to be asked.
result<void> session::authorize(const call_head& head, const servant& target,
                                const arrival& came) const {
    std::string_view object = target.interface_name();
    if (object.empty()) object = name_of(target.what());
    std::string number; // of a native method that the object does not have, for the message alone
    std::string_view method;
    operation what = operation::call_method;
    if (came.request != nullptr) {
        what = came.request->what;
        method = came.request->name.empty() ? name_of(what) : came.request->name;
    } else if (const interface_descriptor* const known = target.interface();
               known != nullptr && head.method < known->methods.size()) {
        method = known->methods[head.method].name;
    } else {
        number = concat('#', head.method);
        method = number;
    }
    const access_question asked{.caller = head.caller != nullptr ? *head.caller : unnamed(),
                                .target = target,
                                .object = object,
                                .published = {},
                                .method = method,
                                .what = what,
                                .shown_first = &target == directory_.get()};
    try {
        return (*options_.authorize)(asked);
    } catch (...) {
        return error_of_current_exception();
    }
}

} // namespace beckon
