#include <charconv>

#include "beckon/protocol/quickrpc/quickrpc.hpp"

namespace beckon::quickrpc {

result<options> read_options(const io::endpoint& where) {
    options chosen;
    const std::string* const named = where.option("codec");
    std::string expression = named != nullptr ? *named : "jrpc";
    if (const std::string* const delimiter = where.option("delimiter")) {
        if (expression != "jrpc") {
            return fail(errc::invalid_argument, "option delimiter is for codec jrpc, not for ",
                        quoted(expression));
        }
        std::string_view mark = *delimiter;
        if (mark == "nul") mark = std::string_view("\0", 1);
        if (mark == "newline") mark = "\n";
        if (mark == "crlf") mark = "\r\n";
        expression = concat("jrpc:", mark);
    }
    auto codec = make_codec(expression);
    if (!codec) return std::move(codec).error().note("reading the options codec and delimiter");
    chosen.codec = *std::move(codec);
    BECKON_ASSIGN(chosen.standard_codes, where.flag_option("standard_codes", false));
    if (const std::string* const most = where.option("max_bad_messages")) {
        const char* const end = most->data() + most->size();
        const auto read = std::from_chars(most->data(), end, chosen.max_bad_messages);
        if (read.ec != std::errc() || read.ptr != end) {
            return fail(errc::invalid_argument, "option max_bad_messages is ", quoted(*most),
                        "; expected a number");
        }
    }
    return chosen;
}

} // namespace beckon::quickrpc
