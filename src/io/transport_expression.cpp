#include "beckon/io/transport_expression.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace beckon::io {

namespace {

constexpr std::size_t shown = 200; ///< Bytes of an expression that a message repeats.

constexpr std::array<std::string_view, 9> own_words = {
    "mux", "restart", "tcpserv", "internal", "process", "qprocess", "qtcp", "listen", "connect"};

/// The first word, without names of a protocol and of a security provider before it.
struct first_word {
    std::string_view protocols; ///< With the last '+'.
    std::string_view word;
    std::string_view parameters; ///< Behind the colon.
    bool has_colon = false;
};

first_word split_word(std::string_view text) noexcept {
    first_word out;
    const std::size_t colon = text.find(':');
    out.has_colon = colon != std::string_view::npos;
    const std::string_view head = text.substr(0, colon);
    out.word = head;
    // '+' in what is no name belongs to an address: "stdio", or a mistake.
    const std::size_t plus = head.rfind('+');
    if (plus != std::string_view::npos) {
        out.protocols = head.substr(0, plus + 1);
        out.word = head.substr(plus + 1);
    }
    if (out.has_colon) out.parameters = text.substr(colon + 1);
    return out;
}

bool is_own_word(std::string_view word) noexcept {
    return std::find(own_words.begin(), own_words.end(), word) != own_words.end();
}

std::optional<std::uint64_t> decimal(std::string_view digits) noexcept {
    std::uint64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, number);
    if (digits.empty() || read.ec != std::errc() || read.ptr != end) return {};
    return number;
}

class reader {
public:
    reader(std::string_view whole, const expression_rules& rules) : whole_(whole), rules_(rules) {}

    result<transport_expression> read(std::string_view text, const expression_rules& outer,
                                      std::size_t depth);

private:
    /// A part of the text that is read, or of what one of the program's shorthands stands for.
    template <typename... Parts>
    [[nodiscard]] error bad(std::string_view part, const Parts&... parts) const {
        const auto begin = reinterpret_cast<std::uintptr_t>(part.data());
        const auto first = reinterpret_cast<std::uintptr_t>(whole_.data());
        std::string at;
        if (begin >= first && begin <= first + whole_.size())
            at = concat(" at byte ", begin - first);
        return fail(errc::parse_error, "transport expression ", quoted(whole_, shown), " ",
                    concat(parts...), at);
    }
    result<std::uint16_t> port(std::string_view digits) const;
    result<void> read_host_and_port(std::string_view parameters, std::string_view form,
                                    bool listens, transport_expression& out) const;
    result<void> read_mux(std::string_view parameters, const expression_rules& outer,
                          std::size_t depth, transport_expression& out);
    result<void> read_restart(std::string_view parameters, const expression_rules& outer,
                              std::size_t depth, transport_expression& out);
    result<void> read_use(const first_word& first, const expression_rules& outer, std::size_t depth,
                          transport_expression& out);
    result<void> read_word(const first_word& first, std::string_view text,
                           const expression_rules& outer, std::size_t depth,
                           transport_expression& out);
    result<void> read_options(std::string_view text, transport_expression& out) const;

    const std::string_view whole_;
    const expression_rules& rules_;
};

/// Takes the options off the end of a leaf's parameters.
std::pair<std::string_view, std::string_view> split_options(std::string_view parameters) noexcept {
    const std::size_t question = std::min(parameters.find('?'), parameters.size());
    return {parameters.substr(0, question), parameters.substr(question)};
}

void give_options(const std::vector<std::pair<std::string, std::string>>& given,
                  transport_expression& to) {
    if (to.is == transport_expression::kind::leaf) {
        for (const auto& each : given) {
            if (to.where.option(each.first) == nullptr) to.where.options.push_back(each);
        }
        return;
    }
    for (transport_expression& each : to.children) give_options(given, each);
}

result<void> take_number(endpoint& from, std::string_view key, std::uint64_t least,
                         std::uint64_t most, std::optional<std::uint64_t>& into) {
    if (from.option(key) == nullptr) return {};
    BECKON_ASSIGN(into, from.number_option(key, 0, least, most));
    std::erase_if(from.options, [&](const auto& each) { return each.first == key; });
    return {};
}

/// Takes the options that are the restart's out of what it restarts.
result<void> take_pace(transport_expression& from, restart_pace& to) {
    for (transport_expression& each : from.children) BECKON_TRY(take_pace(each, to));
    if (from.is != transport_expression::kind::leaf) return {};
    std::optional<std::uint64_t> growth, longest, jitter;
    BECKON_TRY(take_number(from.where, "growth", 1, 10, growth));
    BECKON_TRY(take_number(from.where, "longest", 1, 1'000'000, longest));
    BECKON_TRY(take_number(from.where, "jitter", 0, 100, jitter));
    if (growth) to.growth = static_cast<double>(*growth);
    if (longest) to.longest = std::chrono::seconds(*longest);
    if (jitter) to.jitter_percent = static_cast<std::uint32_t>(*jitter);
    return {};
}

/// Reads "?key=value&..." and gives it to all leaves that have no such option of their own.
result<void> reader::read_options(std::string_view text, transport_expression& out) const {
    if (text.empty()) return {};
    auto read = parse_endpoint(concat("x:", text));
    if (!read) return bad(text, "has bad options: ", read.error().message(), "; they begin");
    give_options(read->options, out);
    return {};
}

result<std::uint16_t> reader::port(std::string_view digits) const {
    const auto number = decimal(digits);
    if (!number || *number > 65'535) {
        return bad(digits, "has a bad port: found ", quoted(digits),
                   ", expected a number from 0 to 65535");
    }
    return static_cast<std::uint16_t>(*number);
}

/// "HOST:PORT", exactly one colon but for those between the brackets around an IPv6 address.
result<void> reader::read_host_and_port(std::string_view parameters, std::string_view form,
                                        bool listens, transport_expression& out) const {
    const auto [address, options] = split_options(parameters);
    std::size_t colon = std::string_view::npos;
    if (!address.empty() && address[0] == '[') {
        const std::size_t bracket = address.find(']');
        if (bracket == std::string_view::npos)
            return bad(address, "has no ']' behind the IPv6 address that begins");
        in6_addr unused{};
        const std::string number(address.substr(1, bracket - 1));
        if (::inet_pton(AF_INET6, number.substr(0, number.find('%')).c_str(), &unused) != 1) {
            return bad(address, "has a bad host: found ", quoted(number),
                       ", expected an IPv6 address between brackets,");
        }
        if (address.substr(bracket + 1, 1) == ":") colon = bracket + 1;
    } else {
        colon = address.find(':');
    }
    const bool more =
        colon != std::string_view::npos && address.find(':', colon + 1) != std::string_view::npos;
    if (colon == std::string_view::npos || more) {
        return bad(address, "has ", more ? "too many colons" : "no port", ": found ",
                   quoted(address), ", expected ", form,
                   more ? " with brackets around an IPv6 address," : "");
    }
    BECKON_ASSIGN(const std::uint16_t number, port(address.substr(colon + 1)));
    const std::string_view host = address.substr(0, colon);
    out.where.transport = "tcp";
    out.where.slashes = true;
    // What quickrpc's users know: nothing is every interface of a server, and this machine for a client.
    out.where.address = concat(host.empty() && listens ? "0.0.0.0" : host, ":", number);
    out.name = concat(host, ":", number);
    out.use = listens ? leaf_use::listen : leaf_use::connect;
    return read_options(options, out);
}

result<void> reader::read_mux(std::string_view parameters, const expression_rules& outer,
                              std::size_t depth, transport_expression& out) {
    out.is = transport_expression::kind::mux;
    std::string_view rest = parameters;
    while (!rest.empty() && rest[0] != '?') {
        auto part = partition_brackets(rest);
        if (!part) return bad(rest, "has a mux whose ", part.error().message());
        if (out.children.size() == max_expression_children) {
            return fail(errc::limit_exceeded, "transport expression ", quoted(whole_, shown),
                        " has a mux of more than ", max_expression_children, " transports");
        }
        BECKON_ASSIGN(transport_expression child, read(part->inside, outer, depth + 1));
        out.children.push_back(std::move(child));
        rest = part->rest;
    }
    return read_options(rest, out);
}

result<void> reader::read_restart(std::string_view parameters, const expression_rules& outer,
                                  std::size_t depth, transport_expression& out) {
    out.is = transport_expression::kind::restart;
    const std::size_t colon = std::min(parameters.find(':'), parameters.size());
    const std::string_view seconds = parameters.substr(0, colon);
    if (!seconds.empty()) {
        const auto number = decimal(seconds);
        if (!number || *number > static_cast<std::uint64_t>(max_restart_interval.count())) {
            return bad(seconds, "has a bad interval: found ", quoted(seconds),
                       ", expected whole seconds from 0 to ", max_restart_interval.count());
        }
        out.pace.interval = std::chrono::seconds(*number);
    }
    if (colon == parameters.size()) {
        return bad(parameters.substr(colon), "has nothing to restart: expected "
                                             "restart:SECONDS:TRANSPORT, and found its end");
    }
    BECKON_ASSIGN(transport_expression child, read(parameters.substr(colon + 1), outer, depth + 1));
    BECKON_TRY(take_pace(child, out.pace));
    out.children.push_back(std::move(child));
    return {};
}

/// `listen:ENDPOINT`, `connect:ENDPOINT`
result<void> reader::read_use(const first_word& first, const expression_rules& outer,
                              std::size_t depth, transport_expression& out) {
    const leaf_use use = first.word == "listen" ? leaf_use::listen : leaf_use::connect;
    BECKON_ASSIGN(transport_expression inner, read(first.parameters, outer, depth + 1));
    if (inner.is != transport_expression::kind::leaf || inner.use != leaf_use::either) {
        return bad(first.parameters, "has ", first.word, ": before ", quoted(first.parameters),
                   ", expected an endpoint such as tls://host:7443");
    }
    out.where = std::move(inner.where);
    out.name = std::move(inner.name);
    out.use = use;
    return {};
}

result<void> reader::read_word(const first_word& first, std::string_view text,
                               const expression_rules& outer, std::size_t depth,
                               transport_expression& out) {
    const std::string_view word = first.word;
    const bool slashes = first.parameters.substr(0, 2) == "//";
    if (word == "mux") return read_mux(first.parameters, outer, depth, out);
    if (word == "restart") return read_restart(first.parameters, outer, depth, out);
    if (word == "listen" || word == "connect") return read_use(first, outer, depth, out);
    if (word == "tcpserv")
        return read_host_and_port(first.parameters, "tcpserv:INTERFACE:PORT", true, out);
    if (word == "qtcp" || (word == "tcp" && !slashes)) {
        BECKON_TRY(read_host_and_port(first.parameters, "tcp:HOST:PORT", false, out));
        if (word == "qtcp") out.name = text;
        return {};
    }
    if (word == "udp" && !slashes) {
        const auto [digits, options] = split_options(first.parameters);
        BECKON_ASSIGN(const std::uint16_t number, port(digits));
        out.where.transport = "udp";
        out.where.address = concat(number);
        out.use = leaf_use::listen;
        return read_options(options, out);
    }
    if (word == "stdio") {
        out.where.transport = "stdio";
        out.name = "stdio";
        const std::size_t question = first.parameters.find('?');
        if (question == std::string_view::npos) return {};
        return read_options(first.parameters.substr(question), out);
    }
    if (word == "internal") {
        const auto [names, options] = split_options(first.parameters);
        out.where.transport = "internal";
        out.where.address = names;
        out.use = leaf_use::listen;
        return read_options(options, out);
    }
    if (word == "process" || word == "qprocess") {
        auto command = partition_brackets(first.parameters);
        if (!command)
            return bad(first.parameters, "has a command whose ", command.error().message());
        out.where.transport = "exec";
        out.where.address = command->inside;
        out.use = leaf_use::connect;
        return {}; // what is behind the brackets says nothing, as in the original
    }
    if (rules_.shorthand) {
        if (const auto meant = rules_.shorthand(word, first.parameters)) {
            reader inside(*meant, rules_);
            auto read = inside.read(*meant, outer, depth + 1);
            if (!read) {
                return std::move(read).error().note(
                    concat("reading what ", quoted(word), " stands for"));
            }
            out = std::move(*read);
            return {};
        }
    }
    const bool known =
        first.has_colon && !word.empty() && (!rules_.is_transport || rules_.is_transport(word));
    if (!known) {
        return bad(word, "names a transport that there is not: found ", quoted(word), ", expected ",
                   "mux, restart, tcp, tcpserv, udp, stdio, internal, process or an endpoint,");
    }
    auto where = parse_endpoint(text);
    if (!where) return where.error();
    out.where = std::move(*where);
    if (!outer.protocol.empty()) {
        out.where.protocol = outer.protocol;
        out.where.security = outer.security;
    }
    return {};
}

result<transport_expression> reader::read(std::string_view text, const expression_rules& outer,
                                          std::size_t depth) {
    if (depth > max_expression_depth) {
        return fail(errc::limit_exceeded, "transport expression ", quoted(whole_, shown),
                    " stands in itself more than ", max_expression_depth, " times");
    }
    const first_word first = split_word(text);
    if (!first.protocols.empty()) {
        // The endpoint's own reader knows what such names look like.
        BECKON_ASSIGN(const endpoint names, parse_endpoint(concat(first.protocols, "x:")));
        expression_rules inner;
        inner.protocol = names.protocol;
        inner.security = names.security;
        BECKON_ASSIGN(transport_expression out,
                      read(text.substr(first.protocols.size()), inner, depth));
        out.text = text;
        return out;
    }
    transport_expression out;
    out.where.protocol = outer.protocol.empty() ? "native" : outer.protocol;
    out.where.security = outer.security;
    BECKON_TRY(read_word(first, text, outer, depth, out));
    out.text = text;
    if (out.name.empty()) out.name = text;
    return out;
}

} // namespace

result<bracketed> partition_brackets(std::string_view text) {
    constexpr std::string_view opening = "({[<";
    constexpr std::string_view closing = ")}]>";
    const std::size_t kind = text.empty() ? std::string_view::npos : opening.find(text[0]);
    if (kind == std::string_view::npos) {
        return fail(errc::parse_error, "text begins with ",
                    text.empty() ? "nothing" : quoted(text.substr(0, 1)),
                    ", expected one of ( { [ <");
    }
    std::size_t open = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == opening[kind]) ++open;
        if (text[i] != closing[kind] || --open != 0) continue;
        return bracketed{text.substr(1, i - 1), text[0], text.substr(i + 1)};
    }
    return fail(errc::parse_error, "bracket ", quoted(text.substr(0, 1)), " is not closed");
}

bool is_transport_expression(std::string_view text) noexcept {
    const first_word first = split_word(text);
    if (is_own_word(first.word)) return true;
    if (first.word == "udp") return first.parameters.substr(0, 2) != "//";
    return first.word == "stdio" && !first.has_colon;
}

result<transport_expression> parse_transport_expression(std::string_view text,
                                                        const expression_rules& rules) {
    if (text.size() > max_expression_bytes) {
        return fail(errc::limit_exceeded, "transport expression has ", text.size(),
                    " bytes; limit is ", max_expression_bytes, " bytes: ", quoted(text));
    }
    return reader(text, rules).read(text, rules, 0);
}

} // namespace beckon::io
