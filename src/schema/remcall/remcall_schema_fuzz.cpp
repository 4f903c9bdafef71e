// libFuzzer target: any bytes are refused with a reason, or are a schema of remcall that keeps its bytes.
#include <cstddef>
#include <cstdint>

#include "beckon/base/bytes.hpp"
#include "schema/remcall/properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    const beckon::byte_view given(reinterpret_cast<const std::byte*>(input), size);
    beckon::schema::remcall::assert_reads_safely(given);
    beckon::schema::remcall::assert_sealed_reads_safely(given);
    return 0;
}
