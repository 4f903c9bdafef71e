// What a server or a carrier is to the parts of transport expressions, and who is there by name.
#include "io/socket_address.hpp"
#include "service/dial.hpp"
#include "service/listen.hpp"
#include "service/server_state.hpp"

namespace beckon {

result<std::unique_ptr<protocol>> server::state::speak_at(const io::endpoint& where) const {
    return carried.speaks ? carried.speaks(where, {}) : make_protocol(*inside, where);
}

result<message_security_maker> server::state::security_at(const io::endpoint& where,
                                                          security_side side) const {
    if (carried.speaks) return message_security_maker(); // which is whoever speaks' own matter
    return find_security(
        *inside, where,
        {.side = side, .given = options.security, .user = carried.user, .memory = memory_});
}

result<void> server::state::check(const io::endpoint& where) const {
    BECKON_ASSIGN(const auto spoken, speak_at(where));
    // A key file of the other side says so as well; which side it will be is not known here.
    if (!carried.speaks && !where.security.empty()) BECKON_TRY(check_security(*inside, where));
    return check_carries(where, *spoken);
}

part_host::dialler server::state::dial(const io::endpoint& where, const std::string& text) const {
    dialler made;
    made.may_block = dial_may_block(where) || carried.handshake;
    dial_options with{.timeout = carried.timeout,
                      .handshake_within = options.limits.handshake_within,
                      .message_within = options.limits.message_within,
                      .min_message_progress = options.limits.min_message_progress,
                      .handshake = carried.handshake};
    if (const auto spoken = speak_at(where))
        with.max_message_bytes = max_message_bytes(options.limits, **spoken);
    made.dial = [context = inside, where, text, with = std::move(with)] {
        return beckon::dial(*context, where, text, with);
    };
    return made;
}

void server::state::close_owned(const void* owner, const error& reason) {
    std::vector<std::shared_ptr<open_listener_entry>> closing;
    std::vector<intrusive_ptr<session>> ending;
    {
        const std::lock_guard lock(mutex);
        for (std::size_t i = 0; i < listeners.size();) {
            if (listeners[i]->owner == owner) {
                closing.push_back(std::move(listeners[i]));
                listeners.erase(listeners.begin() + static_cast<std::ptrdiff_t>(i));
            } else {
                ++i;
            }
        }
        for (const open_session& each : sessions) {
            if (each.owner == owner) ending.push_back(each.conversation);
        }
    }
    for (const auto& each : ending) each->close(reason); // before what may feed them goes
    close_entries(std::move(closing));
}

result<std::shared_ptr<announcement>> server::state::announce(const value& description,
                                                              const announce_options& with) {
    BECKON_ASSIGN(auto made, open_announcement(*inside, description, with));
    const std::lock_guard lock(mutex);
    if (stopped) {
        made->close();
        return fail(errc::cancelled, "server stops");
    }
    announcements_.push_back(made);
    return made;
}

void server::state::stop_announcing() {
    std::vector<std::shared_ptr<announcement>> closing;
    {
        const std::lock_guard lock(mutex);
        closing = std::exchange(announcements_, {});
    }
    for (const auto& each : closing) each->close();
}

bool server::state::keep(std::shared_ptr<carrier_part> part) {
    const std::lock_guard lock(mutex);
    if (stopped) return false;
    parts_.push_back(std::move(part));
    return true;
}

void server::state::drop(const carrier_part* part) {
    const std::lock_guard lock(mutex);
    std::erase_if(parts_, [&](const auto& each) { return each.get() == part; });
}

/// Where it comes from, without the scheme; the address that was dialled; or what its expression says.
std::string server::state::take_name(const arrival& come) {
    std::string wish = come.name;
    if (wish.empty()) {
        wish = come.stream->peer_name();
        const std::size_t slashes = wish.find("://");
        if (slashes != std::string::npos) wish.erase(0, slashes + 3);
    }
    // Many may have one name, as all who come by a Unix socket: a free number is found by doubling, then by halves.
    const auto numbered = [&wish](std::size_t number) {
        return number == 1 ? wish : concat(wish, '#', number);
    };
    std::size_t taken = 0;
    std::size_t free = 1;
    while (names_.contains(numbered(free))) {
        taken = free;
        free *= 2;
    }
    while (free - taken > 1) {
        const std::size_t between = taken + (free - taken) / 2;
        (names_.contains(numbered(between)) ? taken : free) = between;
    }
    return names_.emplace(numbered(free), nullptr).first->first;
}

std::vector<intrusive_ptr<session>> server::state::peers(bool everybody) const {
    const std::lock_guard lock(mutex);
    std::vector<intrusive_ptr<session>> out;
    for (const open_session& each : sessions) {
        if (each.conversation->is_over()) continue; // about to be forgotten
        if (!everybody || each.reaches != io::audience::aside) out.push_back(each.conversation);
    }
    return out;
}

intrusive_ptr<session> server::state::find(std::string_view name) const {
    const std::lock_guard lock(mutex);
    const auto found = names_.find(name);
    if (found == names_.end() || !found->second || found->second->is_over()) return {};
    return found->second;
}

/// Where names are addresses, a host's own name may be another word for one: "localhost:5000" for 127.0.0.1:5000.
intrusive_ptr<session> server::state::find_by_address(std::string_view name) const {
    io::endpoint asked;
    asked.address = name;
    const auto where = io::parse_host_address(asked, std::uint16_t(0));
    if (!where) return {};
    const auto addresses = io::look_up(*where, 0, io::address_use::calling);
    if (!addresses) return {};
    for (const io::socket_address& each : *addresses) {
        auto there = find(where->port == 0 ? each.host() : io::to_string(each.host_and_port()));
        if (there) return there;
    }
    return {};
}

result<intrusive_ptr<session>> server::state::reach(std::string_view name) {
    if (auto there = find(name)) return there;
    std::vector<std::shared_ptr<open_listener_entry>> able;
    {
        const std::lock_guard lock(mutex);
        able = listeners;
    }
    for (const auto& each : able) {
        auto stream = each->accepts->reach(name);
        if (!stream && stream.error().code() == errc::unsupported) continue;
        if (!stream && stream.error().code() == errc::address_in_use) {
            if (auto there = find_by_address(name)) return there;
        }
        if (!stream) return std::move(stream).error();
        const std::string peer = (*stream)->peer_name();
        arrival come;
        come.stream = std::move(*stream);
        come.where = each->where;
        come.text = io::to_string(each->where); // ours: nobody judges it
        come.name = peer.substr(peer.find("://") == std::string::npos ? 0 : peer.find("://") + 3);
        come.owner = each->owner;
        const std::string called = come.name;
        take(std::move(come));
        if (auto there = find(called)) return there;
        return fail(errc::disconnected, "conversation with ", quoted(name),
                    " has ended as soon as it had begun");
    }
    return fail(errc::not_found, "nobody there is called ", quoted(name));
}

} // namespace beckon
