#include "reach.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <new>
#include <set>
#include <string>
#include <thread>

#include "beckon/base/log.hpp"
#include "beckon/base/text.hpp"
#include "beckon/service/context.hpp"
#include "beckon/session/session.hpp"
#include "command.hpp"

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

/// Lives as long as a conversation of `reach` does.
std::weak_ptr<beckon::runtime> in_use;

/// What a log would say of a connection that breaks, the error says, and that in one line. What is left is how safe the
/// connection is that the user asked for; each of it is told once, however often is dialled.
class safety_warnings final : public beckon::log_sink {
public:
    [[nodiscard]] bool wants(beckon::log_level level) const noexcept override {
        return level == beckon::log_level::warning;
    }
    void write(beckon::log_level level, std::string_view id,
               std::string_view text) noexcept override {
        if (!wants(level) || (id != "BKN-TLS-UNVERIFIED" && id != "BKN-TLS-KEY-READABLE")) return;
        try {
            const std::lock_guard lock(mutex_);
            if (!told_.emplace(text).second) return;
            const std::string line = beckon::concat("beckon: warning: ", one_line(text), "\n");
            std::fwrite(line.data(), 1, line.size(), stderr);
        } catch (const std::bad_alloc&) {
            return; // what a log cannot say is not said
        }
    }

private:
    std::mutex mutex_;
    std::set<std::string, std::less<>> told_;
};

} // namespace

beckon::connected reach(const std::string& endpoint, std::optional<beckon::nanoseconds> timeout) {
    beckon::connect_options options;
    static safety_warnings warnings;
    beckon::runtime_options runs;
    runs.log = &warnings;
    options.context = checked(beckon::context::create(runs));
    in_use = options.context->runtime();
    if (timeout) options.timeout = *timeout;
    auto made = beckon::try_connect(endpoint, options);
    if (made) return std::move(made).value();
    const errc code = made.error().code();
    const bool misspelt =
        code == errc::parse_error || code == errc::invalid_argument || code == errc::unsupported;
    throw failure{misspelt ? status::wrong_usage : status::no_connection, std::move(made).error()};
}

void await_farewells() {
    for (int i = 0; i < 500 && !in_use.expired(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

failure first_failure(beckon::error what) {
    const status ends_with = is_about_connection(what) ? status::no_connection : status::failed;
    return {ends_with, std::move(what)};
}

void refuse_to_ask(const beckon::connected& session) {
    const bool tells_types = session.core()->traits().tells_types;
    throw failure{status::failed,
                  beckon::fail(errc::unsupported, "peer ", session.peer_name(),
                               " cannot be asked what it has: its protocol ",
                               tells_types
                                   ? "calls methods by their names, and has no request for "
                                     "a list of them"
                                   : "has numbers for commands, and both sides know beforehand "
                                     "which they are")};
}

} // namespace command
