// libFuzzer target: any bytes are refused or are the one binary form of a schema.
#include <cstddef>
#include <cstdint>

#include "schema/properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    beckon::schema::assert_decodes_safely({reinterpret_cast<const std::byte*>(input), size});
    return 0;
}
