#include "service/transport_facts.hpp"

#include <algorithm>
#include <iterator>

namespace beckon {

namespace {

using carries = transport_facts::carries;
using usual = transport_facts::usual;
using opening = transport_facts::opening;

constexpr transport_facts all[] = {
    {.name = "exec", .dials_at_once = true, .use = usual::connecting},
    {.name = "http",
     .over = "tcp",
     .what = carries::answers,
     .begins = opening::http,
     .greets = true,
     .to_network = true,
     .shares_address = true},
    {.name = "https",
     .over = "tls",
     .what = carries::answers,
     .begins = opening::http,
     .greets = true,
     .to_network = true,
     .shares_address = true},
    {.name = "internal", .dials_at_once = true, .by_name = true, .is_expression = true},
    {.name = "memory", .dials_at_once = true, .one_process = true},
    {.name = "stdio", .dials_at_once = true, .one_process = true, .use = usual::connecting},
    {.name = "tcp", .to_network = true, .shares_address = true},
    {.name = "tls",
     .over = "tcp",
     .begins = opening::tls,
     .greets = true,
     .to_network = true,
     .shares_address = true},
    {.name = "udp", .what = carries::messages, .by_name = true, .to_network = true},
    {.name = "unix", .shares_address = true},
    {.name = "ws",
     .over = "tcp",
     .begins = opening::http_upgrade,
     .greets = true,
     .to_network = true,
     .shares_address = true},
    {.name = "wss",
     .over = "tls",
     .begins = opening::http_upgrade,
     .greets = true,
     .to_network = true,
     .shares_address = true},
};

/// Without slashes: its port is everybody's.
constexpr std::string_view everybodys = "udp:";

} // namespace

std::span<const transport_facts> all_transports() noexcept { return all; }

const transport_facts* facts_of(std::string_view transport) noexcept {
    const auto found = std::find_if(std::begin(all), std::end(all),
                                    [&](const auto& each) { return each.name == transport; });
    return found != std::end(all) ? found : nullptr;
}

bool is_web_over_tls(const io::endpoint& where) noexcept {
    const transport_facts* const known = facts_of(where.transport);
    return known != nullptr && known->over == "tls";
}

bool is_web(const io::endpoint& where) noexcept {
    const transport_facts* const known = facts_of(where.transport);
    return known != nullptr &&
           (known->begins == opening::http_upgrade || known->begins == opening::http);
}

bool is_http(const io::endpoint& where) noexcept {
    const transport_facts* const known = facts_of(where.transport);
    return known != nullptr && known->what == carries::answers;
}

bool keeps_peers(const io::endpoint& where) noexcept {
    const transport_facts* const known = facts_of(where.transport);
    return known == nullptr || known->what == carries::stream;
}

bool has_tls(const io::endpoint& where) noexcept {
    return where.transport == "tls" || is_web_over_tls(where);
}

bool runs_over(std::string_view transport, std::string_view other) noexcept {
    for (auto known = facts_of(transport); known != nullptr; known = facts_of(known->over)) {
        if (known->over == other) return !other.empty();
    }
    return false;
}

result<io::endpoint> below_web(const io::endpoint& where) {
    const bool secure = is_web_over_tls(where);
    BECKON_ASSIGN(io::host_address at,
                  io::parse_host_address(where, secure ? std::uint16_t(443) : std::uint16_t(80)));
    at.path.clear();
    io::endpoint below = where;
    below.transport = facts_of(where.transport)->over;
    below.address = io::to_string(at);
    return below;
}

result<io::endpoint> at_the_bottom(const io::endpoint& where) {
    io::endpoint bottom = where;
    if (is_web(where)) {
        BECKON_ASSIGN(bottom, below_web(where));
    }
    for (auto known = facts_of(bottom.transport); known != nullptr && !known->over.empty();
         known = facts_of(known->over))
        bottom.transport = known->over;
    return bottom;
}

bool says_listen(const io::endpoint& where) noexcept {
    const transport_facts* const known = facts_of(where.transport);
    if (known == nullptr) return false;
    return known->is_expression || (known->what == carries::messages && !where.slashes);
}

bool reaches_by_name(std::string_view expression) noexcept {
    const std::string_view word = expression.substr(0, expression.find(':'));
    const transport_facts* const known = facts_of(word);
    return word == "bus" || (known != nullptr && known->by_name);
}

bool has_everybodys_port(std::string_view expression) noexcept {
    for (std::size_t at = expression.find(everybodys); at != std::string_view::npos;
         at = expression.find(everybodys, at + 1)) {
        const bool is_whole = at == 0 || std::string_view("([{<:+").find(expression[at - 1]) !=
                                             std::string_view::npos;
        if (is_whole && !expression.substr(at + everybodys.size()).starts_with("//")) return true;
    }
    return false;
}

} // namespace beckon
