// Streams as lists: pyrpc has no messages between a call and its reply, so what a stream gives is awaited to its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "beckon/object/reference_value.hpp"
#include "beckon/session/protocol.hpp"
#include "beckon/value/value.hpp"

namespace beckon::pyrpc {

/// The streams of one session that are being read for messages to come.
///
/// Thread-safety: none; REQUIRES: the session's lock is held.
class collected_streams {
public:
    /// No end of credit: items take no room in the output.
    static constexpr std::uint32_t initial_items = UINT32_MAX;

    /// Reads a stream for a message of that number.
    result<void> add(const value& stream, std::uint32_t message, std::size_t place,
                     reference_exchange& references) {
        BECKON_ASSIGN(const std::uint32_t number, references.lend_stream(stream.object()));
        open_.insert_or_assign(number, entry{message, place, {}});
        return {};
    }
    /// Errors: limit_exceeded, and the stream ends by it.
    [[nodiscard]] result<void> take(std::uint32_t stream, const value& item,
                                    std::size_t max_items) {
        const auto found = open_.find(stream);
        if (found == open_.end()) return {};
        if (found->second.items.size() >= max_items) {
            return fail(errc::limit_exceeded,
                        "a stream goes as a list in pyrpc, and has more than ", max_items,
                        " items (max_nodes)");
        }
        found->second.items.push_back(item);
        return {};
    }
    struct whole {
        std::uint32_t message = 0;
        std::size_t place = 0;
        value items;
    };
    /// The list that a stream has become; nothing where nobody wants it any more.
    [[nodiscard]] std::optional<whole> end(std::uint32_t stream) {
        const auto found = open_.find(stream);
        if (found == open_.end()) return {};
        entry ended = std::move(found->second);
        open_.erase(found);
        return whole{ended.message, ended.place, value::list(std::move(ended.items))};
    }
    void drop(std::uint32_t message) {
        std::erase_if(open_,
                      [message](const auto& each) { return each.second.message == message; });
    }

private:
    struct entry {
        std::uint32_t message = 0;
        std::size_t place = 0;
        std::vector<value> items;
    };
    std::map<std::uint32_t, entry> open_;
};

} // namespace beckon::pyrpc
