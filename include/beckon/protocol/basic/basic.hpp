// The protocol of the Python package basic-socket-rpc, both roles.
#pragma once

#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

namespace basic {

/// How a client begins, with INIT: see openings.
inline constexpr std::string_view first_bytes[] = {"08 00 00 00 00"};

/// Who asks and who answers: the two sides of this protocol write different messages.
enum class role : std::uint8_t { client, server };

struct options {
    role plays = role::client;
    /// Of a client: how long it asks to be let in, and how long it waits before it asks again.
    nanoseconds wait = std::chrono::seconds(20);
    nanoseconds retry = std::chrono::milliseconds(4'500);
    /// Of a server: what the object at its root is asked is what comes. Each INIT is a call of `#init` with the three numbers of
    /// the version, whose result says whether the client is let in; each command N is a call of `#N` with the bytes of its
    /// arguments, and gives those of the result. The object judges who may call.
    bool raw = false;
    /// The same, and arguments come as `received` of codec/basic/payload.hpp, in place of bytes.
    bool in_place = false;
    /// Of a server: the desk (service/admission/admission.hpp) that each INIT asks for a place, where one is published so.
    std::string admission = "admission";
};

} // namespace basic

/// One conversation with a peer of basic-socket-rpc.
///
/// Methods are commands: those of an object whose interface is known, in their order in it, from 0; of any other
/// object the methods "#0" to "#65535", which take and give the bytes of their arguments and result.
[[nodiscard]] std::unique_ptr<protocol> make_basic_protocol(basic::options options = {});

namespace basic {

inline constexpr std::string_view option_names[] = {"wait", "retry", "raw", "admission"};

/// What an endpoint says of them: `wait=MILLISECONDS`, `retry=MILLISECONDS`, `raw`, `raw=in-place`, `admission=NAME`.
///
/// Errors: invalid_argument, naming the option.
[[nodiscard]] result<options> read_options(const io::endpoint& where, role plays);

} // namespace basic
} // namespace beckon
