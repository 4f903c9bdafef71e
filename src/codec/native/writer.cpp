#include "beckon/codec/native/writer.hpp"

#include "beckon/base/assert.hpp"
#include "beckon/base/text.hpp"
#include "beckon/base/utf8.hpp"

namespace beckon::native {

void writer::put_text(std::string_view text) {
    const std::size_t bad = utf8_error_offset(text);
    if (bad != text.size()) {
        return fail(beckon::fail(errc::invalid_argument, "string is not UTF-8 at byte ", bad,
                                 " of ", text.size(), "; pass other bytes as `bytes`"));
    }
    put_block(text.data(), text.size());
}

void writer::note_field(std::string_view record, std::span<const std::string_view> names,
                        std::size_t at) {
    note(concat("writing ", record, '.', names[at]));
}

void writer::note_item(std::size_t at) { note(concat("writing item ", at)); }

void writer::put_reference(referent* object) {
    if (references_ == nullptr) {
        return fail(beckon::fail(errc::unsupported, "this message cannot carry references"));
    }
    const auto lent = references_->lend(object);
    if (!lent) return fail(lent.error());
    put(static_cast<std::uint8_t>(lent->kind));
    if (lent->kind == reference_kind::mine || lent->kind == reference_kind::yours)
        put(lent->object);
}

void writer::put_stream(referent* producer) {
    if (references_ == nullptr) {
        return fail(beckon::fail(errc::unsupported, "this message cannot carry streams"));
    }
    const auto lent = references_->lend_stream(producer);
    if (!lent) return fail(lent.error());
    put(*lent);
}

} // namespace beckon::native
