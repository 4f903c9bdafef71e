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

openings openings_of(const options& options) {
    // A header's name, in any case: that of its length, or of what it is.
    if (options.framing == framing_kind::content_length)
        return {{"43|63 4f|6f 4e|6e 54|74 45|65 4e|6e 54|74 2d"}};
    openings made{{"5b|7b|20|09|0a|0d"}}; // an object or a batch, behind blanks
    if (options.framing == framing_kind::newline) made.delimiter = "\n";
    if (options.framing == framing_kind::nul) made.delimiter = std::string(1, '\0');
    return made;
}

} // namespace beckon::jsonrpc
