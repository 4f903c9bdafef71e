#include "protocol/native/call_extras.hpp"

#include <string>

#include "beckon/base/limits.hpp"
#include "beckon/codec/native/reader.hpp"

namespace beckon::native {

call_extras extras_of(const frame_header& header, byte_view frame) {
    call_extras made;
    const limits allowed;
    reader in(frame, allowed);
    in.skip_to(header_size);
    if ((header.flags & flags::deadline) != 0) made.deadline = in.get<std::uint32_t>();
    if ((header.flags & flags::parent) != 0) made.parent = in.get<std::uint32_t>();
    if ((header.flags & flags::promise) != 0) made.promise = in.get<std::uint32_t>();
    if ((header.flags & flags::metadata) != 0) {
        const auto pairs = in.get<std::uint32_t>();
        made.metadata = value::list();
        for (std::uint32_t i = 0; i < pairs && !in.failed(); ++i) {
            made.metadata.push_back(std::string(in.get_text()));
            made.metadata.push_back(std::string(in.get_text()));
        }
    }
    in.align(8);
    made.arguments_at = in.failed() ? frame.size() : in.offset();
    return made;
}

} // namespace beckon::native
