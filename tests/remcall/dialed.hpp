// A client that has connected to a server by hand.
#pragma once

#include <optional>
#include <string_view>

#include "wire_peer.hpp"

namespace remcall_test {

struct dialed : place {
    explicit dialed(std::string_view options, const beckon::limits& allowed = {}) {
        auto listener = std::move(inside->memory().listen(name)).value();
        session = beckon::connect(endpoint(options), {.context = inside, .limits = allowed});
        std::unique_ptr<beckon::io::byte_stream> stream;
        while (!stream) stream = std::move(listener->accept()).value();
        server.emplace(std::move(stream));
    }
    beckon::connected session;
    std::optional<wire_peer> server;
};

} // namespace remcall_test
