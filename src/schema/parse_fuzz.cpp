// libFuzzer target: any text is refused with a place or round-trips.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "schema/properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    beckon::schema::assert_parses_safely({reinterpret_cast<const char*>(input), size});
    return 0;
}
