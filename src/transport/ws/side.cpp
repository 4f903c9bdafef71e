#include "transport/ws/side.hpp"

namespace beckon::transport::ws {

result<std::shared_ptr<const side>> make_side(role plays, const io::endpoint& where,
                                              std::vector<std::string> subprotocols,
                                              const message_bounds& messages) {
    auto made = std::make_shared<side>();
    made->plays = plays;
    made->messages = messages;
    BECKON_ASSIGN(const io::host_address at, io::parse_host_address(where, std::uint16_t(0)));
    const std::string* const named = where.option("subprotocol");
    if (named != nullptr) {
        subprotocols.clear();
        for (const std::string_view each : http::split_list(*named)) {
            if (!http::is_token(each)) {
                return fail(errc::invalid_argument, "option subprotocol names ", quoted(each),
                            "; expected words without blanks, parted by commas");
            }
            subprotocols.emplace_back(each);
        }
    }
    BECKON_ASSIGN(const std::uint64_t seconds, where.number_option("ping", 15, 0, 86'400));
    made->ping_after = std::chrono::seconds(seconds);
    const std::string target = http::target_of(at.path);
    if (plays == role::client) {
        std::string host =
            at.host.find(':') == std::string::npos ? at.host : concat("[", at.host, "]");
        const bool usual = at.port == (where.transport == "wss" ? 443 : 80);
        if (!usual) host += concat(":", at.port);
        made->asks = {std::move(host), target, std::move(subprotocols), named != nullptr};
    } else {
        if (target.find('?') != std::string::npos) {
            return fail(errc::invalid_argument, "path ", quoted(at.path),
                        " of a listener has a query; expected a path alone");
        }
        made->takes = {target, std::move(subprotocols), named != nullptr,
                       http::origin_policy::from(where.option("origins"), at.host)};
    }
    return std::shared_ptr<const side>(std::move(made));
}

} // namespace beckon::transport::ws
