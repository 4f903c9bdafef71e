// Arbitrary first bytes at an address that serves everything: what is chosen does not depend on the pieces in which they
// come, and all of them are kept for whom they are for.
#include <algorithm>

#include "beckon/base/assert.hpp"
#include "beckon/service/context.hpp"
#include "service/detection/chooser.hpp"
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"

namespace {

using namespace beckon;
using detection::chooser;

/// What one address has: those told by what they begin with, and those that the messages of one path of WebSocket are for.
struct address {
    std::vector<detection::candidate> outside{detection::of_tls("tls")};
    std::vector<detection::candidate> inside_web;
};

void add(address& to, const io::endpoint& each) {
    const std::string name = io::to_string(each);
    if (is_http(each)) {
        to.outside.push_back(detection::of_http(name));
        return;
    }
    if (is_web(each)) {
        if (to.inside_web.empty()) to.outside.push_back(detection::of_web_socket(name, "/"));
        // Text messages are told by what they come in: no chooser sees one.
        if (make_protocol(each).value()->traits().keeps_messages) {
            to.inside_web.push_back(detection::of_messages(name));
            return;
        }
    }
    const openings begins = openings_at(*context::standard(), each).value();
    auto& level = is_web(each) ? to.inside_web : to.outside;
    level.push_back(detection::of_protocol(name, begins).value());
}

address everything() {
    address all;
    const io::endpoint any = io::parse_endpoint("any+tcp://127.0.0.1:1").value();
    const std::vector<io::endpoint> served = protocols_at(any).value();
    for (const io::endpoint& each : served) add(all, each);
    for (const auto* level : {&all.outside, &all.inside_web})
        BECKON_ASSERT(detection::check_apart(*level).has_value(), "all can be told apart");
    BECKON_ASSERT(all.inside_web.size() > 2, "texts and bytes are served at the same path");
    return all;
}

struct outcome {
    chooser::state how = chooser::state::more;
    std::size_t which = 0;
    bool operator==(const outcome&) const = default;
};

outcome choose(const std::vector<detection::candidate>& among, byte_view all, std::size_t piece) {
    chooser by(among);
    outcome found;
    std::size_t taken = 0;
    while (taken < all.size() && found.how == chooser::state::more) {
        const byte_view next = all.subspan(taken, std::min(piece, all.size() - taken));
        taken += next.size();
        found.how = by.take(next);
    }
    BECKON_ASSERT(by.heard().size() == taken, "what was taken is kept");
    BECKON_ASSERT(std::equal(by.heard().begin(), by.heard().end(), all.begin()), "as it came");
    if (found.how == chooser::state::more) found.how = by.end();
    BECKON_ASSERT(found.how != chooser::state::more, "nothing comes behind the end");
    if (found.how == chooser::state::chosen) found.which = by.which();
    BECKON_ASSERT(found.which < among.size(), "it is one of those there are");
    return found;
}

void check(const std::vector<detection::candidate>& among, byte_view all) {
    const outcome slowly = choose(among, all, 1);
    BECKON_ASSERT(slowly == choose(among, all, 7), "pieces make no difference");
    BECKON_ASSERT(slowly == choose(among, all, std::max<std::size_t>(all.size(), 1)),
                  "nor does one");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const address among = everything();
    const byte_view all(reinterpret_cast<const std::byte*>(data), size);
    check(among.outside, all);
    check(among.inside_web, all);
    return 0;
}
