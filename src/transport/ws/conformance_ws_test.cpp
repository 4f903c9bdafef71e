// The suite of all transports, over WebSocket.
#include "transport/conformance_test.hpp"
#include "transport/ws/pair_test.hpp"

namespace beckon::transport::ws {
namespace {

const conformance_suite
    client({.scheme = "ws", .variant = "client", .connect = [] { return connected_pair(); }});
const conformance_suite
    server({.scheme = "ws", .variant = "server", .connect = [] { return connected_pair(true); }});
const conformance_suite
    in_memory({.scheme = "ws", .variant = "in_memory", .connect = [] {
                   auto below = *memory::network::make_pair("ws");
                   auto near = *stream::create(side_of(role::client), std::move(below.first));
                   auto far = *stream::create(side_of(role::server), std::move(below.second));
                   EXPECT_EQ(near->advance(), io::greeting::wants_input);
                   EXPECT_EQ(far->advance(), io::greeting::done);
                   EXPECT_EQ(near->advance(), io::greeting::done);
                   return stream_pair{std::move(near), std::move(far), nullptr};
               }});

} // namespace
} // namespace beckon::transport::ws
