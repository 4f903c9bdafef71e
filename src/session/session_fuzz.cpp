#include "session/session_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace beckon::fuzzed;
    const beckon::byte_view input(reinterpret_cast<const std::byte*>(data), size);
    run_bytes(input, pace::at_once);
    run_bytes(input, pace::slowly);
    return 0;
}
