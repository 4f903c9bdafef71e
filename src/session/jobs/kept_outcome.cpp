#include "session/jobs/kept_outcome.hpp"

#include <limits>

#include "beckon/codec/native/value_codec.hpp"
#include "beckon/object/exception_codec.hpp"
#include "beckon/object/object_core.hpp"

namespace beckon::jobs_detail {

namespace {

/// What is kept for later has nobody to lend anything to.
class nobody final : public reference_exchange {
public:
    result<wire_reference> lend(referent* object) override {
        if (object == nullptr) return wire_reference{};
        const std::string_view name = object->interface_name();
        return fail(errc::type_mismatch, "it holds a reference to ",
                    name.empty() ? "an object" : name,
                    "; a job takes and gives plain data, which needs no conversation");
    }
    result<std::uint32_t> lend_stream(referent*) override {
        return fail(errc::type_mismatch,
                    "it holds a stream; a job takes and gives plain data, which "
                    "needs no conversation");
    }
    result<intrusive_ptr<referent>> borrow(wire_reference, std::string_view) override {
        return none();
    }
    referent* find_lent(std::uint32_t) noexcept override { return nullptr; }
    result<intrusive_ptr<referent>> borrow_stream(std::uint32_t) override { return none(); }
    result<void> borrow_stream(std::uint32_t, native::stream_sink&) override { return none(); }

private:
    [[nodiscard]] static error none() {
        return fail(errc::protocol_error, "what is kept of a job refers to an object");
    }
};

/// It was within the limits of whoever it came from.
[[nodiscard]] limits without_bounds() {
    limits all;
    all.max_depth = std::numeric_limits<std::uint32_t>::max();
    all.max_nodes = std::numeric_limits<std::uint32_t>::max();
    all.decoded_bytes_factor = 1024;
    return all;
}

} // namespace

result<bytes> keep(const value& plain) {
    nobody alone;
    buffer out;
    native::writer to(out, &alone);
    native::codec<value>::write(to, plain);
    if (to.failed()) return to.take_failure();
    return bytes(out.view().begin(), out.view().end());
}

result<value> read_kept(byte_view kept) {
    nobody alone;
    const limits allowed = without_bounds();
    native::reader from(kept, allowed, &alone);
    value read;
    native::codec<value>::read(from, read);
    if (from.failed()) return from.take_failure();
    return read;
}

result<bytes> keep_outcome(const result<value>& outcome) {
    if (outcome) return keep(value::list({true, *outcome}));
    const error& failure = outcome.error();
    value notes = value::list();
    for (const std::string& each : failure.notes()) notes.push_back(value(each));
    value detail;
    if (const auto* const known = dynamic_cast<const exception_fields*>(failure.detail().get()))
        detail = known->fields();
    const auto code = static_cast<std::int64_t>(failure.code());
    value told = value::list({false, code, failure.message(), failure.type_name(), failure.trace(),
                              std::move(notes), std::move(detail)});
    auto kept = keep(told);
    if (kept) return kept;
    // Its fields refer to something: the rest is worth keeping.
    return keep(value::list({false, code, failure.message(), failure.type_name(), failure.trace(),
                             value::list(), nullptr}));
}

result<void> read_kept_outcome(byte_view kept, result<value>& into) {
    BECKON_ASSIGN(const value told, read_kept(kept));
    const auto broken = [] {
        return fail(errc::protocol_error, "what is kept of a job is no outcome");
    };
    if (!told.is_sequence() || told.size() < 2) return broken();
    if (told[0] == value(true)) {
        into = told[1];
        return {};
    }
    if (told.size() < 7 || !told[1].is_int64() || !told[2].is(value_kind::string) ||
        !told[3].is(value_kind::string) || !told[4].is(value_kind::string))
        return broken();
    error failure(static_cast<errc>(told[1].int64()), std::string(told[2].string()));
    if (!told[3].string().empty()) failure.set_type_name(std::string(told[3].string()));
    if (!told[4].string().empty()) failure.set_trace(std::string(told[4].string()));
    for (const value& each : told[5]) failure.note(each.to_text());
    if (!told[6].is_null()) failure.set_detail(std::make_shared<exception_fields>(told[6]));
    into = std::move(failure);
    return {};
}

} // namespace beckon::jobs_detail
