// The suite of all transports, over TLS in several forms.
#include "transport/conformance_test.hpp"
#include "transport/tls/pair_test.hpp"

namespace beckon::transport::tls {
namespace {

const conformance_suite
    client({.scheme = "tls", .variant = "client", .connect = [] { return connected_pair(); }});
const conformance_suite server({.scheme = "tls", .variant = "server", .connect = [] {
                                    return connected_pair("", "", true);
                                }});
const conformance_suite
    old_version({.scheme = "tls", .variant = "of_1_2", .connect = [] {
                     auto& files = test_authority::shared();
                     auto own = make_side(role::client, "ca=" + files.ca);
                     ::SSL_CTX_set_max_proto_version(own->context(), TLS1_2_VERSION);
                     auto below = *memory::network::make_pair("old");
                     auto near = *stream::create(own, std::move(below.first));
                     auto far =
                         *stream::create(make_side(role::server, "cert=" + files.server_file),
                                         std::move(below.second));
                     greet_both(*near, *far);
                     EXPECT_FALSE(near->failure());
                     return stream_pair{std::move(near), std::move(far), nullptr};
                 }});
// Keys are renewed all the time: what a reader must answer meanwhile gets into what another thread writes.
const conformance_suite
    renewing({.scheme = "tls", .variant = "with_new_keys", .connect = [] {
                  auto below = *memory::network::make_pair("renewing");
                  raw_pair made = over(std::move(below.first), std::move(below.second), 100'000);
                  greet_both(*made.client, *made.server);
                  EXPECT_FALSE(made.client->failure());
                  return stream_pair{std::move(made.client), std::move(made.server), nullptr};
              }});
const conformance_suite apart({.scheme = "tls", .variant = "with_views_apart", .connect = [] {
                                   stream_pair made = connected_pair();
                                   EXPECT_TRUE(made.near->separate_views());
                                   return made;
                               }});

} // namespace
} // namespace beckon::transport::tls
