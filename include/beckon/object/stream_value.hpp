// Streams as values and in schemas: what value/convert.hpp and value/describe.hpp ask of further types.
#pragma once

#include "beckon/object/stream.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/describe.hpp"

namespace beckon {

template <typename T>
struct describer<stream<T>> {
    static schema::type describe(description& into) {
        schema::type type;
        type.kind = schema::kind::stream;
        type.arguments.push_back(into.type<T>());
        return type;
    }
};

namespace detail {

/// Items of one type as items of another.
template <typename To, typename From>
class converted_source final : public stream_source<To> {
public:
    explicit converted_source(intrusive_ptr<stream_source<From>> from) noexcept
        : from_(std::move(from)) {}
    future<std::optional<To>> next() override {
        return from_->next().then([](std::optional<From> item) -> result<std::optional<To>> {
            if (!item) return std::optional<To>();
            if constexpr (std::is_same_v<To, value>) {
                return std::optional<To>(value(*item));
            } else {
                BECKON_ASSIGN(To converted, item->template get<To>());
                return std::optional<To>(std::move(converted));
            }
        });
    }
    void stop() noexcept override { from_->stop(); }

private:
    intrusive_ptr<stream_source<From>> from_;
};

} // namespace detail

/// What a value of kind stream points to.
class value_stream final : public referent {
public:
    explicit value_stream(intrusive_ptr<stream_source<value>> items) noexcept
        : source(std::move(items)) {}
    [[nodiscard]] std::string_view interface_name() const noexcept override { return {}; }
    intrusive_ptr<stream_source<value>> source; ///< Null once somebody took it.
};

/// A list as a stream of its items: protocols without streams have lists. REQUIRES: it is a sequence.
[[nodiscard]] inline value stream_of_items(const value& sequence) {
    std::vector<value> items(sequence.items().begin(), sequence.items().end());
    return value::stream(
        intrusive_ptr<referent>(make_counted<value_stream>(intrusive_ptr<stream_source<value>>(
            make_counted<detail::range_source<std::vector<value>>>(std::move(items))))));
}

/// A stream becomes a value by being given away, and a value's stream can be taken once.
template <typename T>
struct converter<stream<T>> {
    static bool read(const value& from, stream<T>& into, conversion& state) {
        // Protocols without streams have lists.
        if (from.is_sequence()) return read_items(from, into);
        auto* const held =
            from.is(value_kind::stream) ? dynamic_cast<value_stream*>(from.object()) : nullptr;
        if (held == nullptr || !held->source) return state.mismatch("stream", from);
        take(std::exchange(held->source, {}), into);
        return true;
    }
    static bool write(const stream<T>& from, value& into, conversion&) {
        auto items = const_cast<stream<T>&>(from).take_source();
        if (!items) { // one that has no source has no items, over any protocol
            items = intrusive_ptr<stream_source<T>>(
                make_counted<detail::range_source<std::vector<T>>>(std::vector<T>{}));
        }
        intrusive_ptr<stream_source<value>> values;
        if constexpr (std::is_same_v<T, value>) {
            values = std::move(items);
        } else {
            values = intrusive_ptr<stream_source<value>>(
                make_counted<detail::converted_source<value, T>>(std::move(items)));
        }
        into =
            value::stream(intrusive_ptr<referent>(make_counted<value_stream>(std::move(values))));
        return true;
    }

private:
    static bool read_items(const value& from, stream<T>& into) {
        std::vector<value> items(from.items().begin(), from.items().end());
        take(intrusive_ptr<stream_source<value>>(
                 make_counted<detail::range_source<std::vector<value>>>(std::move(items))),
             into);
        return true;
    }
    static void take(intrusive_ptr<stream_source<value>> items, stream<T>& into) {
        if constexpr (std::is_same_v<T, value>) {
            into = stream<T>(std::move(items));
        } else {
            into = stream<T>(intrusive_ptr<stream_source<T>>(
                make_counted<detail::converted_source<T, value>>(std::move(items))));
        }
    }
};

} // namespace beckon
