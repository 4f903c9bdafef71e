#include "beckon/protocol/quickrpc/codec.hpp"

#include <algorithm>
#include <utility>

#include "beckon/base/text.hpp"

namespace beckon::quickrpc {

bool is_id(const value& id) noexcept {
    switch (id.kind()) {
    case value_kind::null: return false;
    case value_kind::boolean: return id.boolean();
    case value_kind::integer: return id != value(0);
    case value_kind::floating: return id.float64() != 0;
    default: return !id.empty();
    }
}

namespace {

class delimiter_splitter final : public splitter {
public:
    explicit delimiter_splitter(std::string delimiter) : delimiter_(std::move(delimiter)) {}

    result<piece> take(byte_view input, std::size_t most, bool is_last) override {
        const std::string_view text = as_text(input);
        // A delimiter of several bytes may have begun in what was looked at.
        const std::size_t overlap = std::min(searched_, delimiter_.size() - 1);
        const std::size_t at = text.find(delimiter_, searched_ - overlap);
        if (at == std::string_view::npos && !is_last) {
            searched_ = text.size();
            if (text.size() > most + delimiter_.size() - 1) return too_long(text.size(), most);
            return piece{};
        }
        searched_ = 0;
        const std::size_t size = std::min(at, text.size());
        if (size > most) return too_long(size, most);
        const std::size_t mark = at == std::string_view::npos ? 0 : delimiter_.size();
        return piece{input.first(size), size + mark};
    }

    [[nodiscard]] std::size_t size(byte_view input) const noexcept override {
        const std::size_t overlap = std::min(searched_, delimiter_.size() - 1);
        const std::size_t at = as_text(input).find(delimiter_, searched_ - overlap);
        return at != std::string_view::npos ? at + delimiter_.size() : 0;
    }

private:
    [[nodiscard]] static error too_long(std::size_t size, std::size_t most) {
        return fail(errc::limit_exceeded, "peer sent ", size,
                    " bytes without a delimiter; limit is ", most, " bytes (max_message_bytes)");
    }

    const std::string delimiter_;
    std::size_t searched_ = 0; ///< Bytes of the input that hold no delimiter.
};

} // namespace

std::unique_ptr<splitter> split_at(std::string delimiter) {
    return std::make_unique<delimiter_splitter>(std::move(delimiter));
}

result<std::shared_ptr<const codec>> make_codec(std::string_view expression) {
    const std::size_t colon = expression.find(':');
    const std::string_view name = expression.substr(0, colon);
    const std::string_view rest =
        colon == std::string_view::npos ? std::string_view() : expression.substr(colon + 1);
    if (name == "jrpc") {
        jrpc_options options;
        if (!rest.empty()) options.delimiter = rest;
        return make_jrpc_codec(std::move(options));
    }
    if (name == "terse") return make_terse_codec(rest == "ref");
    if (name == "msgpack") return make_msgpack_codec();
    return fail(errc::invalid_argument, "could not find a codec class with shorthand ",
                quoted(name), "; there are jrpc, terse and msgpack");
}

} // namespace beckon::quickrpc
