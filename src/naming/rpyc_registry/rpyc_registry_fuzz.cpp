// Feeds arbitrary bytes to a registry and to the readers of its replies. A request that is understood can be written, and
// reads as the same; every reply that is sent can be read.
#include "beckon/base/assert.hpp"
#include "naming/rpyc_registry/packets.hpp"
#include "naming/rpyc_registry/table.hpp"

namespace {

using namespace beckon;
using namespace beckon::naming::rpyc_registry;

void check_request(byte_view packet) {
    const auto asked = read_request(packet);
    if (!asked) {
        BECKON_ASSERT(!asked.error().message().empty(), "no message");
        return;
    }
    const auto written = write_request(*asked);
    if (!written) {
        BECKON_ASSERT(written.error().code() == errc::limit_exceeded, "it cannot be written");
        return;
    }
    const auto again = read_request(written->view());
    BECKON_ASSERT(again && again->command == asked->command && again->names == asked->names &&
                      again->port == asked->port && again->host == asked->host,
                  "it reads as something else");
}

void check_answer(byte_view packet) {
    table known({std::chrono::seconds(240), 20, 20});
    const time_point now{std::chrono::seconds(1)};
    const auto asked = read_request(packet);
    const auto reply = answer(known, packet, "127.0.0.1", now, {.allow_listing = true});
    if (!reply) return;
    BECKON_ASSERT(asked.has_value(), "a request without meaning was answered");
    BECKON_ASSERT(reply->size() <= max_packet_bytes, "the reply is too long");
    if (asked->command == command::query) {
        BECKON_ASSERT(read_addresses(reply->view()).has_value(), "addresses cannot be read");
    } else if (asked->command == command::list) {
        BECKON_ASSERT(read_names(reply->view()).has_value(), "names cannot be read");
    } else {
        BECKON_ASSERT(read_acknowledgement(reply->view()).has_value(), "OK cannot be read");
    }
    for (const std::string& name : known.names({}, now)) {
        const auto found = known.find(name, now);
        BECKON_ASSERT(found.size() == 1 && found[0].host == "127.0.0.1", "not found by its name");
        BECKON_ASSERT(read_addresses(write_addresses(found, max_packet_bytes).view()).has_value(),
                      "its address cannot be read");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    const byte_view packet(reinterpret_cast<const std::byte*>(input), size);
    check_request(packet);
    check_answer(packet);
    static_cast<void>(read_addresses(packet));
    static_cast<void>(read_names(packet));
    static_cast<void>(read_acknowledgement(packet));
    return 0;
}
