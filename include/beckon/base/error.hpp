// Failures as values: what went wrong, what the caller can do about it, and where it happened.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/text.hpp"

namespace beckon {

/// What went wrong. The numbers travel on the native wire (docs/wire/native.md) and never change.
enum class errc : std::uint8_t {
    internal = 0,          ///< A bug, here or in the peer.
    timeout = 1,           ///< The deadline passed before the result came.
    cancelled = 2,         ///< The caller, or the end of its interest, cancelled the call.
    disconnected = 3,      ///< The connection ended before the result came.
    protocol_error = 4,    ///< The peer broke the rules of its protocol.
    schema_mismatch = 5,   ///< Both sides know the interface, but not the same one.
    unknown_method = 6,    ///< The object has no such method, or its implementation lacks it.
    unknown_object = 7,    ///< No object under that name or number.
    access_denied = 8,     ///< The peer may not do this.
    overloaded = 9,        ///< The peer has no room now; try again later.
    limit_exceeded = 10,   ///< A limit of `limits` was passed.
    remote_error = 11,     ///< The handler threw an exception that its interface does not declare.
    declared = 12,         ///< The handler threw an exception that its interface declares.
    invalid_argument = 13, ///< A value is outside what the called function accepts.
    type_mismatch = 14,    ///< A value is of another type than the one asked for.
    unsupported = 15,      ///< The protocol or type cannot do this; the message names both.
    would_deadlock = 16,   ///< Waiting here could never end.
    io_error = 17,         ///< The operating system refused; the message holds its words.
    parse_error = 18,      ///< Text or bytes do not follow their grammar.
    address_in_use = 19,   ///< Another program listens there.
    not_found = 20,        ///< A file, program or name does not exist.
};

/// The name of a code, as it appears in messages and on the command line ("unknown_method").
[[nodiscard]] std::string_view to_string(errc code) noexcept;

/// The code with the given name, or errc::internal when there is none.
[[nodiscard]] errc errc_from_string(std::string_view name) noexcept;

/// What a caller can do next.
enum class reaction : std::uint8_t { give_up, retry_later, reconnect, unimplemented };

[[nodiscard]] reaction reaction_of(errc code) noexcept;

/// Extra content of an error that upper layers attach, such as a declared exception's fields.
class error_detail {
public:
    virtual ~error_detail() = default;

protected:
    error_detail() = default;
    error_detail(const error_detail&) = default;
    error_detail& operator=(const error_detail&) = default;
};

/// One failure. Cheap to move and to copy (one pointer), immutable but for added notes.
///
/// Thread-safety: distinct objects safe; shared objects safe for reading.
class [[nodiscard]] error {
public:
    error(errc code, std::string message);

    [[nodiscard]] errc code() const noexcept;
    [[nodiscard]] beckon::reaction reaction() const noexcept { return reaction_of(code()); }
    /// What happened: lower case, no full stop, the blamed side first.
    [[nodiscard]] const std::string& message() const noexcept;
    /// The chain of "while ..." notes, innermost first.
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept;
    /// The type name of the exception that a remote handler threw; empty where there is none.
    [[nodiscard]] const std::string& type_name() const noexcept;
    /// The remote stack trace; empty unless the peer chose to send it.
    [[nodiscard]] const std::string& trace() const noexcept;
    [[nodiscard]] const std::shared_ptr<const error_detail>& detail() const noexcept;

    /// Adds what was being done, without "while": `note("reading frame header at byte 40")`.
    error& note(std::string what);
    error& set_type_name(std::string name);
    error& set_trace(std::string trace);
    error& set_detail(std::shared_ptr<const error_detail> detail);

    /// "limit_exceeded: peer declared ...; while reading ...; while ...".
    [[nodiscard]] std::string to_string() const;

private:
    struct body;
    body& own();
    std::shared_ptr<body> body_;
};

/// Makes an error of text parts: `fail(errc::limit_exceeded, "frame of ", n, " bytes")`.
template <typename... Parts>
[[nodiscard]] error fail(errc code, const Parts&... parts) {
    return error(code, concat(parts...));
}

} // namespace beckon
