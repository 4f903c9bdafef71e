#include "protocol/pyrpc/call_options.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "beckon/base/text.hpp"
#include "beckon/value/convert.hpp"

namespace beckon::pyrpc {

namespace {

constexpr double longest = 1e9; // seconds, beyond which nobody waits

/// Nothing where Python takes it for false.
[[nodiscard]] result<std::optional<nanoseconds>> seconds_in(const value& given,
                                                            std::string_view name) {
    const bool is_flag = given.is(value_kind::boolean);
    const auto number = given.is(value_kind::integer) || given.is(value_kind::floating)
                            ? given.get_or<double>(-1)
                            : -1.0;
    if (given.is_null() || number == 0 || (is_flag && !given.boolean()))
        return std::optional<nanoseconds>();
    if (!(number > 0)) {
        return fail(errc::invalid_argument, name, " is ", given.to_text(100),
                    "; expected a number of seconds above 0");
    }
    return std::optional(std::chrono::duration_cast<nanoseconds>(
        std::chrono::duration<double>(std::min(number, longest))));
}

} // namespace

result<caller_options> take_call_options(value& named, bool polls, const caller_options& usual) {
    caller_options chosen = usual;
    if (named.empty()) return chosen;
    struct known {
        std::string_view name;
        nanoseconds caller_options::*into;
        bool of_polling = false;
    };
    constexpr known all[] = {
        {"call_timeout", &caller_options::call_timeout},
        {"socket_connect_timeout", &caller_options::socket_connect_timeout},
        {"socket_send_timeout", &caller_options::socket_send_timeout},
        {"nb_fetch_tick", &caller_options::nb_fetch_tick, true},
        {"nb_fetch_timeout", &caller_options::nb_fetch_timeout, true},
        {"socket_recv_timeout", nullptr},
        {"nolog", nullptr},
    };
    for (const known& each : all) {
        const value* const found = named.find(each.name);
        if (found == nullptr || (each.of_polling && !polls)) continue;
        if (each.into != nullptr) {
            BECKON_ASSIGN(const auto length, seconds_in(*found, each.name));
            if (length) chosen.*each.into = *length;
        }
        named.erase(value(each.name));
    }
    return chosen;
}

std::string seconds_text(nanoseconds length) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
    if (milliseconds < 10'000) return concat(milliseconds, " ms");
    return concat(milliseconds / 1000, " s");
}

} // namespace beckon::pyrpc
