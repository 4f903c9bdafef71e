// Feeds arbitrary bytes to the reader of HTTP heads. Whatever is read holds nothing that another reader could take for the
// end of a line or of a name, has its end where the first empty line is, and is the same when it comes in parts.
#include <algorithm>
#include <string>

#include "beckon/base/assert.hpp"
#include "codec/http_head.hpp"

namespace {

using namespace beckon;

void check(const http::head& seen, byte_view input) {
    const std::string_view text = as_text(input);
    BECKON_ASSERT(text.find("\r\n\r\n") + 4 == seen.bytes, "the head ends elsewhere");
    const std::size_t skipped = text.starts_with("\r\n") ? 2 : 0;
    BECKON_ASSERT(seen.bytes <= http::most_head_bytes + skipped, "the head is longer than allowed");
    for (const http::field& each : seen.fields) {
        BECKON_ASSERT(http::is_token(each.name), "a name is none");
        BECKON_ASSERT(each.content.find_first_of(std::string_view("\r\n\0", 3)) ==
                          std::string_view::npos,
                      "a content holds the end of a line");
    }
    BECKON_ASSERT(seen.path.find('?') == std::string_view::npos, "a path has a query");
    static_cast<void>(http::origin_policy{}.allows(seen));
}

template <typename Read>
void read_in_parts(byte_view input, Read read) {
    const auto whole = read(input);
    if (whole && *whole) check(**whole, input);
    for (std::size_t size = 0; size < std::min<std::size_t>(input.size(), 300); ++size) {
        const auto part = read(input.first(size));
        if (part && !*part) continue;
        // What is told early stays true.
        BECKON_ASSERT(part.has_value() == whole.has_value(), "more input changes what was read");
        if (part) BECKON_ASSERT((*part)->bytes == (*whole)->bytes, "the end has moved");
        break;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const byte_view input(reinterpret_cast<const std::byte*>(data), size);
    read_in_parts(input, &http::read_request_head);
    read_in_parts(input, &http::read_response_head);
    return 0;
}
