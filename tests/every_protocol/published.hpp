// One object, published through every protocol, and who calls it there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "every_protocol/rows.hpp"

namespace every_protocol {

/// What is published, and where it lives.
enum class origin {
    typed,       ///< An object of a class.
    by_schema,   ///< Handlers under a schema that is known at run time.
    built,       ///< Put together by names alone.
    described,   ///< The same, with an interface.
    from_native, ///< A reference that another peer gave, by the native protocol.
    from_rpyc,   ///< The same by others.
    from_jsonrpc,
};
inline constexpr origin origins[] = {origin::typed,       origin::by_schema,   origin::built,
                                     origin::described,   origin::from_native, origin::from_rpyc,
                                     origin::from_jsonrpc};
[[nodiscard]] std::string_view to_string(origin what) noexcept;
[[nodiscard]] constexpr bool is_elsewhere(origin what) noexcept {
    return what >= origin::from_native;
}

/// As tests, endpoints and refusals have it.
struct way {
    spoken by;
    std::string_view name;
    std::string_view prefix;  ///< Before "+tcp://", with the plus.
    std::string_view options; ///< Of who connects.
    std::string_view called;  ///< In refusals.
};
inline constexpr way ways[] = {
    {spoken::native, "native", "", "", "native"},
    {spoken::jsonrpc, "jsonrpc", "jsonrpc+", "", "jsonrpc"},
    {spoken::jrpc, "jrpc", "quickrpc+", "", "quickrpc"},
    {spoken::terse, "terse", "quickrpc+", "?codec=terse", "terse"},
    {spoken::msgpack, "msgpack", "msgpack+", "", "msgpack"},
    {spoken::rpyc6, "rpyc6", "rpyc+", "", "rpyc"},
    {spoken::rpyc5, "rpyc5", "rpyc+", "?dialect=5", "rpyc"},
    {spoken::remcall, "remcall", "remcall+", "", "remcall"},
    {spoken::pyrpc, "pyrpc", "pyrpc+", "", "pyrpc"},
    {spoken::basic, "basic", "basic+", "", "basic-socket-rpc"},
};

/// A server at which one such object is published, at one port for all protocols. Made when it is asked for first.
class published {
public:
    static published& of(origin what);
    explicit published(origin what);

    [[nodiscard]] std::string endpoint(const way& by) const;
    /// Whether the protocol by which it is reached from there carries no such thing.
    [[nodiscard]] static bool refuses(origin what, const row& asked);

private:
    std::optional<beckon::server> upstream_;
    beckon::connected to_upstream_;
    beckon::server server_;
    std::string at_;
};

} // namespace every_protocol
