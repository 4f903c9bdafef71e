#include "io/os_error.hpp"

#include <cstring>

namespace beckon::io {

std::string os_error_text(int number) {
    const char* const words = ::strerrordesc_np(number);
    const char* const name = ::strerrorname_np(number);
    if (words == nullptr || name == nullptr) return concat("error number ", number);
    std::string text(words);
    // Only a capital that starts a word goes: "RPC ..." stays as it is.
    if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' &&
        !(text[1] >= 'A' && text[1] <= 'Z')) {
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    }
    return concat(text, " (", name, ")");
}

} // namespace beckon::io
