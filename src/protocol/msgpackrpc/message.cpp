#include "protocol/msgpackrpc/message.hpp"

#include <array>
#include <cstring>
#include <limits>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/msgpack.hpp"

namespace beckon::msgpackrpc {

namespace {

using msgpack::item;

[[nodiscard]] std::string_view name_of(item kind) noexcept {
    constexpr std::array<std::string_view, 11> names{
        "nothing", "nil",      "a bool", "an integer",   "a float",        "a string",
        "bytes",   "an array", "a map",  "an extension", "no msgpack item"};
    return names[static_cast<std::size_t>(kind)];
}

template <typename... Parts>
[[nodiscard]] error wrong(const Parts&... parts) {
    return fail(errc::protocol_error, "peer sent ", parts...);
}

/// An integer of 32 bits without sign, in whatever form; anything else is read over.
[[nodiscard]] std::optional<std::uint32_t> take_number(msgpack::reader& in) {
    std::uint64_t number = 0;
    if (!in.take_unsigned(number) || number > UINT32_MAX) return {};
    return static_cast<std::uint32_t>(number);
}

[[nodiscard]] bool is_text(item kind) noexcept {
    return kind == item::text || kind == item::byte_string;
}

/// The method and the place of the parameters. An error does not tell who is to be answered.
[[nodiscard]] std::optional<error> read_call(message& into) {
    msgpack::reader& in = into.body;
    if (!is_text(in.peek()))
        return wrong("a message whose method is ", name_of(in.peek()), "; expected a string");
    into.method = as_text(in.get_bytes());
    if (!is_utf8(into.method)) return wrong("a method whose name is not utf-8");
    const item given = in.peek();
    if (given != item::array && given != item::map && given != item::nil) {
        return wrong("parameters of ", quoted(into.method), " that are ", name_of(given),
                     "; expected an array");
    }
    return {};
}

/// Whether all but its number says that it is a request.
[[nodiscard]] bool looks_like_request(msgpack::reader at) {
    if (!is_text(at.peek())) return false;
    at.skip();
    return at.peek() == item::array || at.peek() == item::nil;
}

[[nodiscard]] result<void> read_request(message& into, std::size_t size) {
    const auto id = size > 1 ? take_number(into.body) : std::nullopt;
    if (!id) {
        return wrong("a request ",
                     size > 1 ? "whose id is no integer from 0 to 4294967295" : "without an id");
    }
    into.id = *id;
    if (size != 4) {
        into.wrong = wrong("a request of ", size, " elements; expected 4");
    } else {
        into.wrong = read_call(into);
    }
    return {};
}

[[nodiscard]] result<void> read_response(message& into, std::size_t size) {
    if (size != 4) return wrong("a response of ", size, " elements; expected 4");
    const auto id = take_number(into.body);
    if (!id) return wrong("a response whose id is no integer from 0 to 4294967295");
    into.id = *id;
    return {};
}

[[nodiscard]] result<void> read_notification(message& into, std::size_t size) {
    if (size != 3) return wrong("a notification of ", size, " elements; expected 3");
    if (auto failure = read_call(into)) return std::move(*failure);
    return {};
}

/// The head of an array of so many elements, and the first of them, the message's type.
void put_begin(buffer& out, unsigned elements, unsigned type) {
    std::byte* const to = out.grow(2);
    to[0] = static_cast<std::byte>(0x90 + elements);
    to[1] = static_cast<std::byte>(type);
}

void put_method(buffer& out, std::string_view prefix, std::string_view method, bool old_spec) {
    msgpack::put_text_head(out, prefix.size() + method.size(), old_spec);
    out.append(as_bytes(prefix));
    out.append(as_bytes(method));
}

} // namespace

result<void> read_message(message& into) {
    msgpack::reader& in = into.body;
    if (in.peek() != item::array)
        return wrong("a message that is ", name_of(in.peek()), "; expected an array");
    const std::size_t size = in.get_array();
    if (size == 0) return wrong("a message that is an empty array");
    const auto type = take_number(in);
    if (type == 0u) return read_request(into, size);
    if (type == 1u) {
        into.kind = message_kind::response;
        return read_response(into, size);
    }
    if (type == 2u) {
        into.kind = message_kind::notification;
        return read_notification(into, size);
    }
    if (size == 4) {
        if (const auto id = take_number(in); id && looks_like_request(in)) {
            into.id = *id;
            into.wrong = wrong("a message of a type other than 0, 1 and 2");
            return {};
        }
    }
    return wrong("a message of ", size, " elements whose type is none of 0, 1 and 2");
}

void put_request(buffer& out, std::uint32_t id, std::string_view prefix, std::string_view method,
                 bool old_spec) {
    put_begin(out, 4, 0);
    msgpack::put_unsigned(out, id);
    put_method(out, prefix, method, old_spec);
}

void put_notification(buffer& out, std::string_view prefix, std::string_view method,
                      bool old_spec) {
    put_begin(out, 3, 2);
    put_method(out, prefix, method, old_spec);
}

void put_response(buffer& out, std::uint32_t id) {
    put_begin(out, 4, 1);
    msgpack::put_unsigned(out, id);
}

} // namespace beckon::msgpackrpc
