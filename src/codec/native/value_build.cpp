#include "codec/native/value_build.hpp"

namespace beckon::native::build {

using beckon::detail::value_access;

void index_key(reader& in, beckon::detail::array_node& node, std::size_t stride) {
    // Look for the new key among those before it.
    const auto before = static_cast<std::uint32_t>(node.size - stride);
    const std::uint32_t whole = std::exchange(node.size, before);
    const value& key = value_access::items(&node)[before];
    const bool is_new = beckon::detail::find_key(node, stride, key) == before;
    node.size = whole;
    if (is_new) return beckon::detail::index_last(node, stride);
    in.fail(beckon::fail(errc::protocol_error, "peer sent a ", stride == 2 ? "map" : "set",
                         " with the same key twice before byte ", in.offset()));
}

} // namespace beckon::native::build
