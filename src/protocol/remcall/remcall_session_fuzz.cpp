// Arbitrary bytes from a peer of remcall: into a server that asks who it is, into one that takes it for remcall itself, into one
// that takes it for a Beckon, and into a client.
#include "beckon/protocol/remcall/remcall.hpp"
#include "session/session_fuzz.hpp"

namespace {

using namespace beckon;
using remcall::peer_kind;
using remcall::role;
using remcall::schema_check;

template <role Plays, peer_kind Peer, schema_check Check>
std::unique_ptr<protocol> speaking() {
    remcall::options chosen;
    chosen.plays = Plays;
    chosen.peer = Peer;
    chosen.check = Check;
    return make_remcall_protocol(std::move(chosen));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using fuzzed::pace;
    if (size == 0) return 0;
    const byte_view input(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    constexpr std::unique_ptr<protocol> (*roles[])() = {
        &speaking<role::server, peer_kind::ask, schema_check::none>,
        &speaking<role::server, peer_kind::plain, schema_check::digest>,
        &speaking<role::server, peer_kind::beckon, schema_check::structure>,
        &speaking<role::client, peer_kind::beckon, schema_check::digest>};
    const auto speak = roles[data[0] % 4];
    fuzzed::run_bytes(input, pace::at_once, speak);
    fuzzed::run_bytes(input, pace::slowly, speak);
    return 0;
}
