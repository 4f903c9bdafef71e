// What service/ has to know of each transport besides how it is opened, by its name in endpoints: one table, in the source.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"

namespace beckon {

struct transport_facts {
    /// How it is reached where an expression does not say.
    enum class usual : std::uint8_t { either, connecting };
    /// What a protocol finds there.
    enum class carries : std::uint8_t {
        stream,
        messages, ///< That may be lost.
        answers,  ///< One for each message, and nothing else, from the side that accepts.
    };

    /// What tells its connections from others of the transport below it.
    enum class opening : std::uint8_t {
        none, ///< It adds nothing: the protocol's bytes.
        tls,
        http_upgrade, ///< WebSocket.
        http,
    };

    std::string_view name;
    std::string_view over{}; ///< The transport below it, whose options its endpoints take too.
    carries what = carries::stream;
    opening begins = opening::none;
    bool greets = false;        ///< A connection is given on when its handshake is over.
    bool dials_at_once = false; ///< Connecting waits for nobody.
    bool one_process = false;   ///< Only this process can take its connections.
    usual use = usual::either;
    bool by_name = false;    ///< Who listens reaches others by their names.
    bool to_network = false; ///< Other machines may be able to connect.
    bool shares_address =
        false; ///< Of connections to one address some may be for another transport or protocol.
    bool is_expression = false; ///< Its words say themselves that it listens.
};

[[nodiscard]] std::span<const transport_facts> all_transports() noexcept;
/// Null for a transport of the program's own, and where there is none.
[[nodiscard]] const transport_facts* facts_of(std::string_view transport) noexcept;

/// Whether it is a transport of the web inside TLS.
[[nodiscard]] bool is_web_over_tls(const io::endpoint& where) noexcept;
/// Whether it runs over connections that begin with a request of HTTP.
[[nodiscard]] bool is_web(const io::endpoint& where) noexcept;
/// Whether it only answers.
[[nodiscard]] bool is_http(const io::endpoint& where) noexcept;
/// Whether a peer stays from one call to the next, and its going is seen.
[[nodiscard]] bool keeps_peers(const io::endpoint& where) noexcept;
/// Whether it is inside TLS, or TLS itself.
[[nodiscard]] bool has_tls(const io::endpoint& where) noexcept;
/// Whether a transport runs over another one, so that its endpoints take the other's options too.
[[nodiscard]] bool runs_over(std::string_view transport, std::string_view other) noexcept;
/// The transport at the bottom, and its address: what a socket is bound to.
[[nodiscard]] result<io::endpoint> at_the_bottom(const io::endpoint& where);
/// Where the transport below one of the web's is: without the path, with the usual port where none is given.
[[nodiscard]] result<io::endpoint> below_web(const io::endpoint& where);

/// Whether listening at an endpoint is what its words mean, without "listen:" before them.
[[nodiscard]] bool says_listen(const io::endpoint& where) noexcept;
/// Of an expression: whether it has names for its peers, so that an unknown one is an error.
[[nodiscard]] bool reaches_by_name(std::string_view expression) noexcept;
/// Of an expression: whether it is or holds a port that everybody there has, so that one hears oneself.
[[nodiscard]] bool has_everybodys_port(std::string_view expression) noexcept;

} // namespace beckon
