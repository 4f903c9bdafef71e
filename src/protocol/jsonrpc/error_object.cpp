#include "protocol/jsonrpc/error_object.hpp"

#include <array>
#include <memory>

#include "beckon/object/exception_codec.hpp"
#include "beckon/protocol/jsonrpc/error.hpp"

namespace beckon::jsonrpc {

namespace {

struct row {
    errc code;
    std::int64_t number;
};

// What has a number of its own; the rest is a remote failure, and its data say which.
constexpr std::array<row, 10> numbers{{{errc::unknown_method, code::method_not_found},
                                       {errc::unknown_object, code::method_not_found},
                                       {errc::invalid_argument, code::invalid_params},
                                       {errc::type_mismatch, code::invalid_params},
                                       {errc::parse_error, code::invalid_params},
                                       {errc::internal, code::internal_error},
                                       {errc::timeout, code::timed_out},
                                       {errc::overloaded, code::not_ready},
                                       {errc::limit_exceeded, code::too_large},
                                       {errc::cancelled, code::cancelled}}};

[[nodiscard]] std::int64_t number_of(errc what) noexcept {
    for (const row& each : numbers) {
        if (each.code == what) return each.number;
    }
    return code::remote_failure;
}

/// What a number means where the peer does not say it in Beckon's terms.
[[nodiscard]] errc meaning_of(std::int64_t number) noexcept {
    switch (number) {
    case code::parse_error:
    case code::invalid_request: return errc::protocol_error; // it could not make sense of ours
    case code::method_not_found: return errc::unknown_method;
    case code::invalid_params: return errc::invalid_argument;
    case code::request_cancelled:
    case code::server_cancelled: return errc::cancelled;
    default: return errc::remote_error;
    }
}

[[nodiscard]] std::string text_of(const error& failure) {
    std::string text = failure.message();
    for (const std::string& note : failure.notes()) text += concat("; while ", note);
    return text;
}

[[nodiscard]] std::string with_words(std::int64_t number, std::string text) {
    const std::string_view words = words_of(number);
    return words.empty() ? std::move(text) : concat(words, ": ", text);
}

/// The text behind the words that the number has anyway.
[[nodiscard]] std::string without_words(std::int64_t number, std::string text) {
    const std::string_view words = words_of(number);
    if (words.empty() || text.size() < words.size() + 3 || !text.starts_with(words) ||
        text[words.size()] != ':')
        return text;
    return text.substr(words.size() + 2);
}

[[nodiscard]] std::string text_member(const value& data, std::string_view name) {
    const value* const found = data.is(value_kind::map) ? data.find(name) : nullptr;
    return found != nullptr && found->is(value_kind::string) ? std::string(found->string())
                                                             : std::string();
}

} // namespace

std::string_view words_of(std::int64_t number) noexcept {
    switch (number) {
    case code::parse_error: return "Parse error";
    case code::invalid_request: return "Invalid Request";
    case code::method_not_found: return "Method not found";
    case code::invalid_params: return "Invalid params";
    case code::internal_error: return "Internal error";
    default: return {};
    }
}

error_object to_object(const error& failure, bool asked_to_end) {
    if (const auto* const own = dynamic_cast<const object_detail*>(failure.detail().get()))
        return {own->code, failure.message(), own->data};
    if (failure.code() == errc::declared) {
        const auto* const fields = dynamic_cast<const exception_fields*>(failure.detail().get());
        return {code::declared, failure.message(),
                value::map({{"type", failure.type_name()},
                            {"fields", fields != nullptr ? fields->fields() : value::map()}})};
    }
    if (failure.code() == errc::remote_error) {
        value data = value::map();
        if (!failure.type_name().empty()) data.insert_or_assign("type", failure.type_name());
        if (!failure.trace().empty()) data.insert_or_assign("trace", failure.trace());
        // What dynamic objects say of arguments that do not fit.
        const bool is_about_arguments = failure.type_name() == "builtins.TypeError";
        if (is_about_arguments) data.insert_or_assign("error", to_string(errc::remote_error));
        return {is_about_arguments ? code::invalid_params : code::internal_error, failure.message(),
                data.empty() ? value() : std::move(data)};
    }
    std::int64_t number = number_of(failure.code());
    if (failure.code() == errc::cancelled && asked_to_end) number = code::request_cancelled;
    error_object made{number, with_words(number, text_of(failure)), {}};
    if (meaning_of(number) != failure.code())
        made.data = value::map({{"error", to_string(failure.code())}});
    return made;
}

error from_object(error_object answered) {
    const std::string type = text_member(answered.data, "type");
    const value* const fields =
        answered.data.is(value_kind::map) ? answered.data.find("fields") : nullptr;
    if (answered.code == code::declared && !type.empty() && fields != nullptr) {
        error failure(errc::declared, std::move(answered.message));
        set_declared(failure, type, *fields);
        return failure;
    }
    errc means = meaning_of(answered.code);
    if (const std::string told = text_member(answered.data, "error"); !told.empty()) {
        const errc known = errc_from_string(told);
        // A declared exception comes as itself, and never so.
        if (known != errc::declared && to_string(known) == told) means = known;
    }
    error failure(means, without_words(answered.code, std::move(answered.message)));
    if (!type.empty()) failure.set_type_name(type);
    if (std::string trace = text_member(answered.data, "trace"); !trace.empty())
        failure.set_trace(std::move(trace));
    failure.set_detail(std::make_shared<object_detail>(answered.code, std::move(answered.data)));
    return failure;
}

// --- Of the public header ---

error make_error(std::int64_t number, std::string message, value data) {
    error failure(meaning_of(number), std::move(message));
    failure.set_detail(std::make_shared<object_detail>(number, std::move(data)));
    return failure;
}

namespace {
[[nodiscard]] error thrown_error(std::int64_t number, std::string message, value data) {
    error failure(errc::remote_error, std::move(message));
    failure.set_detail(std::make_shared<object_detail>(number, std::move(data)));
    return failure;
}
} // namespace

response_error::response_error(std::int64_t number, std::string message, value data)
    : remote_error(thrown_error(number, std::move(message), std::move(data))) {}

std::optional<std::int64_t> code_of(const error& failure) {
    if (const auto* const own = dynamic_cast<const object_detail*>(failure.detail().get()))
        return own->code;
    return std::nullopt;
}

value data_of(const error& failure) {
    const auto* const own = dynamic_cast<const object_detail*>(failure.detail().get());
    return own != nullptr ? own->data : value();
}

} // namespace beckon::jsonrpc
