#include "beckon/protocol/jsonrpc/jsonrpc.hpp"

#include <array>

namespace beckon::jsonrpc {

result<options> read_options(const io::endpoint& where) {
    options chosen;
    if (const std::string* const given = where.option("framing")) {
        constexpr std::array<framing_kind, 4> known{framing_kind::newline, framing_kind::nul,
                                                    framing_kind::content_length,
                                                    framing_kind::none};
        bool found = false;
        for (const framing_kind each : known) {
            if (*given != to_string(each)) continue;
            chosen.framing = each;
            found = true;
        }
        if (!found) {
            return fail(errc::invalid_argument, "option framing is ", quoted(*given),
                        "; expected newline, nul, content-length or none");
        }
    }
    BECKON_ASSIGN(chosen.lenient, where.flag_option("lenient", chosen.lenient));
    BECKON_ASSIGN(chosen.deadlines, where.flag_option("deadlines", chosen.deadlines));
    chosen.only_answers = where.option(serves_over_http) != nullptr;
    return chosen;
}

} // namespace beckon::jsonrpc
