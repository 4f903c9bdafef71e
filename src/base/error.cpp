#include "beckon/base/error.hpp"

#include <array>
#include <utility>

namespace beckon {

namespace {

constexpr std::array<std::string_view, 21> names{
    "internal",        "timeout",        "cancelled",      "disconnected",     "protocol_error",
    "schema_mismatch", "unknown_method", "unknown_object", "access_denied",    "overloaded",
    "limit_exceeded",  "remote_error",   "declared",       "invalid_argument", "type_mismatch",
    "unsupported",     "would_deadlock", "io_error",       "parse_error",      "address_in_use",
    "not_found"};

// Not destroyed: threads of a runtime may outlive statics.
const std::string& empty_text() {
    static const auto& text = *new const std::string;
    return text;
}
const std::vector<std::string>& no_notes() {
    static const auto& notes = *new const std::vector<std::string>;
    return notes;
}

} // namespace

std::string_view to_string(errc code) noexcept {
    const auto index = static_cast<std::size_t>(code);
    return index < names.size() ? names[index] : names[0];
}

errc errc_from_string(std::string_view name) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<errc>(i);
    }
    return errc::internal;
}

reaction reaction_of(errc code) noexcept {
    switch (code) {
    case errc::overloaded:
    case errc::timeout: return reaction::retry_later;
    case errc::disconnected:
    case errc::io_error: return reaction::reconnect;
    case errc::unknown_method:
    case errc::unsupported: return reaction::unimplemented;
    default: return reaction::give_up;
    }
}

struct error::body {
    errc code;
    std::string message;
    std::vector<std::string> notes;
    std::string type_name;
    std::string trace;
    std::shared_ptr<const error_detail> detail;
};

error::error(errc code, std::string message)
    : body_(std::make_shared<body>(body{code, std::move(message), {}, {}, {}, {}})) {}

// A moved-from error has no body; it reads as an internal error rather than as a crash.
errc error::code() const noexcept { return body_ ? body_->code : errc::internal; }
const std::string& error::message() const noexcept { return body_ ? body_->message : empty_text(); }
const std::vector<std::string>& error::notes() const noexcept {
    return body_ ? body_->notes : no_notes();
}
const std::string& error::type_name() const noexcept {
    return body_ ? body_->type_name : empty_text();
}
const std::string& error::trace() const noexcept { return body_ ? body_->trace : empty_text(); }
const std::shared_ptr<const error_detail>& error::detail() const noexcept {
    static const auto& none = *new const std::shared_ptr<const error_detail>;
    return body_ ? body_->detail : none;
}

error::body& error::own() {
    // Copies share the body until one of them is changed.
    if (!body_) {
        body_ = std::make_shared<body>();
    } else if (body_.use_count() > 1) {
        body_ = std::make_shared<body>(*body_);
    }
    return *body_;
}

error& error::note(std::string what) {
    own().notes.push_back(std::move(what));
    return *this;
}
error& error::set_type_name(std::string name) {
    own().type_name = std::move(name);
    return *this;
}
error& error::set_trace(std::string trace) {
    own().trace = std::move(trace);
    return *this;
}
error& error::set_detail(std::shared_ptr<const error_detail> detail) {
    own().detail = std::move(detail);
    return *this;
}

std::string error::to_string() const {
    std::string text(beckon::to_string(code()));
    if (!type_name().empty()) {
        text += " (";
        text += type_name();
        text += ')';
    }
    text += ": ";
    text += message();
    for (const std::string& note : notes()) {
        text += "; while ";
        text += note;
    }
    return text;
}

} // namespace beckon
