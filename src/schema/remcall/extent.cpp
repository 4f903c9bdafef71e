#include "beckon/schema/remcall/extent.hpp"

#include "schema/remcall/format.hpp"
#include "schema/remcall/rules.hpp"

namespace beckon::schema::remcall {

/// Bytes of the part at which the reading stands, without the text at its end.
std::size_t extent::needed() const noexcept {
    switch (stage_) {
    case stage::start: return magic.size() + schema_word.size() + 4;
    case stage::head: return 5 * 4;
    case stage::declaration: return 1 + 4 + 4;
    case stage::member:
        if (tag_ == enum_tag) return 4;
        return (tag_ == record_tag ? 4 : width_) + 4;
    case stage::member_count:
    case stage::argument_count: return 4;
    case stage::argument: return arguments_ == 0 ? 4 : 8;
    case stage::digest: return digest_bytes;
    case stage::end: return 0;
    }
    return 0;
}

std::uint32_t extent::number(byte_view input, std::size_t offset) const noexcept {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i)
        out = out << 8 | std::to_integer<std::uint32_t>(input[at_ + offset + i]);
    return out;
}

/// Reads one part, which is there, and goes to the next.
result<void> extent::step(byte_view input) {
    const std::size_t size = needed();
    const std::size_t start = at_;
    std::uint32_t text = 0;
    switch (stage_) {
    case stage::start:
        if (!is_binary(input)) {
            return schema_failure(errc::parse_error, reason::wrong_magic, start,
                                  "remcall schema at byte ", start, ": found no ", quoted(magic));
        }
        text = number(input, size - 4);
        stage_ = stage::head;
        break;
    case stage::head:
        width_ = number(input, 0);
        if (!is_width(width_)) {
            return schema_failure(errc::parse_error, reason::bad_width, start,
                                  "remcall schema at byte ", start, ": references to methods of ",
                                  width_, " bytes, expected 1, 2, 4 or 8");
        }
        declarations_ = std::uint64_t{number(input, 8)} + number(input, 12) + number(input, 16);
        stage_ = stage::declaration;
        break;
    case stage::declaration:
        tag_ = std::to_integer<std::uint8_t>(input[at_]);
        if (tag_ < enum_tag || tag_ > interface_tag) {
            return schema_failure(errc::parse_error, reason::wrong_tag, start,
                                  "remcall schema at byte ", start, ": found the tag ", tag_,
                                  ", expected 2, 3 or 4");
        }
        text = number(input, 5);
        --declarations_;
        stage_ = stage::member_count;
        break;
    case stage::member_count:
        members_ = number(input, 0);
        stage_ = stage::member;
        break;
    case stage::member:
        text = number(input, size - 4);
        --members_;
        if (tag_ == interface_tag) stage_ = stage::argument_count;
        break;
    case stage::argument_count:
        arguments_ = number(input, 0);
        stage_ = stage::argument;
        break;
    case stage::argument:
        if (arguments_ == 0) {
            stage_ = stage::member; // that was the result
        } else {
            text = number(input, 4);
            --arguments_;
        }
        break;
    case stage::digest: stage_ = stage::end; break;
    case stage::end: break;
    }
    at_ += size + text;
    // What ends the members ends without bytes of its own.
    if (stage_ == stage::member && members_ == 0) stage_ = stage::declaration;
    if (stage_ == stage::declaration && declarations_ == 0) stage_ = stage::digest;
    return {};
}

result<std::optional<std::size_t>> extent::find(byte_view input) {
    while (true) {
        const std::size_t until = at_ + needed();
        if (until > max_bytes_) {
            return schema_failure(errc::limit_exceeded, reason::over_limit, at_,
                                  "remcall schema at byte ", at_, ": more than ", max_bytes_,
                                  ", the limit max_bytes");
        }
        if (stage_ == stage::end) return std::optional<std::size_t>(at_);
        if (until > input.size()) return std::optional<std::size_t>();
        BECKON_TRY(step(input));
    }
}

} // namespace beckon::schema::remcall
