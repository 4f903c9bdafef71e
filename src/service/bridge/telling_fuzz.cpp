// Arbitrary bytes of one side: every protocol tells the same of them in whatever pieces they come. The first byte chooses the
// protocol and the side.
#include <algorithm>
#include <string>
#include <vector>

#include "beckon/base/assert.hpp"
#include "beckon/service/context.hpp"
#include "service/named_protocol.hpp"

namespace {

using namespace beckon;

constexpr std::string_view places[] = {
    "tcp://a:1",
    "rpyc+tcp://a:1",
    "rpyc+tcp://a:1?bind_threads",
    "jsonrpc+tcp://a:1",
    "jsonrpc+tcp://a:1?framing=content-length",
    "jsonrpc+tcp://a:1?framing=none",
    "msgpack+tcp://a:1",
    "quickrpc+tcp://a:1",
    "quickrpc+tcp://a:1?codec=terse",
    "quickrpc+tcp://a:1?codec=msgpack",
    "pyrpc+tcp://a:1",
    "basic+tcp://a:1",
};

/// What is told of the input when so many bytes come at a time.
std::vector<std::string> told(std::size_t place, speaker who, byte_view input, std::size_t piece) {
    static const auto inside = context::standard();
    const io::endpoint where = io::parse_endpoint(places[place]).value();
    const auto tells = named(where.protocol)->tells({*inside, where}).value();
    std::vector<std::string> all;
    std::size_t done = 0;
    std::size_t come = 0;
    while (come < input.size()) {
        come = std::min(input.size(), come + piece);
        while (done < come) {
            auto said = tells->take(who, input.subspan(done, come - done), false);
            if (!said) {
                all.emplace_back("wrong");
                return all;
            }
            if (said->bytes == 0) break;
            BECKON_ASSERT(said->bytes <= come - done, "no more is taken than there is");
            BECKON_ASSERT(said->text.size() < 8'192, "a message is told in short");
            all.push_back(std::move(said->text));
            done += said->bytes;
        }
    }
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t place = data[0] / 2 % std::size(places);
    const speaker who = data[0] % 2 == 0 ? speaker::client : speaker::server;
    const byte_view input(reinterpret_cast<const std::byte*>(data + 1), size - 1);
    const auto at_once = told(place, who, input, input.size());
    BECKON_ASSERT(at_once == told(place, who, input, 3), "pieces make no difference");
    return 0;
}
