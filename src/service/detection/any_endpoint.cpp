// What `any+tcp://` stands for.
#include <algorithm>
#include <utility>

#include "codec/http_head.hpp"
#include "service/listen.hpp"
#include "service/named_protocol.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

namespace {

constexpr std::string_view choice = "protocols";

[[nodiscard]] result<void> check_choice(std::string_view list) {
    std::string known;
    for (const named_protocol& each : all_protocols()) {
        if (!each.in_any.empty()) known += concat(known.empty() ? "" : ", ", each.name);
    }
    for (const std::string_view each : http::split_list(list)) {
        const named_protocol* const found = named(each);
        if (found != nullptr && !found->in_any.empty()) continue;
        return fail(errc::invalid_argument, "option protocols names ", quoted(each),
                    "; expected some of ", known);
    }
    if (!http::split_list(list).empty()) return {};
    return fail(errc::invalid_argument, "option protocols is empty; expected some of ", known);
}

/// Adds an endpoint with those of its options that it may have.
void add(std::vector<io::endpoint>& all, io::endpoint each) {
    const auto known = options_at(each);
    all.push_back(with_options_of(std::move(each), known));
}

/// `with` is an option in one of the forms that the protocol comes in.
void add_form(std::vector<io::endpoint>& all, io::endpoint each, std::string_view with) {
    const std::size_t equals = with.find('=');
    if (!with.empty()) each.options.emplace_back(with.substr(0, equals), with.substr(equals + 1));
    add(all, std::move(each));
}

/// Behind the others: the handshake agrees on what one of those is called.
void add_bytes_over_web_socket(std::vector<io::endpoint>& all, io::endpoint each,
                               const named_protocol& spoken) {
    const auto made = make_protocol(each);
    if (!made || (*made)->traits().keeps_messages || !spoken.web_socket_name.empty()) return;
    const std::string below = each.transport;
    for (const transport_facts& over : all_transports()) {
        if (over.over != below || over.begins != transport_facts::opening::http_upgrade) continue;
        each.transport = over.name;
        add(all, each);
    }
}

/// The web's transports over this one.
void add_web(std::vector<io::endpoint>& all, io::endpoint each, const named_protocol& spoken) {
    const std::string below = each.transport;
    for (const transport_facts& over : all_transports()) {
        using opening = transport_facts::opening;
        if (over.over != below) continue;
        const bool can = over.begins == opening::http           ? spoken.does_with_answers
                         : over.begins == opening::http_upgrade ? !spoken.web_socket_name.empty()
                                                                : false;
        if (!can) continue;
        each.transport = over.name;
        add(all, each);
    }
}

[[nodiscard]] result<void> check_all_used(const io::endpoint& any,
                                          const std::vector<io::endpoint>& all) {
    for (const auto& given : any.options) {
        const auto has = [&](const io::endpoint& each) {
            return each.option(given.first) != nullptr;
        };
        if (std::any_of(all.begin(), all.end(), has)) continue;
        return fail(errc::invalid_argument, "option ", quoted(given.first),
                    " is known to none of the protocols served there, nor to ", any.transport);
    }
    return {};
}

} // namespace

result<std::vector<io::endpoint>> protocols_at(const io::endpoint& any) {
    const transport_facts* const known = facts_of(any.transport);
    if (known == nullptr || !known->shares_address || is_web(any)) {
        return fail(errc::unsupported, "protocols cannot be told apart over ",
                    quoted(any.transport), "; expected any+tcp, any+tls or any+unix");
    }
    if (!any.security.empty()) {
        return fail(errc::unsupported, "not every protocol carries ", any.security,
                    " messages; name those that are to have them");
    }
    io::endpoint given = any;
    std::vector<std::string_view> chosen;
    if (const std::string* const list = any.option(choice)) {
        BECKON_TRY(check_choice(*list));
        chosen = http::split_list(*list);
        std::erase_if(given.options, [](const auto& each) { return each.first == choice; });
    }
    std::vector<io::endpoint> all;
    for (const named_protocol& spoken : all_protocols()) {
        if (!chosen.empty() && std::ranges::find(chosen, spoken.name) == chosen.end()) continue;
        io::endpoint each = given;
        each.protocol = spoken.name;
        for (const std::string_view form : spoken.in_any) {
            const bool is_given = each.option(form.substr(0, form.find('='))) != nullptr;
            add_form(all, each, is_given ? std::string_view() : form);
            if (is_given) break;
        }
        if (!spoken.in_any.empty()) add_web(all, each, spoken);
    }
    for (const named_protocol& spoken : all_protocols()) {
        if (!chosen.empty() && std::ranges::find(chosen, spoken.name) == chosen.end()) continue;
        io::endpoint each = given;
        each.protocol = spoken.name;
        if (!spoken.in_any.empty()) add_bytes_over_web_socket(all, std::move(each), spoken);
    }
    BECKON_TRY(check_all_used(given, all));
    return all;
}

result<openings> openings_at(const context& inside, const io::endpoint& where) {
    const named_protocol* const spoken = named(where.protocol);
    if (spoken != nullptr && spoken->begins != nullptr) return spoken->begins(inside, where);
    return fail(errc::unsupported, "protocol ", quoted(where.protocol),
                " cannot share its address");
}

} // namespace beckon
