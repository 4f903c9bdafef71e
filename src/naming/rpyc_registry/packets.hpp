// The registry's packets: one brine value each, ("RPYC", command, arguments) and what is answered.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/naming/rpyc_registry/types.hpp"

namespace beckon::naming::rpyc_registry {

enum class command : std::uint8_t { query, list, add, remove };

struct request {
    rpyc_registry::command command = command::query;
    std::vector<std::string> names{};  ///< One of a query, any number to add.
    service_port port{};               ///< To add and to remove.
    std::optional<std::string> host{}; ///< To list only what is there.
};

/// Errors: protocol_error; limit_exceeded. Ignores bytes behind the value, as RPyC does.
[[nodiscard]] result<request> read_request(byte_view packet);
/// Errors: invalid_argument, for text that is not UTF-8; limit_exceeded, beyond `max_packet_bytes`.
[[nodiscard]] result<buffer> write_request(const request& from);

[[nodiscard]] result<std::vector<service_address>> read_addresses(byte_view packet);
/// Nothing where the registry does not list names.
[[nodiscard]] result<std::optional<std::vector<std::string>>> read_names(byte_view packet);
[[nodiscard]] result<void> read_acknowledgement(byte_view packet);

/// Whether a whole value has come; over TCP the rest of one may be on its way.
[[nodiscard]] bool is_whole(byte_view packet);

/// As many of the first as fit into `most` bytes.
[[nodiscard]] buffer write_addresses(std::span<const service_address> from, std::size_t most);
[[nodiscard]] buffer write_names(std::span<const std::string> from, std::size_t most);
[[nodiscard]] buffer write_no_names();
[[nodiscard]] buffer write_acknowledgement();

/// ASCII letters in upper case, which is how names are kept and compared.
[[nodiscard]] std::string upper_case(std::string_view name);

} // namespace beckon::naming::rpyc_registry
