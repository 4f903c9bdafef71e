// What a recorded client says, in the words of another run: objects, streams and the server's calls have other numbers there.
#include <algorithm>
#include <cstring>

#include "beckon/protocol/native/native.hpp"
#include "protocol/native/call_extras.hpp"
#include "protocol/native/error_frame.hpp"
#include "protocol/native/native_teller.hpp"

namespace beckon::native {

/// The objects of the server that a message of the client's passes back. Its head is in the other run's words already.
void native_teller::rename_inside(bytes& frame, const frame_header& header,
                                  const other_names& names) const {
    const byte_view recorded(frame);
    const bool is_call = header.type == frame_type::call;
    told_values in(speaker::client, recorded,
                   is_call ? extras_of(header, recorded).arguments_at : header_size);
    if (is_call) {
        const auto as = types_.call_of(speaker::server, header.object, header.method);
        if (as.method == nullptr) return;
        static_cast<void>(read_arguments(in, as));
    } else if (header.type == frame_type::reply) {
        const auto as = types_.call(speaker::server, header.call);
        if (as.method == nullptr) return;
        static_cast<void>(in.get(*as.types, as.method->result));
    } else if (header.type == frame_type::stream_item) {
        const auto as = types_.stream(speaker::client, header.call);
        if (as.item == nullptr) return;
        static_cast<void>(in.get(*as.types, *as.item));
    } else {
        static_cast<void>(read_error(in.in()));
    }
    if (in.in().failed()) return;
    for (const std::size_t at : in.homecoming()) {
        const auto other =
            static_cast<std::uint32_t>(names.number(told_name::object, number_at(recorded, at)));
        std::memcpy(frame.data() + at, &other, sizeof other);
    }
}

result<bytes> native_teller::renamed(byte_view message, const other_names& names) {
    const bool has_magic = message.size() >= sizeof native_magic + header_size &&
                           std::memcmp(message.data(), native_magic, sizeof native_magic) == 0;
    bytes out(message.begin(), message.end());
    if (has_magic || message.size() < header_size) return out; // a hello, which names nothing
    frame_header header = header_at(message);
    const std::size_t size = std::min<std::size_t>(header.size, out.size());
    const auto other = [&names](told_name kind, std::uint32_t recorded) {
        return static_cast<std::uint32_t>(names.number(kind, recorded));
    };
    switch (header.type) {
    case frame_type::call: header.object = other(told_name::object, header.object); break;
    case frame_type::reply:
    case frame_type::error:
        header.call = static_cast<std::uint32_t>(names.call(header.call));
        break;
    case frame_type::stream_credit:
    case frame_type::stream_stop: header.call = other(told_name::stream, header.call); break;
    case frame_type::release:
        for (std::size_t at = header_size; at + 8 <= size; at += 8) {
            const std::uint32_t object = other(told_name::object, number_at(message, at));
            std::memcpy(out.data() + at, &object, sizeof object);
        }
        break;
    default: break;
    }
    std::memcpy(out.data(), &header, header_size);
    const bool has_values = header.type == frame_type::call || header.type == frame_type::reply ||
                            header.type == frame_type::error ||
                            header.type == frame_type::stream_item ||
                            header.type == frame_type::stream_end;
    if (has_values && size >= header_size) {
        bytes frame(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
        rename_inside(frame, header, names);
        std::copy(frame.begin(), frame.end(), out.begin());
    }
    return out;
}

} // namespace beckon::native
