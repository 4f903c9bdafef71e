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
#include "beckon/io/endpoint.hpp"
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

bool speaks(const std::string& endpoint, std::string_view protocol) {
    const auto where = beckon::io::parse_endpoint(endpoint);
    return where && where->protocol == protocol;
}

beckon::connected reach_with(const std::string& endpoint, beckon::connect_options options) {
    static safety_warnings warnings;
    beckon::runtime_options runs;
    runs.log = &warnings;
    options.context = checked(beckon::context::create(runs));
    in_use = options.context->runtime();
    auto made = beckon::try_connect(endpoint, options);
    if (made) return std::move(made).value();
    const errc code = made.error().code();
    const bool misspelt =
        code == errc::parse_error || code == errc::invalid_argument || code == errc::unsupported;
    throw failure{misspelt ? status::wrong_usage : status::no_connection, std::move(made).error()};
}

} // namespace

beckon::connected reach(const std::string& endpoint, std::optional<beckon::nanoseconds> timeout) {
    beckon::connect_options options;
    if (timeout) options.timeout = *timeout;
    return reach_with(endpoint, std::move(options));
}

beckon::connected reach_to_ask(const std::string& endpoint,
                               std::optional<beckon::nanoseconds> timeout) {
    beckon::connect_options options;
    if (timeout) options.timeout = *timeout;
    if (speaks(endpoint, "pyrpc")) options.limits.default_timeout = std::chrono::seconds(10);
    return reach_with(endpoint, std::move(options));
}

bool has_one_object(const std::string& endpoint) { return speaks(endpoint, "basic"); }
bool has_plain_types_alone(const std::string& endpoint) { return speaks(endpoint, "remcall"); }

beckon::connected reach_and_enter(const std::string& endpoint, beckon::nanoseconds at_most) {
    beckon::io::endpoint where = checked(beckon::io::parse_endpoint(endpoint));
    std::erase_if(where.options, [](const auto& each) { return each.first == "wait"; });
    const auto length = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
    where.options.emplace_back("wait", std::to_string(length));
    beckon::connected made = reach(beckon::io::to_string(where), at_most);
    const auto session = made.core();
    // The protocol itself tells when it has been refused for so long.
    const auto until = beckon::deadline_after(session->now(), at_most + std::chrono::seconds(5));
    if (auto greeted = session->await_greeting(until); !greeted)
        throw failure{status::no_connection, std::move(greeted).error()};
    return made;
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
    throw failure{status::failed,
                  beckon::fail(errc::unsupported, "peer ", session.peer_name(),
                               " cannot be asked what it has: its protocol calls methods by their "
                               "names, and has no request for a list of them")};
}

void refuse_without_schema(const beckon::connected& session, const beckon::error& outcome) {
    const bool is_silent = outcome.code() == errc::timeout;
    throw failure{status::failed,
                  beckon::fail(errc::unsupported, "peer ", session.peer_name(),
                               is_silent ? " has not said in time that it is a Beckon, and only a "
                                           "Beckon can be asked what it has"
                                         : " cannot be asked what it has: ",
                               is_silent ? std::string_view() : outcome.message(),
                               "; --schema FILE says it")};
}

} // namespace command
