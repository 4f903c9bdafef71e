// Arbitrary bytes from a peer of pyrpc into a session that publishes an object with methods of every kind.
#include "session/session_fuzz.hpp"

#include "beckon/protocol/pyrpc/pyrpc.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace beckon::fuzzed;
    const beckon::byte_view input(reinterpret_cast<const std::byte*>(data), size);
    const auto speak = [] { return beckon::make_pyrpc_callee({}); };
    const auto keep = [] {
        return beckon::make_pyrpc_callee({.jobs = beckon::pyrpc::make_job_board()});
    };
    run_bytes(input, pace::at_once, speak);
    run_bytes(input, pace::slowly, speak);
    run_bytes(input, pace::at_once, keep);
    return 0;
}
