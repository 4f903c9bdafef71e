#include "session/access_question.hpp"

#include "beckon/object/exception.hpp"

namespace beckon {

namespace {
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

result<void> ask(const authorizer& decides, const asked_call& call) {
    const servant& target = call.target;
    std::string_view object = target.interface_name();
    if (object.empty()) object = name_of(target.what());
    std::string number; // of a native method that the object does not have, for the message alone
    std::string_view method;
    operation what = operation::call_method;
    if (call.request != nullptr) {
        what = call.request->what;
        method = call.request->name.empty() ? name_of(what) : call.request->name;
    } else if (const interface_descriptor* const known = target.interface();
               known != nullptr && call.method < known->methods.size()) {
        method = known->methods[call.method].name;
    } else {
        number = concat('#', call.method);
        method = number;
    }
    const access_question asked{.caller = call.caller,
                                .target = target,
                                .object = object,
                                .published = {},
                                .method = method,
                                .what = what,
                                .shown_first = call.shown_first};
    try {
        return decides(asked);
    } catch (...) {
        return error_of_current_exception();
    }
}

} // namespace beckon
