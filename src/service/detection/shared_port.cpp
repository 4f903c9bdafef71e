// One address for several protocols: listening there, and finding for each connection what it is for.
#include <algorithm>
#include <chrono>
#include <utility>

#include "beckon/session/runtime.hpp"
#include "service/detection/detection.hpp"
#include "service/detection/port_builder.hpp"
#include "service/keepalive_stream.hpp"
#include "service/listen.hpp"
#include "service/server_state.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

using detection::offer;

namespace {
/// Of a first message that tells its protocol by what follows it, where the limits say nothing: the largest that any of those
/// protocols takes.
constexpr std::size_t most_bytes = 64u << 20;
} // namespace

bool server::state::may_share(const io::endpoint& where) const {
    if (carried.speaks) return false; // which has one way to speak
    if (where.protocol == any_protocol) return true;
    const transport_facts* const known = facts_of(where.transport);
    return known != nullptr && known->shares_address && !inside->find_transport(where.transport);
}

result<std::string> server::state::listen_shared(const io::endpoint& where) {
    const std::lock_guard one_at_a_time(listening_);
    std::vector<io::endpoint> all{where};
    if (where.protocol == any_protocol) {
        BECKON_ASSIGN(all, protocols_at(where));
    }
    for (const io::endpoint& each : all) { // before anything is opened
        BECKON_TRY(check(each));
        BECKON_TRY(check_options_at(*inside, each));
    }
    detection::port_builder port(*this, where);
    BECKON_TRY(port.open());
    for (const io::endpoint& each : all) BECKON_TRY(port.add(each));
    return port.commit();
}

/// A connection of an address that may be shared.
void server::state::route(arrival come) {
    const auto leads_on = [](const offer& each) { return each.into != nullptr; };
    const std::vector<offer>& all = come.among->all;
    if (all.size() != 1) {
        come.judged_later = std::any_of(all.begin(), all.end(), leads_on);
        return take(std::move(come));
    }
    if (leads_on(all.front())) return all.front().into->give(std::move(come.stream));
    come.where = all.front().where;
    come.security = all.front().security;
    come.shared = all.front().shared;
    come.among.reset();
    take(std::move(come));
}

void server::state::tell_apart(arrival come, std::string caller) {
    auto stream = std::move(come.stream);
    auto among = come.among;
    std::string address = address_of(*stream);
    const std::string peer = stream->peer_name();
    const detection::detection_limits allowed{.begun_within = options.limits.handshake_within,
                                              .max_bytes = options.limits.max_message_bytes != 0
                                                               ? options.limits.max_message_bytes
                                                               : most_bytes};
    std::unique_lock lock(mutex);
    const std::uint64_t number = next_number_++;
    auto reads = make_counted<detection::detection>(
        std::move(stream), std::move(among), allowed, inside->runtime()->loop(),
        [weak = weak_from_this(), number, peer, come = std::move(come),
         caller = std::move(caller)](result<detection::detected> how) mutable {
            const auto self = weak.lock();
            if (!self) return;
            self->contain([&] {
                self->told_apart(number, std::move(come), std::move(caller), peer, std::move(how));
            });
        });
    if (stopped) {
        --beginning_;
        lock.unlock(); // what is dropped may call this server
        return;
    }
    undecided_.emplace(number, undecided{reads, std::move(address)});
    lock.unlock();
    reads->start();
}

void server::state::told_apart(std::uint64_t number, arrival come, std::string caller,
                               const std::string& peer, result<detection::detected> how) {
    {
        const std::lock_guard lock(mutex);
        if (undecided_.erase(number) == 0) return; // the server stops
    }
    if (!how) return fail_to_begin(peer, how.error());
    if (how->stream == nullptr) {
        {
            const std::lock_guard lock(mutex);
            --beginning_;
        }
        return go_on_without();
    }
    const offer& found = come.among->all[how->which];
    if (found.into) {
        {
            const std::lock_guard lock(mutex);
            --beginning_; // it comes again when its handshake is done
            --taken_;
            go_on_accepting();
        }
        return found.into->give(std::move(how->stream));
    }
    come.where = found.where;
    come.security = found.security;
    come.shared = found.shared;
    come.among.reset();
    come.stream = keep_alive(std::move(how->stream), come.where, inside);
    begin(std::move(come), std::move(caller));
}

void server::state::stop_telling_apart() {
    std::map<std::uint64_t, undecided> dropped;
    {
        const std::lock_guard lock(mutex);
        dropped = std::exchange(undecided_, {});
        beginning_ -= dropped.size();
    }
    for (auto& [number, each] : dropped) static_cast<detection::detection&>(*each.reads).stop();
}

std::size_t server::state::undecided_from(const std::string& address) const {
    std::size_t count = 0;
    for (const auto& [number, each] : undecided_) count += each.address == address ? 1u : 0u;
    return count;
}

} // namespace beckon
