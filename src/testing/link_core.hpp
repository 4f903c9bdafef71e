// The network's part of a conversation: two one-way pipes between two endpoints.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/time.hpp"

namespace beckon::testing {

class endpoint;
class node_core;
class world_core;

class link_core : public std::enable_shared_from_this<link_core> {
public:
    link_core(world_core& world, std::shared_ptr<node_core> near_node,
              std::shared_ptr<node_core> far_node);

    /// Takes bytes from one side; says how many. 0: there is no room, room_made() follows.
    std::size_t send(std::size_t from, byte_view bytes);
    /// One side sends nothing any more, and reads nothing.
    void close(std::size_t from, const std::string& why);
    /// One side has read so many bytes.
    void taken(std::size_t by, std::size_t count);
    void cut(const std::string& why);
    /// After a partition.
    void resume();

    [[nodiscard]] bool is_broken() const noexcept { return broken_; }

    std::array<endpoint*, 2> ends{}; ///< Null once freed.
    const std::array<std::shared_ptr<node_core>, 2> nodes;
    const std::uint64_t number;
    bool vanished = false;
    std::optional<std::size_t> cut_after; ///< Bytes that may still arrive.

private:
    struct chunk {
        time_point at{};
        bytes content;
        bool last = false; ///< The end of the stream, `why` says which.
        std::string why;
    };
    struct way {
        std::deque<chunk> chunks;
        std::size_t unread = 0; ///< Bytes accepted and not yet read.
        bool scheduled = false;
        bool closed = false;
        bool waits_for_room = false;
        time_point last_at{};
    };
    void put(std::size_t to, chunk piece);
    void schedule(std::size_t to);
    void deliver(std::size_t to);

    world_core& world_;
    std::array<way, 2> ways_; ///< By the side that they lead to.
    bool broken_ = false;
};

} // namespace beckon::testing
