#include "beckon/codec/json_boundary.hpp"

#include "codec/json_scan.hpp"

namespace beckon::json {

std::size_t boundary::feed(std::string_view chunk) noexcept {
    const char* at = chunk.data();
    const char* const end = at + chunk.size();
    while (at != end && state_ != state::complete) {
        const char letter = *at;
        switch (state_) {
        case state::before:
            if (detail::is_space(letter)) break;
            if (letter == '{' || letter == '[') {
                depth_ = 1;
                state_ = state::inside;
            } else {
                state_ = letter == '"' ? state::string : state::word;
            }
            break;
        case state::word:
            if (detail::is_space(letter) ||
                std::string_view(",[]{}\":").find(letter) != std::string_view::npos) {
                state_ = state::complete;
                continue; // which is the next text's
            }
            break;
        case state::inside:
            if (letter == '"') {
                state_ = state::string;
            } else if (letter == '{' || letter == '[') {
                ++depth_;
            } else if (letter == '}' || letter == ']') {
                if (--depth_ == 0) state_ = state::complete;
            }
            break;
        case state::string: {
            bool ascii = true;
            at = detail::find_special(at, end, ascii);
            if (at == end) continue;
            if (*at == '\\') {
                state_ = state::escape;
            } else if (*at == '"') {
                state_ = depth_ == 0 ? state::complete : state::inside;
            }
            break;
        }
        case state::escape: state_ = state::string; break;
        case state::complete: break;
        }
        ++at;
    }
    return static_cast<std::size_t>(at - chunk.data());
}

void boundary::finish() noexcept {
    if (state_ == state::word) state_ = state::complete;
}

} // namespace beckon::json
