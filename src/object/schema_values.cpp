#include "object/schema_values.hpp"

#include "beckon/codec/native/dynamic.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "beckon/object/stream.hpp"

namespace beckon::detail {

namespace {

/// Items from a peer, for whoever takes the stream out of the value. Dropping it tells the producer to stop.
class received_items final : public stream_source<value> {
public:
    explicit received_items(intrusive_ptr<channel<value>> items) noexcept
        : items_(std::move(items)) {}
    ~received_items() override { items_->stop(); }
    future<std::optional<value>> next() override { return items_->next(); }
    void stop() noexcept override { items_->stop(); }

private:
    const intrusive_ptr<channel<value>> items_;
};

value read_stream(native::reader& in, const intrusive_ptr<const dynamic_schema>& schema,
                  const schema::type& item) {
    auto items = make_counted<channel<value>>();
    items->set_decoder([schema, &item](native::reader& from, value& into) {
        into = native::read_typed(from, schema->document(), item);
        if (!from.failed()) schema->bind_references(item, into);
    });
    in.get_stream(*items);
    if (in.failed()) return {};
    return value::stream(intrusive_ptr<referent>(make_counted<value_stream>(
        intrusive_ptr<stream_source<value>>(make_counted<received_items>(std::move(items))))));
}

void write_stream(native::writer& out, const dynamic_schema& schema, const schema::type& type,
                  const value& from) {
    auto* const held =
        from.is(value_kind::stream) ? dynamic_cast<value_stream*>(from.object()) : nullptr;
    if (held == nullptr || !held->source) {
        return out.fail(fail(errc::type_mismatch, "expected ", schema::to_string(type), ", found ",
                             held == nullptr ? from.type_name() : "a stream that was given away"));
    }
    const auto sending = make_counted<producer<value>>(
        std::exchange(held->source, {}),
        [kept = intrusive_ptr<const dynamic_schema>(&schema),
         item = &type.arguments[0]](native::writer& into, const value& each) {
            native::write_typed(into, kept->document(), *item, each);
        });
    out.put_stream(sending.get());
}

} // namespace

void write_by_schema(native::writer& out, const dynamic_schema& schema, const schema::type& type,
                     const value& from) {
    if (type.kind == schema::kind::void_) return;
    if (type.kind == schema::kind::stream) return write_stream(out, schema, type, from);
    native::write_typed(out, schema.document(), type, from);
}

value read_by_schema(native::reader& in, const intrusive_ptr<const dynamic_schema>& schema,
                     const schema::type& type) {
    if (type.kind == schema::kind::void_) return {};
    if (type.kind == schema::kind::stream) return read_stream(in, schema, type.arguments[0]);
    value read = native::read_typed(in, schema->document(), type);
    if (!in.failed()) schema->bind_references(type, read);
    return read;
}

} // namespace beckon::detail
