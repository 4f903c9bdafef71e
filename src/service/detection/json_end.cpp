#include "service/detection/json_end.hpp"

namespace beckon::detection {

namespace {
[[nodiscard]] bool is_blank(char letter) noexcept {
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}
} // namespace

json_end::state json_end::take(byte_view next) {
    for (const std::byte each : next) {
        if (state_ != state::goes_on) break;
        state_ = take(static_cast<char>(each));
    }
    return state_;
}

json_end::state json_end::take(char letter) {
    if (!begun_) {
        if (is_blank(letter)) return state::goes_on;
        begun_ = letter == '{' || letter == '[';
        depth_ = 1;
        return begun_ ? state::goes_on : state::lost;
    }
    if (depth_ == 0) return take_behind(letter);
    if (in_text_) {
        if (escaped_) {
            escaped_ = false;
        } else if (letter == '\\') {
            escaped_ = true;
        } else {
            in_text_ = letter != '"';
        }
        return state::goes_on;
    }
    if (letter == '"') in_text_ = true;
    if (letter == '{' || letter == '[') ++depth_;
    if (letter == '}' || letter == ']') --depth_;
    return state::goes_on;
}

/// A delimiter, which blanks may stand before.
json_end::state json_end::take_behind(char letter) {
    behind_ += letter;
    for (;;) {
        bool may_be = false;
        for (std::size_t i = 0; i < delimiters_.size(); ++i) {
            if (behind_ == delimiters_[i]) {
                which_ = i;
                return state::found;
            }
            may_be = may_be || delimiters_[i].starts_with(behind_);
        }
        if (may_be || behind_.empty()) return state::goes_on;
        if (!is_blank(behind_.front())) return state::lost;
        behind_.erase(0, 1);
    }
}

} // namespace beckon::detection
