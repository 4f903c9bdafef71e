// Feeds arbitrary bytes to an HTTP server's stream. The first byte says how the input is cut. However it comes, the same
// messages are given; and what a strict reader makes of the same bytes, head by head and body by body, is the same too.
#include <algorithm>
#include <string>
#include <vector>

#include "beckon/base/assert.hpp"
#include "beckon/io/wait.hpp"
#include "transport/carriers_test.hpp"
#include "transport/http/server_stream.hpp"

namespace {

using namespace beckon;
using namespace beckon::transport;
using namespace beckon::transport::http;

struct heard {
    std::vector<std::string> given;
    std::string said;
};

/// It leaves others their turns: there may be more.
bool is_readable(const io::byte_stream& stream) {
    return io::wait_readable(stream.read_descriptor(), steady_clock_source().now()).ready;
}

heard listen(byte_view input, std::size_t step) {
    auto rules = std::make_shared<server_rules>();
    rules->max_message_bytes = 2000;
    rules->idle = rules->head_within = rules->message_within = nanoseconds(0);
    auto below = memory::network::make_pair("fuzz").value();
    const auto near = server_stream::create(std::move(rules), std::move(below.first)).value();
    heard out;
    std::byte into[4096];
    for (std::size_t at = 0; at < input.size(); at += step) {
        const byte_view part = input.subspan(at, std::min(step, input.size() - at));
        static_cast<void>(below.second->write({&part, 1}));
        for (;;) {
            const io::io_result got = near->read(into);
            if (got.status == io::io_status::would_block && is_readable(*near)) continue;
            if (got.status != io::io_status::ok) break;
            BECKON_ASSERT(got.size >= 4, "a size was cut");
            std::size_t size = 0;
            for (std::size_t i = 4; i-- > 0;)
                size = size << 8 | std::to_integer<std::size_t>(into[i]);
            BECKON_ASSERT(size == got.size - 4, "a message has another size than it says");
            out.given.emplace_back(as_text(byte_view(into).subspan(4, size)));
            const byte_view answer = as_bytes(std::string_view("\1\0\0\0A", 5));
            BECKON_ASSERT(near->write({&answer, 1}).size == 5, "an answer was not taken");
        }
        for (;;) {
            const io::io_result got = below.second->read(into);
            if (got.status != io::io_status::ok) break;
            out.said += as_text(byte_view(into).first(got.size));
        }
    }
    return out;
}

/// What the same bytes hold for a reader that has them all.
std::size_t count_bodies(byte_view input) {
    std::size_t count = 0;
    while (!input.empty()) {
        const auto read = beckon::http::read_request_head(input);
        if (!read || !*read) break;
        const auto plan = plan_of_request(**read);
        body_reader body;
        if (!plan || !body.begin(*plan, 2000)) break;
        input = input.subspan((*read)->bytes);
        if (!body.take(input) || !body.done()) break;
        ++count;
    }
    return count;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1 || size > 30'000) return 0;
    const byte_view input(reinterpret_cast<const std::byte*>(data + 1), size - 1);
    const heard whole = listen(input, input.size() + 1);
    const heard cut = listen(input, 1 + data[0] % 40);
    BECKON_ASSERT(whole.given == cut.given, "what is given depends on how the input was cut");
    BECKON_ASSERT(whole.given.size() <= count_bodies(input), "more was given than was asked");
    return 0;
}
