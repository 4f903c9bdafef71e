#include <array>
#include <utility>

#include "beckon/protocol/msgpackrpc/msgpackrpc.hpp"

namespace beckon::msgpackrpc {

result<options> read_options(const io::endpoint& where) {
    options chosen;
    if (const std::string* const shape = where.option("errors")) {
        constexpr std::array<std::pair<std::string_view, error_shape>, 4> shapes{
            std::pair{"beckon", error_shape::beckon}, std::pair{"text", error_shape::text},
            std::pair{"neovim", error_shape::neovim}, std::pair{"map", error_shape::map}};
        bool known = false;
        for (const auto& [name, each] : shapes) {
            if (*shape != name) continue;
            chosen.errors = each;
            known = true;
        }
        if (!known) {
            return fail(errc::invalid_argument, "option errors is ", quoted(*shape),
                        "; expected beckon, text, neovim or map");
        }
    }
    BECKON_ASSIGN(chosen.compat_old_spec, where.flag_option("compat_old_spec", false));
    BECKON_ASSIGN(chosen.bad_text_as_bytes, where.flag_option("bad_text_as_bytes", true));
    BECKON_ASSIGN(chosen.references, where.flag_option("references", true));
    if (const std::string* const peer = where.option("peer")) {
        if (*peer != "beckon") {
            return fail(errc::invalid_argument, "option peer is ", quoted(*peer),
                        "; expected beckon");
        }
        chosen.peer_is_beckon = true;
    }
    return chosen;
}

} // namespace beckon::msgpackrpc
