// Feeds arbitrary text to the endpoint reader: it must not crash, and what it reads must print stably.
#include "beckon/io/endpoint.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    using namespace beckon::io;
    const std::string_view text(reinterpret_cast<const char*>(input), size);
    (void)split_command(text);
    const auto first = parse_endpoint(text);
    if (!first) return 0;
    (void)parse_host_address(*first);
    (void)parse_host_address(*first, std::uint16_t{1});
    const std::string printed = to_string(*first);
    // Escapes may make the print longer than what is read; that is the only excuse.
    if (printed.size() > max_endpoint_bytes) return 0;
    const auto second = parse_endpoint(printed);
    if (!second || *second != *first || to_string(*second) != printed) std::abort();
    return 0;
}
