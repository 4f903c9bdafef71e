// Arbitrary datagrams: what is heard in them fits into an answer, or is refused as too long.
#include "beckon/base/assert.hpp"
#include "naming/announcer/lines.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace beckon::naming::announcer;
    const heard said = read_datagram({reinterpret_cast<const std::byte*>(data), size});
    BECKON_ASSERT(said.filters.size() + said.descriptions.size() <= max_lines, "lines are bounded");
    for (const beckon::value& each : said.descriptions) {
        static_cast<void>(fits(beckon::value("x"), each));
        const auto line = advertise_line(each);
        if (!line) continue;
        const heard again = read_datagram(*line);
        BECKON_ASSERT(again.descriptions.size() == 1 && again.descriptions[0] == each,
                      "what is written is read again");
    }
    return 0;
}
