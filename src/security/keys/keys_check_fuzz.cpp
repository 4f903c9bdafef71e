// Feeds arbitrary headers and messages to all four ways of proving one. A line is a pair of the header, "name text"; behind
// an empty line is the message. What somebody made up is never taken for proven; what was sent in earnest still is.
#include <algorithm>

#include "beckon/base/assert.hpp"
#include "security/keys/ends_test.hpp"

namespace {

using namespace beckon;
using namespace beckon::security::keys;
using testing::ends;
using testing::letter;

letter read(std::string_view text) {
    letter made;
    while (!text.empty() && text.front() != '\n') {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        const std::size_t blank = std::min(line.find(' '), line.size());
        made.header.emplace_back(line.substr(0, blank),
                                 line.substr(std::min(blank + 1, line.size())));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!text.empty()) made.payload = to_bytes(text.substr(1));
    return made;
}

void meet(ends& both, const letter& stranger, bool in_text) {
    const auto alice = both.alice();
    const auto server = both.server();
    if (in_text) {
        alice->needs_text();
        server->needs_text();
    }
    const auto refuse = [&](message_security& by) {
        const auto taken = by.check(stranger.payload, stranger.header);
        BECKON_ASSERT(!taken && !taken.error().message().empty(), "a made-up message was taken");
    };
    refuse(*server);
    const letter first = ends::send(*alice, "hello");
    BECKON_ASSERT(ends::receive(*server, first) == "alice: hello", "a message was not taken");
    refuse(*server);
    refuse(*alice);
    // What is made up in part proves no more.
    letter mixed = first;
    for (const auto& [name, text] : stranger.header) mixed.at(name) = text;
    BECKON_ASSERT(!server->check(first.payload, mixed.header), "a message counted twice");
    BECKON_ASSERT(ends::receive(*alice, ends::send(*server, "hello")) == "server: hello",
                  "an answer was not taken");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static ends ways[] = {ends(provider::signed_, false), ends(provider::signed_, true),
                          ends(provider::sealed, false), ends(provider::sealed, true)};
    const letter stranger = read({reinterpret_cast<const char*>(data), size});
    for (ends& each : ways) {
        each.memory = std::make_shared<replay_memory>(each.now); // else it would fill
        meet(each, stranger, true);
        meet(each, stranger, false);
    }
    return 0;
}
