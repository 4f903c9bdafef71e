// Until when a call runs that a bridge passes on in several requests.
#include "beckon/transport/memory/memory.hpp"
#include "objects_fixture.hpp"

namespace beckon::bridge_test {
namespace {

/// What a client that says this line hears, which does not watch the time itself.
std::string answer_to(io::byte_stream& bridge, std::string_view line) {
    const byte_view said = as_bytes(line);
    EXPECT_EQ(bridge.write({&said, 1}).size, said.size());
    std::string heard;
    await([&] {
        std::byte some[1024];
        const auto read = bridge.read(some);
        if (read.status == io::io_status::ok) heard += as_text(byte_view(some).first(read.size));
        return heard.ends_with('\n') || read.status == io::io_status::end;
    });
    return heard;
}

TEST_F(across, ADeadlineHoldsForAllThatACallIsMadeOf) {
    conformance::publish(there);
    bridge made = between("jsonrpc+", "rpyc+"); // the object, its method, the call
    const auto client = *inside->memory().connect("here");
    const std::string heard = answer_to(
        *client,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"conformance.sleep\",\"params\":[600000],"
        "\"$deadline_ms\":50}\n");
    EXPECT_NE(heard.find("\"code\":-32001,"), std::string::npos) << heard;
}

} // namespace
} // namespace beckon::bridge_test
