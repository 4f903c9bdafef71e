#include "protocol/msgpackrpc/error_object.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/msgpack.hpp"
#include "beckon/object/exception_codec.hpp"
#include "beckon/protocol/msgpackrpc/msgpackrpc.hpp"

namespace beckon::msgpackrpc {

namespace {

/// Keeps the object that the peer sent.
class peer_error final : public exception_fields {
public:
    peer_error(value fields, value object)
        : exception_fields(std::move(fields)), object_(std::move(object)) {}
    [[nodiscard]] const value& object() const noexcept { return object_; }

private:
    value object_;
};

/// What a callee can say of itself. A peer cannot claim that our connection broke.
constexpr std::array<errc, 14> told_codes{
    errc::timeout,        errc::cancelled,      errc::protocol_error,   errc::schema_mismatch,
    errc::unknown_method, errc::unknown_object, errc::access_denied,    errc::overloaded,
    errc::limit_exceeded, errc::remote_error,   errc::invalid_argument, errc::type_mismatch,
    errc::unsupported,    errc::would_deadlock,
};

/// The code whose name begins the text, with what follows it.
[[nodiscard]] std::optional<std::pair<errc, std::string_view>> split_code(std::string_view text) {
    const std::size_t colon = text.find(": ");
    if (colon == std::string_view::npos) return {};
    const std::string_view name = text.substr(0, colon);
    const auto* const found = std::find_if(told_codes.begin(), told_codes.end(),
                                           [&](errc each) { return to_string(each) == name; });
    if (found == told_codes.end()) return {};
    return std::pair{*found, text.substr(colon + 2)};
}

[[nodiscard]] std::string as_utf8(std::string_view text) {
    std::string made(text);
    for (std::size_t bad = utf8_error_offset(made); bad != made.size();
         bad = utf8_error_offset(made))
        made[bad] = '?';
    return made;
}

/// The code that tells a peer most: calls with the wrong arguments fail here as Python's do.
[[nodiscard]] errc code_of(const error& failure) noexcept {
    const bool is_about_arguments =
        failure.code() == errc::remote_error && failure.type_name() == "builtins.TypeError";
    return is_about_arguments ? errc::invalid_argument : failure.code();
}

/// As a reader gets its code back: what a handler threw is its text alone, unless that would be taken for another code.
[[nodiscard]] std::string text_of(const error& failure) {
    const std::string& message = failure.message();
    if (failure.code() == errc::declared && failure.type_name() != message)
        return as_utf8(concat(failure.type_name(), ": ", message));
    const errc code = code_of(failure);
    const bool bare = code == errc::remote_error || code == errc::declared;
    if (bare && !split_code(message)) return as_utf8(message);
    return as_utf8(concat(to_string(bare ? errc::remote_error : code), ": ", message));
}

/// The fields of a declared exception, or an empty map.
[[nodiscard]] value fields_of(const error& failure) {
    const auto* const detail = dynamic_cast<const exception_fields*>(failure.detail().get());
    return detail != nullptr ? detail->fields() : value::map();
}

void put_key(buffer& out, std::string_view key) { msgpack::put_text(out, key); }

void put_fields(buffer& out, const error& failure, bool old_spec) {
    put_key(out, "fields");
    // References are not lent by a failure, which nobody may ever read.
    if (!msgpack::write(out, fields_of(failure), {.compat_old_spec = old_spec}))
        msgpack::put_map(out, 0);
}

[[nodiscard]] bool blames_caller(errc code) noexcept {
    return code == errc::invalid_argument || code == errc::type_mismatch ||
           code == errc::unknown_object || code == errc::protocol_error;
}

/// Codes that others tell by their texts alone.
[[nodiscard]] errc code_in(std::string_view text) noexcept {
    if (text.starts_with("Invalid method: ")) return errc::unknown_method; // Neovim
    if (text.starts_with("Wrong number of arguments: ") ||
        text.starts_with("Wrong type for argument ")) // Neovim
        return errc::invalid_argument;
    if (text.starts_with("rpclib: server could not find function ")) return errc::unknown_method;
    if (text.starts_with("rpclib: client error C0001")) return errc::unknown_method;
    if (text.starts_with("rpclib: client error C0002")) return errc::invalid_argument;
    return errc::remote_error;
}

[[nodiscard]] std::string text_in(const value& from) {
    if (from.is(value_kind::string)) return std::string(from.string());
    if (from.is(value_kind::bytes)) return as_utf8(as_text(from.bytes()));
    return from.to_text(400);
}

[[nodiscard]] bool is_text(const value& from) noexcept {
    return from.is(value_kind::string) || from.is(value_kind::bytes);
}

struct told {
    errc code = errc::remote_error;
    std::string text;
    std::string type;
    value fields = value::map();
};

void read_text(std::string text, told& into) {
    if (const auto split = split_code(text)) {
        into.code = split->first;
        into.text = split->second;
    } else {
        into.code = code_in(text);
        into.text = std::move(text);
    }
}

void read_declared(const value& type, const value& fields, told& into) {
    into.code = errc::declared;
    into.type = type.string();
    std::vector<record_field> made;
    if (fields.is(value_kind::map)) {
        for (const map_entry& each : fields.entries()) {
            if (each.key.is(value_kind::string)) made.push_back({each.key, each.mapped});
        }
    }
    into.fields = value::record(into.type, std::move(made));
}

void read_map(const value& from, told& into) {
    const value* message = from.find("message");
    if (message == nullptr) message = from.find("msg");
    const value& type = from["type"];
    const value& data = from["data"];
    if (message != nullptr && is_text(*message)) {
        read_text(text_in(*message), into);
    } else {
        into.text = from.to_text(400);
    }
    // Of our own shape the number is the code's.
    const value& code = from["code"];
    if (into.code == errc::remote_error && code.is_int64() && code.int64() > 0) {
        const auto* const found =
            std::find_if(told_codes.begin(), told_codes.end(), [&](errc each) {
                return static_cast<std::int64_t>(each) == code.int64();
            });
        if (found != told_codes.end() && data.is_null() && from.contains("data"))
            into.code = *found;
    }
    if (type.is(value_kind::string) && from.contains("fields")) {
        read_declared(type, from["fields"], into);
    } else if (data.is(value_kind::map) && data["type"].is(value_kind::string) &&
               data.contains("fields")) {
        read_declared(data["type"], data["fields"], into);
    }
}

} // namespace

void put_error(buffer& out, const error& failure, error_shape shape, bool old_spec) {
    const bool declared = failure.code() == errc::declared;
    const auto put_text = [&](std::string_view text) { msgpack::put_text(out, text, old_spec); };
    switch (shape) {
    case error_shape::text: return put_text(text_of(failure));
    case error_shape::neovim:
        msgpack::put_array(out, 2);
        msgpack::put_unsigned(out, blames_caller(code_of(failure)) ? 1 : 0);
        return put_text(text_of(failure));
    case error_shape::map:
        msgpack::put_map(out, 3);
        put_key(out, "code");
        msgpack::put_unsigned(out, static_cast<std::uint64_t>(code_of(failure)));
        put_key(out, "message");
        put_text(code_of(failure) == errc::remote_error ? text_of(failure)
                                                        : as_utf8(failure.message()));
        put_key(out, "data");
        if (!declared) return msgpack::put_nil(out);
        msgpack::put_map(out, 2);
        put_key(out, "type");
        put_text(as_utf8(failure.type_name()));
        return put_fields(out, failure, old_spec);
    case error_shape::beckon: break;
    }
    msgpack::put_array(out, 2);
    msgpack::put_unsigned(out, declared ? 1 : 0);
    if (!declared) return put_text(text_of(failure));
    msgpack::put_map(out, 3);
    put_key(out, "type");
    put_text(as_utf8(failure.type_name()));
    put_key(out, "message");
    put_text(as_utf8(failure.message()));
    put_fields(out, failure, old_spec);
}

error read_error(const value& object, const error_types& types) {
    told read;
    if (is_text(object)) {
        read_text(text_in(object), read);
    } else if (object.is(value_kind::map)) {
        read_map(object, read);
    } else if (object.is(value_kind::list) && object.size() == 2 && object[0].is_int64()) {
        const value& content = object[1];
        if (content.is(value_kind::map)) {
            read_map(content, read);
        } else if (is_text(content)) {
            read_text(text_in(content), read);
            const auto type = types.find(object[0].int64());
            if (type != types.end()) read.type = type->second;
        } else {
            read.text = object.to_text(400);
        }
    } else {
        read.text = object.to_text(400);
    }
    if (read.text.empty()) read.text = object.to_text(400);
    error failure(read.code, std::move(read.text));
    if (!read.type.empty()) failure.set_type_name(std::move(read.type));
    failure.set_detail(std::make_shared<peer_error>(std::move(read.fields), object));
    return failure;
}

std::optional<value> error_object(const error& failure) {
    const auto* const kept = dynamic_cast<const peer_error*>(failure.detail().get());
    if (kept == nullptr) return {};
    return kept->object();
}

} // namespace beckon::msgpackrpc
