#include "protocol/remcall/failure.hpp"

#include <algorithm>
#include <array>

#include "beckon/base/utf8.hpp"
#include "codec/remcall/numbers.hpp"

namespace beckon::remcall {

namespace {

enum class kind : std::uint8_t {
    implementation_failed = 0,
    method_not_available = 1,
    unknown_object = 2,
    bad_argument = 3,
    cancelled = 4,
    deadline_exceeded = 5,
    internal = 6,
};

[[nodiscard]] kind kind_of(errc code) noexcept {
    switch (code) {
    case errc::remote_error:
    case errc::declared: return kind::implementation_failed;
    case errc::unknown_method: return kind::method_not_available;
    case errc::unknown_object: return kind::unknown_object;
    case errc::invalid_argument:
    case errc::type_mismatch:
    case errc::schema_mismatch: return kind::bad_argument;
    case errc::cancelled: return kind::cancelled;
    case errc::timeout: return kind::deadline_exceeded;
    default: return kind::internal;
    }
}

/// What a callee can say of itself. A peer cannot claim that our connection broke.
constexpr std::array told_codes{
    errc::protocol_error, errc::access_denied, errc::overloaded,     errc::limit_exceeded,
    errc::type_mismatch,  errc::unsupported,   errc::would_deadlock, errc::schema_mismatch,
};

[[nodiscard]] errc code_of(kind told, const std::string& type) noexcept {
    const auto by_name = [&](errc otherwise) {
        const auto* const found = std::find_if(told_codes.begin(), told_codes.end(),
                                               [&](errc each) { return to_string(each) == type; });
        return found != told_codes.end() ? *found : otherwise;
    };
    switch (told) {
    case kind::method_not_available: return errc::unknown_method;
    case kind::unknown_object: return errc::unknown_object;
    case kind::bad_argument: return by_name(errc::invalid_argument);
    case kind::cancelled: return errc::cancelled;
    case kind::deadline_exceeded: return errc::timeout;
    case kind::internal: return by_name(errc::internal);
    default: return errc::remote_error;
    }
}

void put_text(buffer& out, std::string text) {
    for (std::size_t bad = utf8_error_offset(text); bad != text.size();
         bad = utf8_error_offset(text))
        text[bad] = '?';
    put_number(out, text.size(), 4);
    out.append(as_bytes(text));
}

} // namespace

void put_failure(buffer& out, const error& failure) {
    const kind told = kind_of(failure.code());
    put_number(out, static_cast<std::uint64_t>(told), 1);
    const bool is_thrown = told == kind::implementation_failed && !failure.type_name().empty();
    put_text(out, is_thrown ? failure.type_name() : std::string(to_string(failure.code())));
    put_text(out, failure.message());
    put_text(out, failure.trace());
}

error read_failure(std::uint8_t told, std::string type, std::string message, std::string details) {
    const errc code = code_of(static_cast<kind>(told), type);
    error failure(code, message.empty() ? std::string("peer told no reason") : std::move(message));
    if (code == errc::remote_error && type != to_string(errc::remote_error))
        failure.set_type_name(std::move(type));
    if (!details.empty()) failure.set_trace(std::move(details));
    return failure;
}

} // namespace beckon::remcall
