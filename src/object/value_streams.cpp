#include "beckon/object/value_streams.hpp"

#include "beckon/object/stream_value.hpp"

namespace beckon {

intrusive_ptr<native::stream_producer> take_value_stream(referent* held) {
    auto* const stream = dynamic_cast<value_stream*>(held);
    if (stream == nullptr || !stream->source) return {};
    return make_counted<detail::producer<value>>(std::exchange(stream->source, {}));
}

std::pair<intrusive_ptr<native::stream_sink>, intrusive_ptr<referent>> make_value_stream() {
    auto items = make_counted<detail::channel<value>>();
    auto source = make_counted<detail::channel_source<value>>(items);
    return {std::move(items),
            make_counted<value_stream>(intrusive_ptr<stream_source<value>>(std::move(source)))};
}

} // namespace beckon
