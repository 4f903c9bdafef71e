#include "session/access_question.hpp"

#include "beckon/object/exception.hpp"
#include "object/nature_name.hpp"

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
