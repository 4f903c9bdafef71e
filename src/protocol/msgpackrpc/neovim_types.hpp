// What Neovim tells of itself: the types of its handles, its functions, the numbers in its errors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/value/value.hpp"
#include "protocol/msgpackrpc/error_object.hpp"

namespace beckon::msgpackrpc {

/// The function of Neovim's API that tells them.
inline constexpr std::string_view api_info_function = "nvim_get_api_info";

/// One type of Neovim's handles: extension 0 is "Buffer", whose functions begin with "nvim_buf_".
struct handle_type {
    std::int64_t number = 0;
    std::string name;
    std::string prefix;
};

struct neovim_types {
    std::vector<handle_type> handles;
    error_types errors;

    /// Null where no handle has that number.
    [[nodiscard]] const handle_type* find(std::int64_t number) const noexcept;
};

/// The metadata in an answer of `nvim_get_api_info`: [channel, metadata].
///
/// Errors: protocol_error, for what is none.
[[nodiscard]] result<value> metadata_in(const value& answer);
/// Types that lack a number or name are left out.
[[nodiscard]] neovim_types types_in(const value& metadata);
/// The names of all functions; of those that begin with a prefix, what follows it.
[[nodiscard]] value function_names(const value& metadata, std::string_view prefix);
/// The same with their signatures, as pairs: ("line_count", "() -> Integer").
[[nodiscard]] value function_signatures(const value& metadata, std::string_view prefix);

} // namespace beckon::msgpackrpc
