// The protocol of RPyC, both dialects, both roles (docs/wire/rpyc.md).
#pragma once

#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/protocol/rpyc/options.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

/// One conversation with an RPyC peer.
///
/// Errors: invalid_argument, for options that contradict themselves.
[[nodiscard]] result<std::unique_ptr<protocol>> make_rpyc_protocol(rpyc::options options = {});

namespace rpyc {

inline constexpr std::string_view option_names[] = {
    "dialect",          "compress",           "bind_threads",    "max_held_bytes",
    "allow_getattr",    "allow_setattr",      "allow_delattr",   "allow_exposed_attrs",
    "allow_safe_attrs", "allow_public_attrs", "allow_all_attrs", "exposed_prefix"};

/// How a client begins, with a frame of no more than 80 MiB: a message of dialect 6 or 5, or one that is compressed. See
/// openings.
inline constexpr std::string_view first_bytes[] = {"00-04 .. .. .. 00 00-03|12",
                                                   "00-04 .. .. .. 01 78"};

/// What an endpoint says of them: `dialect=5` or 6; `compress`; `bind_threads`; `max_held_bytes`; and RPyC's switches of access by their
/// names, `allow_getattr`, `allow_setattr`, `allow_delattr`, `allow_exposed_attrs`, `allow_safe_attrs`,
/// `allow_public_attrs`, `allow_all_attrs`, `exposed_prefix`.
///
/// Errors: invalid_argument, naming the option.
[[nodiscard]] result<options> read_options(const io::endpoint& where);

} // namespace rpyc
} // namespace beckon
