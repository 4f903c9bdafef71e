// Arbitrary bytes as the pickle of a reply: its exception becomes an error, and that an exception again.
#include <cstdint>
#include <cstdlib>

#include "beckon/codec/pickle.hpp"
#include "protocol/pyrpc/exception.hpp"
#include "protocol/pyrpc/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace beckon;
    const byte_view input(reinterpret_cast<const std::byte*>(data), size);
    const auto reply = pickle::read(input, {.is_reply = true});
    if (!reply) return 0;
    const auto parts = pyrpc::iterated(*reply);
    if (!parts || parts->size() != 2 || !(*parts)[1].is(value_kind::exception)) return 0;
    for (const bool retype : {false, true}) {
        const value told = pyrpc::to_exception(pyrpc::to_error((*parts)[1]), retype);
        buffer out;
        if (!pickle::write(out, value::tuple({nullptr, told}))) continue; // it nests too deep, say
        const auto again = pickle::read(out.view(), {.is_reply = true});
        if (!again || !(*again)[1].is(value_kind::exception)) std::abort();
    }
    return 0;
}
