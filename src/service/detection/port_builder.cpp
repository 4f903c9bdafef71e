#include "service/detection/port_builder.hpp"

#include <algorithm>

#include "codec/http_head.hpp"
#include "service/listen.hpp"
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"

namespace beckon::detection {

namespace {

using opening = transport_facts::opening;

[[nodiscard]] std::string key_of(const io::endpoint& base) {
    return concat(base.transport, ':', base.address);
}

/// Where the system chooses the port nobody else has meant the same one.
[[nodiscard]] bool has_port(const io::endpoint& base) {
    const auto at = io::parse_host_address(base);
    return !at || at->port != 0; // a file's name is no such address
}

[[nodiscard]] const transport_facts& known(const io::endpoint& where) noexcept {
    return *facts_of(where.transport); // server::state::may_share has looked
}

/// The TLS of an endpoint that has it: itself, or what it runs over.
[[nodiscard]] const transport_facts& tls_of(const io::endpoint& where) noexcept {
    const transport_facts& own = known(where);
    return own.begins == opening::tls ? own : *facts_of(own.over);
}

[[nodiscard]] result<void> check_level(const std::vector<candidate>& all) {
    for (const candidate& one : all) {
        if (one.begins.empty() && one.what != layer::messages && all.size() > 1) {
            return fail(errc::unsupported, one.name,
                        " cannot share its address: its conversations may begin with anything");
        }
    }
    return check_apart(all);
}

[[nodiscard]] std::string path_of(const io::endpoint& where) {
    const auto at = io::parse_host_address(where, std::uint16_t(0));
    return http::target_of(at ? at->path : std::string_view());
}

} // namespace

port_builder::level port_builder::level_of(std::shared_ptr<entry> at) const {
    const std::lock_guard lock(server_.mutex);
    level made{.at = std::move(at), .now = {}};
    if (made.at->among) made.now = *made.at->among;
    for (const auto& [path, each] : made.at->inside_web) {
        level web{.at = each, .now = {}};
        if (each->among) web.now = *each->among;
        made.inside_web.emplace(path, std::move(web));
    }
    return made;
}

result<void> port_builder::open() {
    BECKON_ASSIGN(const io::endpoint base, at_the_bottom(asked_));
    return find_or_open(base);
}

result<void> port_builder::find_or_open(const io::endpoint& base) {
    std::shared_ptr<entry> there;
    {
        const std::lock_guard lock(server_.mutex);
        for (const auto& each : server_.listeners) {
            const auto& names = each->addresses;
            if (std::find(names.begin(), names.end(), key_of(base)) != names.end()) there = each;
        }
    }
    if (there != nullptr) {
        const std::string differs = differing_option(there->where, base, base.transport);
        if (!differs.empty()) {
            return fail(errc::invalid_argument, "option ", differs, " of ", base.transport,
                        " is another one than that of ", io::to_string(there->where),
                        ", which listens there");
        }
        outer_ = level_of(there);
        if (there->inside_tls) inner_ = level_of(there->inside_tls);
        return {};
    }
    BECKON_ASSIGN(auto opened, open_base(*server_.inside, base, server_.options.limits));
    const auto made = std::make_shared<entry>();
    made->where = base;
    made->addresses.push_back(concat(base.transport, ':', opened->local_endpoint().address));
    if (has_port(base) && key_of(base) != made->addresses.front())
        made->addresses.push_back(key_of(base));
    made->accepts = std::move(opened);
    outer_ = {.at = made, .now = {}, .is_new = true};
    fresh_.push_back(made);
    return {};
}

result<port_builder::level*> port_builder::inside_tls(const io::endpoint& where) {
    if (inner_) {
        const std::string differs = differing_option(inner_->at->where, where, tls_of(where).name);
        if (differs.empty()) return &*inner_;
        return fail(errc::invalid_argument, "option ", differs,
                    " of TLS is another one than that of ", io::to_string(inner_->at->where),
                    ", and the handshake comes before the protocol is known");
    }
    std::shared_ptr<branch> from;
    BECKON_ASSIGN(const auto made, listen_over(where, tls_of(where), from));
    made->where = where;
    outer_.now.all.push_back({.where = where, .into = std::move(from)});
    outer_.now.candidates.push_back(of_tls("TLS"));
    inner_ = level{.at = made, .now = {}, .is_new = true};
    return &*inner_;
}

result<std::shared_ptr<port_builder::entry>>
port_builder::listen_over(const io::endpoint& where, const transport_facts& over,
                          std::shared_ptr<branch>& from) {
    io::endpoint local = outer_.at->accepts->local_endpoint();
    local.transport = over.over;
    BECKON_ASSIGN(from, branch::create(std::move(local)));
    const auto made = std::make_shared<entry>();
    made->where = where;
    BECKON_ASSIGN(const auto spoken, server_.speak_at(where));
    BECKON_ASSIGN(made->accepts,
                  open_over(*server_.inside, where, over.begins, server_.options.limits, *spoken,
                            make_branch_listener(from)));
    fresh_.push_back(made);
    return made;
}

result<void> port_builder::add(const io::endpoint& where) {
    BECKON_ASSIGN(auto security, server_.security_at(where, security_side::accepting));
    level* at = &outer_;
    if (has_tls(where)) {
        BECKON_ASSIGN(at, inside_tls(where));
    }
    warn_if_open(security);
    if (known(where).begins == opening::http) {
        BECKON_TRY(add_http(*at, where, std::move(security)));
        return check();
    }
    if (is_web(where)) {
        BECKON_ASSIGN(at, inside_web(*at, where));
    }
    BECKON_TRY(add_protocol(*at, where, std::move(security)));
    return check();
}

/// By what was asked for, which may stand for many protocols: it is the address that is open.
void port_builder::warn_if_open(const message_security_maker& security) {
    if (outer_.at->warned_open) return;
    outer_.at->warned_open = server_.warn_if_open(at_real_port(asked_), security);
}

io::endpoint port_builder::at_real_port(const io::endpoint& where) const {
    io::endpoint real = where;
    real.address = outer_.at->accepts->local_endpoint().address;
    if (is_web(where)) real.address += io::parse_host_address(where, std::uint16_t(0))->path;
    return real;
}

result<port_builder::level*> port_builder::inside_web(level& at, const io::endpoint& where) {
    const std::string path = path_of(where);
    if (const auto there = at.inside_web.find(path); there != at.inside_web.end()) {
        const io::endpoint& other = there->second.at->where;
        const std::string differs = differing_option(other, where, where.transport);
        if (!differs.empty()) {
            return fail(errc::invalid_argument, "option ", differs, " of ", where.transport,
                        " is another one than that of ", io::to_string(other),
                        ", and the handshake comes before the protocol is known");
        }
        const std::string_view called = web_socket_name(where);
        if (!called.empty() && called != web_socket_name(other)) {
            return fail(errc::address_in_use, io::to_string(other),
                        " is served by that path, and its handshake agrees on no sub-protocol ",
                        quoted(called), "; listen there in the other order");
        }
        return &there->second;
    }
    std::shared_ptr<branch> from;
    BECKON_ASSIGN(const auto made, listen_over(where, known(where), from));
    at.now.candidates.push_back(of_web_socket(io::to_string(as_peers_connect(where)), path));
    at.now.all.push_back({.where = where, .into = std::move(from)});
    return &at.inside_web.emplace(path, level{.at = made, .now = {}, .is_new = true}).first->second;
}

result<void> port_builder::add_protocol(level& at, const io::endpoint& where,
                                        message_security_maker security) {
    BECKON_ASSIGN(const auto spoken, server_.speak_at(where));
    std::string name = io::to_string(as_peers_connect(at_real_port(where)));
    offer made{.where = where, .security = std::move(security)};
    made.shared = shared_at(where, [this] { return server_.jobs(); });
    if (is_web(where) && spoken->traits().keeps_messages) {
        at.now.candidates.push_back(of_messages(std::move(name)));
    } else {
        // Alone it may begin with anything: see check.
        const auto begins = openings_at(*server_.inside, where);
        if (!begins && !is_web(where)) return begins.error();
        auto named = begins ? of_protocol(name, *begins) : result<candidate>(begins.error());
        at.now.candidates.push_back(named ? std::move(*named)
                                          : candidate{.name = std::move(name), .begins = {}});
    }
    at.now.all.push_back(std::move(made));
    return {};
}

result<void> port_builder::add_http(level& at, const io::endpoint& where,
                                    message_security_maker security) {
    std::shared_ptr<branch> from;
    BECKON_ASSIGN(const auto made, listen_over(where, known(where), from));
    made->security = std::move(security);
    made->shared = shared_at(where, [this] { return server_.jobs(); });
    at.now.candidates.push_back(of_http(io::to_string(as_peers_connect(where))));
    at.now.all.push_back({.where = where, .into = std::move(from)});
    return {};
}

result<void> port_builder::check() const {
    for (const level* each : {&outer_, inner_ ? &*inner_ : nullptr}) {
        if (each == nullptr) continue;
        BECKON_TRY(check_level(each->now.candidates));
        for (const auto& [path, web] : each->inside_web)
            BECKON_TRY(check_level(web.now.candidates));
    }
    const auto leads_on = [](const offer& each) { return each.into != nullptr; };
    const auto& all = outer_.now.all;
    const auto over = std::count_if(all.begin(), all.end(), leads_on);
    if (server_.options.connection_authenticator && over != 0 &&
        over != static_cast<std::ptrdiff_t>(all.size())) {
        return fail(
            errc::unsupported,
            "with an authenticator of connections an address can serve protocols over TLS, "
            "HTTP and WebSocket, or others, and not both: what its handshake begins with is "
            "not known");
    }
    return {};
}

/// REQUIRES: locked.
void port_builder::publish(level& from) {
    for (auto& [path, web] : from.inside_web) {
        from.at->inside_web[path] = web.at;
        web.at->among = std::make_shared<const offers>(std::move(web.now));
    }
    from.at->among = std::make_shared<const offers>(std::move(from.now));
}

/// What runs over it listens first, so that nothing is given to what does not.
result<std::string> port_builder::commit() {
    for (const auto& each : fresh_) {
        if (each != outer_.at) BECKON_TRY(start(each));
    }
    {
        const std::lock_guard lock(server_.mutex);
        if (inner_) {
            outer_.at->inside_tls = inner_->at;
            publish(*inner_);
        }
        publish(outer_);
    }
    if (outer_.is_new) BECKON_TRY(start(outer_.at));
    const io::endpoint told = as_peers_connect(at_real_port(asked_));
    const std::lock_guard lock(server_.mutex);
    outer_.at->told.emplace_back(server_.next_number_++, told);
    fresh_.clear();
    return io::to_string(told);
}

result<void> port_builder::start(const std::shared_ptr<entry>& each) {
    BECKON_TRY(server_.start_accepting(each));
    started_.push_back(each);
    return {};
}

/// What was not committed is gone, and what was there before is as it was.
port_builder::~port_builder() {
    if (fresh_.empty()) return;
    {
        const std::lock_guard lock(server_.mutex);
        for (const auto& each : started_) std::erase(server_.listeners, each);
    }
    server_.close_entries(std::move(started_));
    for (const auto& each : fresh_) each->accepts->close();
}

} // namespace beckon::detection
