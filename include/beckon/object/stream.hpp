// Streams: values one after the other, from the side that has them to the side that wants them.
//
//   stream<std::int64_t> count_to(std::int64_t n) {                 // a producer is a coroutine
//       for (std::int64_t i = 1; i <= n; ++i) co_yield i;
//   }
//   for (std::int64_t number : counter->count_to(10)) ...           // a consumer is a loop
//   counter->total(stream_of(std::vector<std::int64_t>{1, 2, 3}));  // and the other way round
//
// A producer may await; where its reader goes meanwhile, what it awaits is given up (errc::cancelled). GCC 12 destroys an
// aggregate made in a co_yield twice: give it a name, `const point at{1, 2}; co_yield at;`.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "beckon/codec/native/codec.hpp"
#include "beckon/object/channel.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/generator.hpp"
#include "beckon/object/producer.hpp"
#include "beckon/object/stream_source.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/describe.hpp"

namespace beckon {

/// The reading end of a stream. Dropping it tells the producer to stop.
///
/// Items are read ahead as far as the window allows (`limits::stream_window_bytes`); a slow reader holds up the
/// producer, not memory.
/// Errors: what ends the stream early is thrown by `next` (what the producer threw, disconnected_error ...).
/// Thread-safety: one thread at a time.
template <typename T>
class stream {
public:
    using value_type = T;
    using beckon_converted = void;
    using promise_type = detail::generator_promise<T>;

    stream() noexcept = default;
    explicit stream(intrusive_ptr<stream_source<T>> source) noexcept : source_(std::move(source)) {}
    stream(stream&&) noexcept = default;
    stream& operator=(stream&& other) noexcept {
        std::swap(source_, other.source_);
        return *this;
    }
    ~stream() {
        if (source_) source_->stop();
    }

    /// Waits for the next item; nothing at the end.
    [[nodiscard]] std::optional<T> next() { return async_next().get(); }
    /// The same without waiting; awaitable. One at a time: errc::invalid_argument while another waits. Dropping it while
    /// it waits loses no item.
    [[nodiscard]] future<std::optional<T>> async_next() {
        if (!source_) return ready_future<std::optional<T>>(std::optional<T>());
        auto item = source_->next();
        item.shared()->set_rethrow(source_->rethrow);
        return item;
    }
    [[nodiscard]] intrusive_ptr<stream_source<T>> take_source() noexcept {
        return std::exchange(source_, {});
    }
    [[nodiscard]] bool valid() const noexcept { return static_cast<bool>(source_); }
    /// For stubs and skeletons: what an interface knows of its declared exceptions, in this stream too. Null changes nothing.
    void declare(error (*tell_thrown)(), void (*rethrow)(const error&)) const noexcept {
        if (!source_) return;
        if (tell_thrown != nullptr) source_->tell_thrown = tell_thrown;
        if (rethrow != nullptr) source_->rethrow = rethrow;
    }

    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        iterator() noexcept = default;
        explicit iterator(stream& from) : from_(&from) { ++*this; }
        T& operator*() noexcept { return *item_; }
        iterator& operator++() {
            item_ = from_->next();
            if (!item_) from_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.from_ == b.from_;
        }

    private:
        stream* from_ = nullptr;
        std::optional<T> item_;
    };
    [[nodiscard]] iterator begin() { return iterator(*this); }
    [[nodiscard]] iterator end() noexcept { return {}; }

private:
    intrusive_ptr<stream_source<T>> source_;
};

namespace detail {

template <typename Range>
class range_source final : public stream_source<typename Range::value_type> {
public:
    using item_type = typename Range::value_type;
    explicit range_source(Range items) : items_(std::move(items)), at_(items_.begin()) {}
    future<std::optional<item_type>> next() override {
        if (at_ == items_.end())
            return ready_future<std::optional<item_type>>(std::optional<item_type>());
        return ready_future<std::optional<item_type>>(std::optional<item_type>(*at_++));
    }
    void stop() noexcept override {}

private:
    Range items_;
    typename Range::iterator at_;
};

} // namespace detail

/// A stream of a container's items.
template <typename Range>
[[nodiscard]] stream<typename Range::value_type> stream_of(Range items) {
    return stream<typename Range::value_type>(
        intrusive_ptr<stream_source<typename Range::value_type>>(
            make_counted<detail::range_source<Range>>(std::move(items))));
}

namespace native {
template <typename T>
struct codec<stream<T>> {
    static constexpr std::size_t min_size = 4;
    /// Gives the stream away: the peer reads it from now on.
    static void write(writer& out, const stream<T>& value) {
        auto source = const_cast<stream<T>&>(value).take_source();
        if (!source)
            source = intrusive_ptr<stream_source<T>>(
                make_counted<beckon::detail::range_source<std::vector<T>>>(std::vector<T>{}));
        const auto producer = make_counted<beckon::detail::producer<T>>(std::move(source));
        out.put_stream(producer.get());
    }
    static void read(reader& in, stream<T>& value) {
        auto items = make_counted<beckon::detail::channel<T>>();
        in.get_stream(*items);
        if (!in.failed())
            value = stream<T>(intrusive_ptr<stream_source<T>>(
                make_counted<beckon::detail::channel_source<T>>(std::move(items))));
    }
};
} // namespace native

} // namespace beckon

#include "beckon/object/stream_value.hpp"
