#include "beckon/codec/native/reader.hpp"

#include "beckon/base/utf8.hpp"

namespace beckon::native {

std::string_view reader::get_text() noexcept {
    const std::size_t start = offset() + 4;
    const std::string_view text = as_text(get_block());
    const std::size_t bad = utf8_error_offset(text);
    if (bad != text.size()) {
        fail(beckon::fail(errc::protocol_error, "peer sent a string that is not UTF-8 at byte ",
                          start + bad));
        return {};
    }
    return text;
}

std::size_t reader::get_count(std::size_t least, std::size_t each, bool packed) noexcept {
    const std::size_t at = offset();
    const std::size_t count = get<std::uint32_t>();
    if (failed()) return 0;
    if (least != 0 && count > left() / least) {
        fail(beckon::fail(errc::protocol_error, "peer declared ", count, " elements at byte ", at,
                          ", each of at least ", least, " bytes; ", left(), " bytes are left"));
        return 0;
    }
    return charge(count * each, packed ? 1 : count) ? count : 0;
}

bool reader::charge(std::size_t memory, std::size_t nodes) noexcept {
    if (failed()) return false;
    auto refused = budget_.charge(memory, nodes);
    if (refused) fail(std::move(*refused));
    return !refused;
}

bool reader::enter() noexcept {
    if (depth_ >= limits_->max_depth) {
        fail(beckon::fail(errc::limit_exceeded, "peer sent values nested deeper than ",
                          limits_->max_depth, " at byte ", offset(), " (max_depth)"));
        return false;
    }
    ++depth_;
    return charge(0);
}

reader::record_scope reader::begin_record() noexcept {
    const std::size_t at = offset();
    const std::size_t size = get<std::uint32_t>();
    if (size > left()) {
        if (!failed()) {
            fail(beckon::fail(errc::protocol_error, "peer declared a record of ", size,
                              " bytes at byte ", at, "; ", left(), " bytes are left"));
        }
        return {end_};
    }
    const record_scope scope{end_};
    end_ = at_ + size;
    return scope;
}

void reader::end_record(record_scope scope) noexcept {
    if (failed()) return;
    at_ = end_;
    end_ = scope.outer_end;
}

bool reader::can_refer(std::string_view what) noexcept {
    if (references_ == nullptr)
        fail(beckon::fail(errc::unsupported, "this message cannot carry ", what));
    return !failed();
}

void reader::fail_at(std::size_t at, std::string_view what, error failure) noexcept {
    fail(std::move(failure.note(concat("reading a ", what, " at byte ", at))));
}

intrusive_ptr<referent> reader::get_reference(std::string_view interface_name) {
    if (!can_refer("references")) return {};
    const std::size_t at = offset();
    wire_reference from;
    const auto kind = get<std::uint8_t>();
    if (kind > static_cast<std::uint8_t>(reference_kind::promised)) {
        fail(beckon::fail(errc::protocol_error, "peer sent a reference of kind ", kind, " at byte ",
                          at, "; expected 0 to 3"));
        return {};
    }
    from.kind = reference_kind{kind};
    if (from.kind == reference_kind::mine || from.kind == reference_kind::yours)
        from.object = get<std::uint32_t>();
    if (failed()) return {};
    auto found = references_->borrow(from, interface_name);
    if (found) return std::move(found).value();
    fail_at(at, "reference", std::move(found).error());
    return {};
}

intrusive_ptr<referent> reader::get_stream() {
    if (!can_refer("streams")) return {};
    const std::size_t at = offset();
    const auto stream = get<std::uint32_t>();
    if (failed()) return {};
    auto found = references_->borrow_stream(stream);
    if (found) return std::move(found).value();
    fail_at(at, "stream", std::move(found).error());
    return {};
}

void reader::get_stream(stream_sink& sink) {
    if (!can_refer("streams")) return;
    const std::size_t at = offset();
    const auto stream = get<std::uint32_t>();
    if (failed()) return;
    if (auto bound = references_->borrow_stream(stream, sink); !bound)
        fail_at(at, "stream", std::move(bound).error());
}

void reader::fail(error failure) noexcept {
    if (failed()) return;
    failure_ = std::move(failure);
    at_ = end_; // every further read is short and gives zeroes
}

void reader::fail_short(std::size_t wanted) noexcept {
    if (failed()) return;
    fail(beckon::fail(errc::protocol_error, "peer sent a message that ends at byte ",
                      static_cast<std::size_t>(end_ - begin_), "; expected ", wanted,
                      " more bytes at byte ", offset()));
}

} // namespace beckon::native
