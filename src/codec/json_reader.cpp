#include "beckon/codec/json_reader.hpp"

#include <algorithm>
#include <cmath>

#include "codec/json_number.hpp"
#include "codec/json_scan.hpp"
#include "codec/json_tree.hpp"

namespace beckon::json {

namespace {

constexpr std::size_t most_depth = 512;

} // namespace

reader::reader(std::string_view text, const parse_options& options)
    : text_(text), options_(options), at_(text.data()), value_begin_(at_),
      end_(text.data() + text.size()), left_(text.size(), options) {
    left_.depth = std::min(left_.depth, most_depth);
    failure_ = detail::check_size(text, options);
}

reader::~reader() = default;

const parse_options& reader::options() const noexcept { return options_; }

void reader::skip_space() noexcept { at_ = detail::skip_space(at_, end_); }

bool reader::keep(error failure) {
    if (!failure_) failure_.emplace(std::move(failure));
    return false;
}

bool reader::expected(std::string_view what) { return keep(detail::unexpected(text_, at_, what)); }

bool reader::fail(const error& failure) {
    return keep(detail::wrong(text_, value_begin_, failure.message(), failure.code()));
}

bool reader::refuses_duplicates() {
    if (options_.duplicate_keys != duplicate_keys::refuse) return false;
    keep(detail::wrong(text_, at_, "found a key twice"));
    return true;
}

bool reader::in_field(std::string_view name) {
    std::string longer(name);
    if (!path_.empty() && path_.front() != '[') longer += '.';
    path_ = longer + path_;
    return false;
}

bool reader::in_item(std::size_t index) {
    std::string longer = concat('[', index, ']');
    if (!path_.empty() && path_.front() != '[') longer += '.';
    path_ = longer + path_;
    return false;
}

error reader::take_failure() {
    error failure = std::move(*failure_);
    if (path_.empty()) return failure;
    constexpr std::size_t most = 200;
    if (path_.size() > most) path_ = concat(std::string_view(path_).substr(0, most), "...");
    return error(failure.code(), concat(path_, ": ", failure.message()));
}

// Every value begins here, whatever its type.
[[gnu::always_inline]] inline bool reader::begin_value(std::string_view what) {
    if (failure_ || at_ == end_ || static_cast<unsigned char>(*at_) <= ' ' || left_.nodes == 0) {
        return begin_value_slowly(what);
    }
    value_begin_ = at_;
    --left_.nodes;
    return true;
}

bool reader::begin_value_slowly(std::string_view what) {
    if (failure_) return false;
    at_ = detail::skip_space(at_, end_);
    value_begin_ = at_;
    if (left_.nodes == 0) {
        return keep(detail::wrong(text_, at_,
                                  concat("more than ", options_.max_nodes, " values (max_nodes)"),
                                  errc::limit_exceeded));
    }
    --left_.nodes;
    return at_ != end_ || expected(what);
}

bool reader::over_budget() {
    return keep(detail::wrong(text_, at_,
                              concat("more than ", left_.decoded_limit,
                                     " bytes of memory (min_decoded_bytes, decoded_bytes_factor)"),
                              errc::limit_exceeded));
}

std::size_t reader::room_for(std::size_t items, std::size_t begin,
                             std::size_t item_bytes) const noexcept {
    const std::size_t each = std::max<std::size_t>((offset() - begin) / items, 1);
    const auto left = static_cast<std::size_t>(end_ - at_);
    const std::size_t to_come = left / each + left / each / 16 + 1; // rates waver
    return items + std::min({to_come, items * 3, left_.bytes / item_bytes + 1});
}

bool reader::take_null() noexcept {
    if (failure_ || peek() != 'n' || end_ - at_ < 4 || std::memcmp(at_, "null", 4) != 0) {
        return false;
    }
    at_ += 4;
    return true;
}

bool reader::read_boolean(bool& into) {
    if (!begin_value("true or false")) return false;
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    into = rest.starts_with("true");
    if (!into && !rest.starts_with("false")) return expected("true or false");
    at_ += into ? 4 : 5;
    return true;
}

bool reader::read_signed(std::int64_t& into, std::int64_t least, std::int64_t most,
                         std::string_view name) {
    if (!begin_value(name)) return false;
    const detail::number read = detail::read_number(at_, end_);
    bool fits = false;
    if (read.form == detail::number_form::int64) {
        into = static_cast<std::int64_t>(read.bits);
        fits = true;
    } else if (read.form == detail::number_form::real) {
        const auto number = std::bit_cast<double>(read.bits);
        fits = std::trunc(number) == number && number >= -0x1p63 && number < 0x1p63;
        if (fits) into = static_cast<std::int64_t>(number);
    }
    if (fits && into >= least && into <= most) return true;
    if (read.form != detail::number_form::malformed) at_ = value_begin_;
    return expected(name);
}

bool reader::read_unsigned(std::uint64_t& into, std::uint64_t most, std::string_view name) {
    if (!begin_value(name)) return false;
    const detail::number read = detail::read_number(at_, end_);
    bool fits = false;
    if (read.form == detail::number_form::int64 || read.form == detail::number_form::uint64) {
        into = read.bits;
        fits = read.form == detail::number_form::uint64 || static_cast<std::int64_t>(into) >= 0;
    } else if (read.form == detail::number_form::real) {
        const auto number = std::bit_cast<double>(read.bits);
        fits = std::trunc(number) == number && number >= 0 && number < 0x1p64;
        if (fits) into = static_cast<std::uint64_t>(number);
    }
    if (fits && into <= most) return true;
    if (read.form != detail::number_form::malformed) at_ = value_begin_;
    return expected(name);
}

bool reader::read_double(double& into) {
    if (!begin_value("a number")) return false;
    const detail::number read = detail::read_number(at_, end_);
    switch (read.form) {
    case detail::number_form::real: into = std::bit_cast<double>(read.bits); return true;
    case detail::number_form::int64:
        into = static_cast<double>(static_cast<std::int64_t>(read.bits));
        return true;
    case detail::number_form::uint64: into = static_cast<double>(read.bits); return true;
    case detail::number_form::big: {
        // The digits as they are, to the nearest double.
        const std::string_view digits(value_begin_, static_cast<std::size_t>(at_ - value_begin_));
        if (detail::nearest_double(digits, into)) return true;
        break;
    }
    case detail::number_form::too_large: break;
    case detail::number_form::malformed: return expected("a number");
    }
    at_ = value_begin_;
    return keep(detail::wrong(text_, at_, "found a number beyond the range of float64"));
}

bool reader::read_string(std::string_view& into) {
    if (!begin_value("a string")) return false;
    if (*at_ != '"') return expected("a string");
    ++at_;
    bool ascii = true;
    const char* const stop = detail::find_special(at_, end_, ascii);
    if (stop != end_ && *stop == '"' && ascii) {
        into = {at_, static_cast<std::size_t>(stop - at_)};
        at_ = stop + 1;
        return true;
    }
    if (!strings_) {
        strings_ = std::make_unique<detail::string_reader>(text_, options_.lone_surrogates);
    }
    if (!strings_->read(at_, into)) return keep(std::move(*strings_).take_failure());
    return true;
}

bool reader::read_value(value& into) {
    if (failure_) return false;
    at_ = detail::skip_space(at_, end_);
    value_begin_ = at_;
    if (at_ != end_ && left_.nodes != 0 && (detail::is_digit(*at_) || *at_ == '-')) {
        // A whole number needs no tree.
        const char* at = at_;
        const detail::number read = detail::read_number(at, end_);
        if (read.form == detail::number_form::int64) {
            --left_.nodes;
            at_ = at;
            into = static_cast<std::int64_t>(read.bits);
            return true;
        }
    }
    const char* const stop = detail::read_tree(text_, at_, options_, left_, into, failure_);
    if (stop == nullptr) return false;
    at_ = stop;
    return true;
}

bool reader::skip() {
    // Making the value is the simplest way of checking it, and unknown fields are rare.
    value dropped;
    return read_value(dropped);
}

bool reader::enter() {
    if (!begin_value("an array or object")) return false;
    if (left_.depth == 0) {
        return keep(
            detail::wrong(text_, at_,
                          concat("nested more than ", std::min(options_.max_depth, most_depth),
                                 " deep (max_depth)"),
                          errc::limit_exceeded));
    }
    --left_.depth;
    ++at_;
    return true;
}

bool reader::next_item_slowly(bool& first) {
    if (failure_) return false;
    const char letter = peek();
    if (letter == ']') {
        ++at_;
        ++left_.depth;
        return false;
    }
    if (first) {
        first = false;
        return at_ != end_ || expected("a value");
    }
    if (letter != ',') return expected("',' or ']'");
    ++at_;
    return true;
}

bool reader::next_key(bool& first, std::string_view& key) {
    if (failure_) return false;
    const char letter = peek();
    if (letter == '}') {
        ++at_;
        ++left_.depth;
        return false;
    }
    if (!first) {
        if (letter != ',') return expected("',' or '}'");
        ++at_;
        static_cast<void>(peek());
    }
    first = false;
    if (at_ == end_ || *at_ != '"') return expected("a key in quotes");
    ++left_.nodes; // keys are not counted
    if (!read_string(key)) return false;
    if (peek() != ':') return expected("':' after a key");
    ++at_;
    return true;
}

bool reader::next_field(bool& first, std::span<const std::string_view> names, std::size_t& index) {
    std::string_view key;
    if (!next_key(first, key)) return false;
    for (index = 0; index < names.size(); ++index) {
        if (names[index] == key) return true;
    }
    index = no_field;
    return true;
}

bool reader::finish() {
    if (failure_) return false;
    return peek() == '\0' && at_ == end_ ? true : expected("the end of the text");
}

} // namespace beckon::json
