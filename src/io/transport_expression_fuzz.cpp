// Arbitrary expressions: what is read has the parts that its kind must have, within the limits.
#include "beckon/base/assert.hpp"
#include "beckon/io/transport_expression.hpp"

namespace {

void check(const beckon::io::transport_expression& read, std::size_t depth) {
    using namespace beckon::io;
    BECKON_ASSERT(depth <= max_expression_depth, "its depth is bounded");
    BECKON_ASSERT(read.children.size() <= max_expression_children, "so is its width");
    switch (read.is) {
    case transport_expression::kind::leaf:
        BECKON_ASSERT(read.children.empty() && !read.where.transport.empty(), "a leaf is one");
        break;
    case transport_expression::kind::restart:
        BECKON_ASSERT(read.children.size() == 1, "one is restarted");
        break;
    case transport_expression::kind::mux: break;
    }
    for (const transport_expression& each : read.children) check(each, depth + 1);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(beckon::io::is_transport_expression(text));
    const auto read = beckon::io::parse_transport_expression(text);
    if (read) check(*read, 0);
    return 0;
}
