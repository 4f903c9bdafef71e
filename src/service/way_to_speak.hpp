// Finding the way in which a server speaks its protocol, where there are several and it cannot be asked first.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/service/connect.hpp"
#include "beckon/session/session.hpp"
#include "service/visit.hpp"

namespace beckon {

/// A conversation whose program has not been told of it yet.
struct begun {
    intrusive_ptr<session> conversation;
    std::shared_ptr<visit> visiting;

    [[nodiscard]] connected told() const {
        if (visiting) visiting->begin(*conversation, false);
        return connected(conversation);
    }
};

/// The ways in the order in which they are tried; how each is written in an endpoint ("?dialect=5").
struct way_to_try {
    std::size_t way = 0;
    std::string option;
};

struct spoken_way {
    std::size_t way = 0;
    begun made;
};

/// Connects in one way after the other until the peer shows that it understands. One that hangs up or answers in another way
/// is spoken to in the next at once; one that stays silent as soon as its share of the time is over, and from then on whoever
/// answers first is taken: a server may only be slow.
///
/// Errors: what `begin` gives for the first way; access_denied, as the peer says it; else that of the first attempt, with what
/// became of each.
[[nodiscard]] result<spoken_way>
find_way_to_speak(const std::vector<way_to_try>& ways, nanoseconds timeout,
                  const std::function<result<begun>(std::size_t way)>& begin);

} // namespace beckon
