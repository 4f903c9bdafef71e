// Transport expressions: `restart:10:tcp:host:port`, `mux:(tcpserv::8000)(stdio:)`, and endpoints inside of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"

namespace beckon::io {

/// Longest expression that is read, how deep one may stand in another, and how many one `mux:` holds.
inline constexpr std::size_t max_expression_bytes = 65'536;
inline constexpr std::size_t max_expression_depth = 16;
inline constexpr std::size_t max_expression_children = 1'024;
/// Longest time from one attempt of `restart:` to the next: some 31 years.
inline constexpr std::chrono::seconds max_restart_interval{1'000'000'000};

/// What a leaf of an expression does with its endpoint.
enum class leaf_use : std::uint8_t {
    either,  ///< An endpoint: its user says whether he listens or connects there.
    connect, ///< `tcp:HOST:PORT`, `connect:ENDPOINT`
    listen,  ///< `tcpserv:INTERFACE:PORT`, `listen:ENDPOINT`
};

/// When `restart:` begins again. Options of what it restarts set all but the first: `?growth=2&longest=300&jitter=20`.
struct restart_pace {
    std::chrono::seconds interval{10};
    double growth =
        1; ///< Each further attempt that fails makes the wait so many times as long, 1 to 10,
    std::chrono::seconds longest{300}; ///< but not longer than that.
    std::uint32_t jitter_percent =
        0; ///< Each wait is by chance shorter, at most by so much: 0 to 100.
};

/// An expression, taken apart.
///
///   stdio[:ANYTHING]            standard input and output
///   tcp:HOST:PORT               connects; an empty host is this machine; tcp:[::1]:80 for IPv6
///   tcpserv:INTERFACE:PORT      listens; an empty interface is all of them
///   udp:PORT                    datagrams: everybody binds this port on all interfaces and sends to it
///   internal[:BUS[:NAME]]       in this program: everybody on one bus talks with everybody
///   process:(COMMAND)           a child process; qprocess: is the same, and qtcp: is tcp:
///   mux:(ONE)(ANOTHER)...       several at once, in any of the brackets ( [ { <, which may differ
///   restart:SECONDS:ONE         begins again when it has ended or could not begin; 10 seconds where none are given
///   listen:ENDPOINT             listens at an endpoint, whatever its user does with endpoints; connect: connects
///   [PROTOCOL+[SECURITY+]]...   any of these, and what stands in it unless it has a protocol of its own
///   ...?OPTIONS                 behind any of these but `stdio:`; of `mux:` and so on, for what stands in it
///   ENDPOINT                    tcp://127.0.0.1:7000, unix:/tmp/x, jsonrpc+tls://host:7443?ca=...
///
/// Names are in lower case. Numbers are decimal digits alone.
struct transport_expression {
    enum class kind : std::uint8_t { leaf, mux, restart };
    kind is = kind::leaf;
    std::string text; ///< As it was written.
    /// What a leaf's peer is called where there is one: "HOST:PORT" as it was written for tcp:, "stdio", or all of it.
    std::string name;
    endpoint where; ///< A leaf's.
    leaf_use use = leaf_use::either;
    std::vector<transport_expression> children; ///< Of `restart:` one.
    restart_pace pace{};                        ///< Of `restart:`
};

/// What is known to the reader of an expression besides its grammar.
struct expression_rules {
    std::string protocol{}; ///< Of what names none; empty: native.
    std::string security{};
    /// Whether endpoints have a transport of that name. Null: any name will do.
    std::function<bool(std::string_view name)> is_transport{};
    /// What a shorthand of the program stands for, given what is behind its colon; nothing where it is none.
    std::function<std::optional<std::string>(std::string_view name, std::string_view parameters)>
        shorthand{};
};

/// Reads an expression.
///
/// Errors: parse_error naming the part, what was found at which byte and what was expected, with the whole text.
/// Limits: limit_exceeded beyond `max_expression_bytes`, `max_expression_depth` and `max_expression_children`.
[[nodiscard]] result<transport_expression>
parse_transport_expression(std::string_view text, const expression_rules& rules = {});

/// Whether a text, without its protocol, begins with one of the words that expressions alone have: `mux`, `restart`,
/// `tcpserv`, `internal`, `process`, `qprocess`, `qtcp`, `listen`, `connect`, or is `udp:` or `stdio` without what makes them
/// endpoints. All else that is well-formed is an endpoint.
[[nodiscard]] bool is_transport_expression(std::string_view text) noexcept;

/// Text in brackets at the beginning of a text.
struct bracketed {
    std::string_view inside;
    char bracket = '('; ///< The opening one.
    std::string_view rest;
};

/// Takes it apart. The first letter is one of ( { [ <; brackets of that kind alone are counted, and nothing quotes them.
///
/// Errors: parse_error.
[[nodiscard]] result<bracketed> partition_brackets(std::string_view text);

} // namespace beckon::io
