#include "beckon/service/remote_api/transport.hpp"

#include "beckon/session/session.hpp"
#include "service/remote_api/api_state.hpp"
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"

namespace beckon::quickrpc {

namespace {

/// What an endpoint may say of its protocol an API's options say.
[[nodiscard]] result<void> check_says_nothing(const io::endpoint& where) {
    const auto refuse = [&](std::string_view what, std::string_view instead) {
        return fail(errc::invalid_argument, "endpoint ", quoted(io::to_string(where), 200), " has ",
                    what, "; an api's is said by ", instead);
    };
    if (where.protocol != protocol_name)
        return fail(errc::invalid_argument, "endpoint ", quoted(io::to_string(where), 200),
                    " is for ", where.protocol, "; an api speaks ", protocol_name);
    if (!where.security.empty()) return refuse("a security provider", "api_options::security");
    for (const auto& [name, said] : where.options) {
        if (name == "codec" || name == "delimiter") return refuse(name, "api_options::codec");
        if (name == "standard_codes" || name == "max_bad_messages")
            return refuse(name, concat("api_options::", name));
    }
    return {};
}

[[nodiscard]] carrier_options speaking(carrier_options chosen,
                                       const std::shared_ptr<detail::api_port>& port) {
    chosen.protocol = protocol_name;
    chosen.speaks = [port](const io::endpoint& where,
                           std::optional<security_side> side) -> result<std::unique_ptr<protocol>> {
        BECKON_TRY(check_says_nothing(where));
        return port->make_protocol(side);
    };
    chosen.shows = [port](const std::string&) { return detail::api_port::make_servant(port); };
    return chosen;
}

} // namespace

transport::transport(std::string_view expression, carrier_options options)
    : port_(std::make_shared<detail::api_port>()),
      carrier_(expression, speaking(std::move(options), port_)),
      reaches_by_name_(beckon::reaches_by_name(expression)),
      hears_itself_(has_everybodys_port(expression)) {}

transport::~transport() = default;

std::vector<std::string> transport::peers() const {
    std::vector<std::string> names;
    for (const connected& each : carrier_.peers()) names.push_back(each.core()->name());
    return names;
}

result<std::vector<connected>> transport::find(const std::vector<std::string>& names) {
    if (names.empty() && reaches_by_name_) return carrier_.everybody();
    std::vector<connected> found;
    for (const std::string& each : names) {
        auto peer = carrier_.reach(each);
        if (peer) {
            found.push_back(*std::move(peer));
        } else if (reaches_by_name_) {
            return std::move(peer).error().note(concat("sending to ", carrier_.name()));
        }
    }
    return found;
}

} // namespace beckon::quickrpc
