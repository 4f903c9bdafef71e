#include "protocol/quickrpc/guarded_codec.hpp"

#include "object/guarded.hpp"

namespace beckon::quickrpc {

namespace {

class guarded_splitter final : public splitter {
public:
    explicit guarded_splitter(std::unique_ptr<splitter> own) noexcept : own_(std::move(own)) {}

    [[nodiscard]] result<piece> take(byte_view input, std::size_t most, bool is_last) override {
        return guarded([&] { return own_->take(input, most, is_last); });
    }
    [[nodiscard]] std::size_t size(byte_view input) const noexcept override {
        return own_->size(input);
    }

private:
    const std::unique_ptr<splitter> own_;
};

} // namespace

std::unique_ptr<splitter> guarded_codec::make_splitter() const {
    auto own = own_->make_splitter();
    if (own == nullptr)
        throw_error(fail(errc::invalid_argument, "codec ", own_->name(), " has made no splitter"));
    return std::make_unique<guarded_splitter>(std::move(own));
}

std::optional<message> guarded_codec::decode(byte_view telegram, const codec_rules& rules) const {
    auto read =
        guarded([&]() -> result<std::optional<message>> { return own_->decode(telegram, rules); });
    if (read) return *std::move(read);
    message bad;
    bad.wrong = std::move(read).error().note(concat("decoding with codec ", own_->name()));
    return bad;
}

result<void> guarded_codec::encode(buffer& out, const message& what,
                                   const codec_rules& rules) const {
    return guarded([&] { return own_->encode(out, what, rules); });
}

result<void> guarded_codec::frame(buffer& out, byte_view encoded) const {
    return guarded([&] { return own_->frame(out, encoded); });
}

result<byte_view> guarded_codec::unwrap(byte_view telegram) const {
    return guarded([&] { return own_->unwrap(telegram); });
}

result<void> guarded_codec::frame_secured(buffer& out, byte_view payload) const {
    return guarded([&] { return own_->frame_secured(out, payload); });
}

} // namespace beckon::quickrpc
