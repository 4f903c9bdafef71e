#include "beckon/protocol/msgpackrpc/neovim.hpp"

#include "beckon/base/text.hpp"
#include "protocol/msgpackrpc/neovim_types.hpp"

namespace beckon::msgpackrpc {

neovim::neovim(const object& root) : root_(root) {
    const value answer = root_.call(api_info_function).content();
    auto metadata = metadata_in(answer);
    if (!metadata) throw_error(std::move(metadata).error());
    metadata_ = std::move(*metadata);
    if (answer[0].is_int64()) channel_ = answer[0].int64();
}

std::string neovim::full_name(std::string_view function) {
    return function.starts_with("nvim_") ? std::string(function) : concat("nvim_", function);
}

} // namespace beckon::msgpackrpc
