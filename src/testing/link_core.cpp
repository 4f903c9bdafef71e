#include "testing/link_core.hpp"

#include <algorithm>

#include "testing/endpoint.hpp"
#include "testing/node_core.hpp"
#include "testing/world_core.hpp"

namespace beckon::testing {

namespace {
std::uint64_t fingerprint_of(byte_view content) noexcept {
    std::uint64_t mixed = content.size();
    for (const std::byte each : content)
        mixed = (mixed ^ static_cast<std::uint64_t>(each)) * 0x100'0000'01b3u;
    return mixed;
}
} // namespace

link_core::link_core(world_core& world, std::shared_ptr<node_core> near_node,
                     std::shared_ptr<node_core> far_node)
    : nodes{std::move(near_node), std::move(far_node)}, number(world.new_id()), world_(world) {}

std::size_t link_core::send(std::size_t from, byte_view bytes_to_send) {
    const std::size_t to = 1 - from;
    way& there = ways_[to];
    if (broken_ || there.closed) return bytes_to_send.size(); // lost; the reading side of it tells
    const network_options& network = world_.options.network;
    const std::size_t room = network.window_bytes - std::min(network.window_bytes, there.unread);
    std::size_t left = std::min(room, bytes_to_send.size());
    if (left == 0) {
        there.waits_for_room = true;
        return 0;
    }
    const std::size_t accepted = left;
    there.unread += left;
    std::size_t at = 0;
    while (left != 0) {
        std::size_t size = left;
        if (left > 1 && world_.chance.percent(network.split_percent))
            size = static_cast<std::size_t>(world_.chance.between(1, left - 1));
        const byte_view part = bytes_to_send.subspan(at, size);
        put(to, {{}, bytes(part.begin(), part.end()), false, {}});
        at += size;
        left -= size;
    }
    return accepted;
}

void link_core::put(std::size_t to, chunk piece) {
    way& there = ways_[to];
    const network_options& network = world_.options.network;
    // Chunks may be late by themselves but never overtake each other.
    piece.at = std::max(there.last_at,
                        world_.now() + world_.chance.between(network.min_delay, network.max_delay));
    there.last_at = piece.at;
    there.chunks.push_back(std::move(piece));
    schedule(to);
}

void link_core::schedule(std::size_t to) {
    way& there = ways_[to];
    if (there.scheduled || there.chunks.empty() || world_.is_partitioned(*nodes[0], *nodes[1]))
        return;
    there.scheduled = true;
    world_.schedule_at(there.chunks.front().at, [self = shared_from_this(), to] {
        self->ways_[to].scheduled = false;
        self->deliver(to);
        self->schedule(to);
    });
}

void link_core::resume() {
    for (std::size_t to = 0; to < 2; ++to) schedule(to);
}

void link_core::deliver(std::size_t to) {
    way& there = ways_[to];
    if (there.chunks.empty() || world_.is_partitioned(*nodes[0], *nodes[1])) return;
    chunk piece = std::move(there.chunks.front());
    there.chunks.pop_front();
    if (vanished) return;
    bool breaks = false;
    if (cut_after && !piece.last) {
        breaks = piece.content.size() >= *cut_after;
        if (breaks) piece.content.resize(*cut_after);
        *cut_after -= piece.content.size();
    }
    const std::string& from_name = nodes[1 - to]->name;
    const std::string& to_name = nodes[to]->name;
    if (piece.last) {
        world_.note(number, from_name, " > ", to_name, " #", number, ": ", piece.why);
        if (ends[to] != nullptr) ends[to]->input_ends(piece.why);
    } else {
        world_.note(fingerprint_of(piece.content), from_name, " > ", to_name, " #", number, ": ",
                    piece.content.size(), " bytes");
        if (ends[to] != nullptr) {
            ends[to]->input_arrives(piece.content);
        } else {
            taken(to, piece.content.size());
        }
    }
    if (breaks) cut("connection was reset");
}

void link_core::close(std::size_t from, const std::string& why) {
    way& there = ways_[1 - from];
    if (broken_ || there.closed) return;
    there.closed = true;
    put(1 - from, {{}, {}, true, why});
}

void link_core::taken(std::size_t by, std::size_t count) {
    way& mine = ways_[by];
    mine.unread -= std::min(mine.unread, count);
    if (!mine.waits_for_room || ends[1 - by] == nullptr) return;
    mine.waits_for_room = false;
    ends[1 - by]->room_made();
}

void link_core::cut(const std::string& why) {
    if (broken_) return;
    broken_ = true;
    world_.note(number, nodes[0]->name, " - ", nodes[1]->name, " #", number, ": cut");
    for (std::size_t to = 0; to < 2; ++to) {
        way& there = ways_[to];
        // Some of what is on its way still arrives, up to any byte.
        const auto kept = static_cast<std::size_t>(world_.chance.below(there.chunks.size() + 1));
        const bool all = kept == there.chunks.size();
        there.chunks.resize(kept);
        if (!all && kept != 0) {
            bytes& last = there.chunks.back().content;
            last.resize(static_cast<std::size_t>(world_.chance.below(last.size() + 1)));
        }
        if (!there.chunks.empty() && there.chunks.back().last) continue;
        there.closed = true;
        put(to, {{}, {}, true, why});
        if (there.waits_for_room && ends[1 - to] != nullptr) ends[1 - to]->room_made();
    }
}

} // namespace beckon::testing
