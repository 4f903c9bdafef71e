#include <charconv>
#include <optional>
#include <utility>

#include "beckon/protocol/pyrpc/pyrpc.hpp"

namespace beckon::pyrpc {

namespace {

/// A number of seconds, "2.5"; `into` stays where the option is not given.
[[nodiscard]] result<void> read_seconds(const io::endpoint& where, std::string_view name,
                                        nanoseconds* into) {
    const std::string* const text = where.option(name);
    if (text == nullptr) return {};
    double number = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), number,
                                      std::chars_format::fixed);
    constexpr double longest = 1e9;
    if (read.ec != std::errc() || read.ptr != text->data() + text->size() || !(number > 0) ||
        number > longest) {
        return fail(errc::invalid_argument, "option ", name, " is ", quoted(*text),
                    "; expected seconds above 0 and at most 1000000000");
    }
    if (into != nullptr) {
        *into = std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(number));
    }
    return {};
}

/// A connection for each call: what has one alone, or none, will not do.
[[nodiscard]] result<void> check_transport(const io::endpoint& where) {
    for (const std::string_view each : {"stdio", "exec", "udp", "internal"}) {
        if (where.transport != each) continue;
        return fail(errc::unsupported,
                    "pyrpc makes a connection for each call, and there is none to be made over ",
                    each, "; expected tcp, unix, tls or memory");
    }
    if (where.option("keepalive_message") != nullptr) {
        return fail(errc::unsupported,
                    "option keepalive_message is not for pyrpc, where no connection is ever idle");
    }
    return {};
}

} // namespace

result<caller_options> read_caller_options(const io::endpoint& where) {
    BECKON_TRY(check_transport(where));
    caller_options chosen;
    const std::pair<std::string_view, nanoseconds*> times[] = {
        {"call_timeout", &chosen.call_timeout},
        {"socket_connect_timeout", &chosen.socket_connect_timeout},
        {"socket_send_timeout", &chosen.socket_send_timeout},
        {"socket_recv_timeout", nullptr},
        {"read_header_tick", nullptr},
        {"nb_fetch_tick", &chosen.nb_fetch_tick},
        {"nb_fetch_timeout", &chosen.nb_fetch_timeout},
    };
    for (const auto& [name, into] : times) BECKON_TRY(read_seconds(where, name, into));
    return chosen;
}

result<callee_options> read_callee_options(const io::endpoint& where) {
    BECKON_TRY(read_caller_options(where));
    callee_options chosen;
    BECKON_ASSIGN(chosen.retype_exceptions, where.flag_option("retype_exceptions", false));
    BECKON_TRY(where.flag_option("nonblocking", false));
    BECKON_TRY(where.number_option("request_clean_interval", 60, 1, 86'400));
    return chosen;
}

bool takes_jobs(const io::endpoint& where) {
    const auto said = where.flag_option("nonblocking", false);
    return said && *said;
}

} // namespace beckon::pyrpc
