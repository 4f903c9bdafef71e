#include "protocol/native/error_frame.hpp"

#include "beckon/base/utf8.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "beckon/object/exception_codec.hpp"

namespace beckon::native {

namespace {

/// What an exception says need not be UTF-8, and must reach the caller all the same.
void put_any_text(writer& out, std::string_view text) {
    if (is_utf8(text)) return out.put_text(text);
    std::string mended = quoted(text, text.size());
    out.put_text(std::string_view(mended).substr(1, mended.size() - 2));
}

} // namespace

void put_error(writer& out, const error& failure) {
    out.put(static_cast<std::uint32_t>(failure.code()));
    put_any_text(out, failure.type_name());
    put_any_text(out, failure.message());
    put_any_text(out, failure.trace());
    out.put(static_cast<std::uint32_t>(failure.notes().size()));
    for (const std::string& note : failure.notes()) put_any_text(out, note);
    const auto* const fields = dynamic_cast<const exception_fields*>(failure.detail().get());
    codec<value>::write(out, fields != nullptr ? fields->fields() : value());
}

error read_error(reader& in) {
    const auto code = in.get<std::uint32_t>();
    std::string type(in.get_text());
    std::string message(in.get_text());
    std::string trace(in.get_text());
    const std::size_t notes = in.get_count(4, sizeof(std::string));
    // A code of a later version reads as an internal error of the peer.
    error failure(code <= static_cast<std::uint32_t>(errc::not_found) ? static_cast<errc>(code)
                                                                      : errc::internal,
                  std::move(message));
    for (std::size_t i = 0; i < notes && !in.failed(); ++i)
        failure.note(std::string(in.get_text()));
    if (!type.empty()) failure.set_type_name(std::move(type));
    if (!trace.empty()) failure.set_trace(std::move(trace));
    value fields;
    codec<value>::read(in, fields);
    if (!fields.is_null())
        failure.set_detail(std::make_shared<exception_fields>(std::move(fields)));
    return failure;
}

} // namespace beckon::native
