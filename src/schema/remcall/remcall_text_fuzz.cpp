// libFuzzer target: any text is refused, or is a schema of remcall that prints the same again.
#include <cstddef>
#include <cstdint>

#include "schema/remcall/properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    beckon::schema::remcall::assert_text_reads_safely({reinterpret_cast<const char*>(input), size});
    return 0;
}
