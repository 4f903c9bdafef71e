#include "protocol/quickrpc/error_object.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "beckon/base/utf8.hpp"
#include "beckon/object/exception_codec.hpp"
#include "beckon/protocol/quickrpc/quickrpc.hpp"

namespace beckon::quickrpc {

namespace {

constexpr std::int64_t method_not_found = -32601;
constexpr std::int64_t invalid_params = -32602;
constexpr std::int64_t internal_error = -32603;

[[nodiscard]] std::int64_t standard_code(errc code) noexcept {
    switch (code) {
    case errc::unknown_method:
    case errc::unknown_object: return method_not_found;
    case errc::invalid_argument:
    case errc::type_mismatch: return invalid_params;
    case errc::declared: return 1;
    default: return internal_error;
    }
}

[[nodiscard]] std::string as_utf8(std::string text) {
    for (std::size_t bad = utf8_error_offset(text); bad != text.size();
         bad = utf8_error_offset(text))
        text[bad] = '?';
    return text;
}

/// What a callee can say of itself. A peer cannot claim that our connection broke.
constexpr std::array<errc, 13> told_codes{
    errc::timeout,          errc::cancelled,      errc::protocol_error, errc::schema_mismatch,
    errc::unknown_method,   errc::unknown_object, errc::access_denied,  errc::overloaded,
    errc::limit_exceeded,   errc::type_mismatch,  errc::unsupported,    errc::would_deadlock,
    errc::invalid_argument,
};

/// The class in the last line of what Python prints of an exception: "ValueError: boom"; of ours "std::out_of_range: boom".
[[nodiscard]] std::string_view class_in(std::string_view details) noexcept {
    while (details.ends_with('\n')) details.remove_suffix(1);
    // The exception's own text may have lines, too: its class stands where a line begins with a name and a colon.
    const std::size_t begin = details.rfind('\n');
    const std::string_view line =
        begin == std::string_view::npos ? details : details.substr(begin + 1);
    std::size_t end = line.find(':');
    while (line.substr(std::min(end, line.size())).starts_with("::")) end = line.find(':', end + 2);
    const std::string_view name = line.substr(0, end);
    for (const char letter : name) {
        const bool fits = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') || letter == '_' || letter == '.' ||
                          letter == ':';
        if (!fits) return {};
    }
    return name;
}

/// What the original's own errors mean, which all have the code 0.
[[nodiscard]] errc code_in(std::string_view text) noexcept {
    if (text.starts_with("Incoming call of ") &&
        (text.ends_with(" not defined on the api") ||
         text.ends_with(" not marked as @incoming on the api")))
        return errc::unknown_method;
    if (text == "incoming call with wrong signature" ||
        text == "Please call with named parameters only!")
        return errc::invalid_argument;
    return errc::remote_error;
}

} // namespace

void put_error(message& into, const error& failure, bool standard_codes) {
    into.text = as_utf8(failure.message());
    if (const auto* const own = dynamic_cast<const peer_error*>(failure.detail().get())) {
        into.code = own->code;
        into.details = own->details;
        return;
    }
    if (standard_codes) into.code = standard_code(failure.code());
    if (failure.code() == errc::declared) {
        const auto* const fields = dynamic_cast<const exception_fields*>(failure.detail().get());
        into.details =
            value::map({{"type", failure.type_name()},
                        {"fields", fields != nullptr ? fields->fields() : value::map()}});
        return;
    }
    // Whoever found that they do not fit, this side or a handler.
    const bool is_about_arguments = failure.type_name() == "builtins.TypeError";
    std::string type = failure.type_name();
    if (is_about_arguments) type = to_string(errc::invalid_argument);
    if (type.empty()) type = to_string(failure.code());
    into.details = as_utf8(
        concat(failure.trace(), type, into.text.empty() ? "" : concat(": ", into.text), '\n'));
}

error read_error(std::int64_t code, std::string text, value details) {
    if (details.is(value_kind::map) && details["type"].is(value_kind::string) &&
        details.find("fields") != nullptr) {
        error failure(errc::declared, std::move(text));
        set_declared(failure, std::string(details["type"].string()), details["fields"]);
        return failure;
    }
    const std::string_view told =
        details.is(value_kind::string) ? details.string() : std::string_view();
    const std::string_view type = class_in(told);
    errc means = code_in(text);
    for (const errc each : told_codes) {
        if (to_string(each) == type) means = each;
    }
    if (code == method_not_found) means = errc::unknown_method;
    if (code == invalid_params) means = errc::invalid_argument;
    error failure(means, std::move(text));
    if (means == errc::remote_error && !type.empty() && type != to_string(errc::remote_error))
        failure.set_type_name(std::string(type));
    if (told.starts_with("Traceback")) failure.set_trace(std::string(told));
    failure.set_detail(std::make_shared<peer_error>(code, std::move(details)));
    return failure;
}

std::optional<std::int64_t> code_of(const error& failure) {
    const auto* const kept = dynamic_cast<const peer_error*>(failure.detail().get());
    return kept != nullptr ? std::optional(kept->code) : std::nullopt;
}

value details_of(const error& failure) {
    const auto* const kept = dynamic_cast<const peer_error*>(failure.detail().get());
    return kept != nullptr ? kept->details : value();
}

} // namespace beckon::quickrpc
