#include "dynamic_arguments.hpp"

#include "beckon/value/plain.hpp"
#include "command.hpp"

namespace command {

using beckon::value;

beckon::dynamic_request dynamic_arguments::request_of(const call_step& step,
                                                      const std::string& method) {
    beckon::dynamic_request made;
    for (const call_argument& each : step.arguments) {
        value content = content_of(each, method);
        if (each.name.empty()) {
            made.arguments.push_back(std::move(content));
            continue;
        }
        if (made.named.contains(value(each.name)))
            fail_usage(beckon::concat("argument ", each.name, " of ", method, " stands twice"));
        made.named.insert_or_assign(each.name, std::move(content));
    }
    made.name = method;
    return made;
}

value dynamic_arguments::content_of(const call_argument& given, const std::string& method) {
    switch (given.is) {
    case call_argument::kind::listener: return value(listener_.make(peer_));
    case call_argument::kind::input: return input_.make();
    default:
        return checked(beckon::from_plain(given.content)
                           .note(beckon::concat("reading the arguments of ", method)));
    }
}

void dynamic_arguments::blame_input() const {
    if (!input_.complaint().empty()) fail_usage(input_.complaint());
}

void dynamic_arguments::wait_for_events(const call_job& job) {
    listener_.wait_until_released(job.listen_for, [this] { return peer_->is_over(); });
}

beckon::object next_target(const value& result, std::string_view of, std::string_view method) {
    if (!result.is(beckon::value_kind::reference)) {
        throw failure{status::failed,
                      beckon::fail(beckon::errc::type_mismatch, of, " is ", result.type_name(),
                                   "; .", method, " needs an object")};
    }
    return result.as<beckon::object>();
}

} // namespace command
