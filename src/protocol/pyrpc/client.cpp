#include "beckon/protocol/pyrpc/client.hpp"

#include <algorithm>
#include <utility>

#include "beckon/base/text.hpp"
#include "beckon/object/operate.hpp"
#include "protocol/pyrpc/call_text.hpp"

namespace beckon::pyrpc {

namespace {

constexpr std::size_t most_told = 60; // characters

[[nodiscard]] double seconds(nanoseconds length) {
    return std::chrono::duration<double>(length).count();
}

} // namespace

client::client(const object& root, client_options options)
    : root_(root), options_(std::move(options)) {}

value client::finish(dynamic_request request) const {
    const std::string method = request.name;
    std::string text;
    if (options_.log.of_exceptions)
        text = concat(options_.name, ": ", call_text(method, request.arguments, request.named));
    auto outcome = operate_and_wait(
        object(intrusive_ptr<object_core>(static_cast<object_core*>(root_.content().object()))),
        std::move(request));
    if (!outcome) {
        const std::string& trace = outcome.error().trace();
        if (options_.log.of_exceptions && !trace.empty() && method != "connected")
            options_.log.of_exceptions(concat(first_characters(text, most_told), '\n', trace));
        throw_error(std::move(outcome).error());
    }
    const auto& silent = options_.nolog_methods;
    if (options_.log.of_calls && method != "connected" &&
        std::find(silent.begin(), silent.end(), method) == silent.end()) {
        const std::string shown = repr_of(*outcome);
        options_.log.of_calls(concat("    ", method, " -> ", first_characters(shown, most_told)));
    }
    return std::move(*outcome);
}

bool client::connected(nanoseconds within) const {
    if (within <= nanoseconds(0)) return false; // a call_timeout of 0 would stand for the usual one
    try {
        const value told = root_.call("connected", arg("call_timeout", seconds(within))).content();
        return told.is(value_kind::boolean) && told.boolean();
    } catch (const exception&) {
        return false;
    }
}

void client::shutdown(nanoseconds delay) const {
    static_cast<void>(root_.call("shutdown", arg("delay", seconds(delay))));
}

} // namespace beckon::pyrpc
