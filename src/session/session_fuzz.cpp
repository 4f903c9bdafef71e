#include "session/session_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    beckon::fuzzed::run_bytes({reinterpret_cast<const std::byte*>(data), size});
    return 0;
}
