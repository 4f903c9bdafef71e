#include "remote.hpp"

#include <charconv>

#include "beckon/schema/binary.hpp"
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

beckon::connected reach(const std::string& endpoint, std::optional<beckon::nanoseconds> timeout) {
    beckon::connect_options options;
    if (timeout) options.timeout = *timeout;
    auto made = beckon::try_connect(endpoint, options);
    if (made) return std::move(made).value();
    const errc code = made.error().code();
    const bool misspelt =
        code == errc::parse_error || code == errc::invalid_argument || code == errc::unsupported;
    throw failure{misspelt ? status::wrong_usage : status::no_connection, std::move(made).error()};
}

template <typename T>
T checked(beckon::result<T> outcome) {
    if (!outcome) throw failure{status::failed, std::move(outcome).error()};
    return std::move(outcome).value();
}

} // namespace

remote::remote(const std::string& endpoint, std::optional<beckon::nanoseconds> timeout)
    : session_(reach(endpoint, timeout)), timeout_(timeout) {
    // The first call shows whether the peer speaks the protocol at all.
    beckon::call_options options;
    if (timeout_) options.timeout = *timeout_;
    auto listed = session_.root().with(options).async()->list().result();
    if (!listed) {
        throw failure{is_about_connection(listed.error()) ? status::no_connection : status::failed,
                      std::move(listed).error()};
    }
    services_ = std::move(listed).value();
}

beckon::schema::document remote::describe(const std::string& name) const {
    const beckon::bytes encoded = checked(session_.root().async()->describe(name).result());
    return checked(beckon::schema::decode(encoded).note("reading the peer's schema of " + name));
}

found_object remote::find(const std::string& name, const beckon::schema::document* schema) const {
    std::string known;
    for (const auto& service : services_) {
        if (service.name != name) {
            known += known.empty() ? service.name : ", " + service.name;
            continue;
        }
        auto interface =
            checked(beckon::dynamic_interface::create(schema != nullptr ? *schema : describe(name),
                                                      service.interface)
                        .note("looking up the interface of " + name));
        beckon::bytes digest;
        if (schema != nullptr) {
            const auto& own = interface.descriptor().schema_digest(interface.descriptor());
            digest.assign(own.begin(), own.end());
        }
        auto target = checked(
            session_.root().async()->get(name, service.interface, std::move(digest)).result());
        checked(interface.bind(target));
        if (target.core() && !target.core()->is_local())
            static_cast<beckon::remote_object&>(*target.core()).set_label(name);
        return {name, std::move(target), std::move(interface)};
    }
    throw failure{status::failed,
                  beckon::fail(errc::unknown_object, "nothing is published as ",
                               beckon::quoted(name), known.empty() ? "" : "; there is ", known)};
}

found_object remote::directory() const {
    const beckon::object root(session_.root());
    return {"directory", root, beckon::dynamic_interface::of(root).value()};
}

} // namespace command
