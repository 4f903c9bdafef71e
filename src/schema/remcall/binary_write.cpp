#include <algorithm>

#include "beckon/base/text.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "schema/remcall/format.hpp"
#include "schema/remcall/rules.hpp"

namespace beckon::schema::remcall {

namespace {

class writer {
public:
    explicit writer(const document& document) : document_(document) {}

    bytes run() {
        put_raw(magic);
        put_raw(schema_word);
        put_text(document_.label);
        put(document_.method_ref_bytes, 4);
        put(document_.object_ref_bytes, 4);
        put(document_.enumerations.size(), 4);
        put(document_.records.size(), 4);
        put(document_.interfaces.size(), 4);
        for (const enumeration& each : document_.enumerations) put_one(each);
        for (const record& each : document_.records) put_one(each);
        for (const interface& each : document_.interfaces) put_one(each);
        const digest digest = sha256(out_);
        out_.insert(out_.end(), digest.begin(), digest.end());
        return std::move(out_);
    }

private:
    void put(std::uint64_t number, unsigned width) {
        for (unsigned i = width; i-- > 0;)
            out_.push_back(static_cast<std::byte>(number >> (8 * i)));
    }
    void put_raw(std::string_view text) {
        const byte_view view = as_bytes(text);
        out_.insert(out_.end(), view.begin(), view.end());
    }
    void put_text(std::string_view text) {
        put(text.size(), 4);
        put_raw(text);
    }
    void put_type(const type& type) {
        put(static_cast<std::uint32_t>(number_of(document_, type)), 4);
    }
    void put_head(std::uint8_t tag, std::string_view name, std::size_t count) {
        put(tag, 1);
        put(static_cast<std::uint32_t>(next_number_++), 4);
        put_text(name);
        put(count, 4);
    }
    void put_members(const std::vector<member>& members) {
        for (const member& each : members) {
            put_type(each.type);
            put_text(each.name);
        }
    }

    void put_one(const enumeration& enumeration) {
        put_head(enum_tag, enumeration.name, enumeration.values.size());
        for (const std::string& value : enumeration.values) put_text(value);
    }
    void put_one(const record& record) {
        put_head(record_tag, record.name, record.fields.size());
        put_members(record.fields);
    }
    void put_one(const interface& interface) {
        put_head(interface_tag, interface.name, interface.methods.size());
        for (const method& method : interface.methods) {
            put(next_method_++, document_.method_ref_bytes);
            put_text(method.name);
            put(method.arguments.size(), 4);
            put_members(method.arguments);
            put_type(method.result);
        }
    }

    const document& document_;
    bytes out_;
    std::int32_t next_number_ = first_declared_number;
    std::uint64_t next_method_ = 0;
};

} // namespace

result<bytes> write(const document& document, const write_options& options) {
    BECKON_TRY(check(document, options.strictness));
    remcall::document sorted = document;
    put_in_order(sorted);
    bytes out = writer(sorted).run();
    if (options.expected) {
        const byte_view made = byte_view(out).last(digest_bytes);
        if (to_hex(made) != to_hex(*options.expected)) {
            return schema_failure(errc::invalid_argument, reason::wrong_digest, std::nullopt,
                                  "the schema has the digest ", to_hex(made), ", expected ",
                                  to_hex(*options.expected));
        }
    }
    return out;
}

result<digest> digest_of(const document& document) {
    BECKON_ASSIGN(const bytes written, write(document, {.strictness = strictness::lenient}));
    digest out;
    std::copy(written.end() - digest_bytes, written.end(), out.begin());
    return out;
}

} // namespace beckon::schema::remcall
