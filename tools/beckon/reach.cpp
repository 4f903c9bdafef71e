#include "reach.hpp"

#include <charconv>

#include "beckon/base/log.hpp"
#include "beckon/base/text.hpp"
#include "beckon/service/context.hpp"

namespace command {

using beckon::errc;

beckon::nanoseconds parse_duration(const std::string& text, std::string_view option) {
    double number = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    double seconds = 1;
    bool known = true;
    if (unit == "ms") {
        seconds = 0.001;
    } else if (unit == "us") {
        seconds = 0.000001;
    } else if (unit == "m") {
        seconds = 60;
    } else if (unit == "h") {
        seconds = 3600;
    } else {
        known = unit.empty() || unit == "s";
    }
    const double whole = number * seconds;
    if (wrong != std::errc() || !known || !(whole > 0) || whole > 1e9) {
        fail_usage(beckon::concat(option, " takes a length of time such as 50ms, 2s or 1m; found ",
                                  beckon::quoted(text)));
    }
    return beckon::nanoseconds(static_cast<std::int64_t>(whole * 1e9));
}

namespace {

/// Errors that tell of a peer which never was there, rather than of a call that failed.
bool is_about_connection(const beckon::error& what) {
    switch (what.code()) {
    case errc::disconnected:
    case errc::protocol_error:
    case errc::timeout:
    case errc::io_error:
    case errc::not_found: return true;
    default: return false;
    }
}

} // namespace

beckon::connected reach(const std::string& endpoint, std::optional<beckon::nanoseconds> timeout) {
    beckon::connect_options options;
    // What a log would say of a connection that breaks, the error says, and that in one line.
    beckon::runtime_options runs;
    runs.log = &beckon::null_log();
    options.context = checked(beckon::context::create(runs));
    if (timeout) options.timeout = *timeout;
    auto made = beckon::try_connect(endpoint, options);
    if (made) return std::move(made).value();
    const errc code = made.error().code();
    const bool misspelt =
        code == errc::parse_error || code == errc::invalid_argument || code == errc::unsupported;
    throw failure{misspelt ? status::wrong_usage : status::no_connection, std::move(made).error()};
}

failure first_failure(beckon::error what) {
    const status ends_with = is_about_connection(what) ? status::no_connection : status::failed;
    return {ends_with, std::move(what)};
}

} // namespace command
