// Types, values and a stand-in for the session that the native codec's tests share.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "beckon/codec/native/codec.hpp"
#include "beckon/codec/native/dynamic.hpp"
#include "beckon/codec/native/stream.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/reflect.hpp"
#include "beckon/value/value.hpp"

namespace beckon::native::samples {

enum class Mood : std::int32_t { calm, busy, broken = 7 };
BECKON_ENUM(Mood, calm, busy, broken)

struct Point {
    double x = 0;
    double y = 0;
    bool operator==(const Point&) const = default;
};
BECKON_RECORD(Point, x, y)

struct Item {
    std::string name;
    std::int64_t count = 0;
    std::vector<std::string> tags;
    std::optional<Point> at;
    Mood mood = Mood::calm;
    bool operator==(const Item&) const = default;
};
BECKON_RECORD(Item, name, count, tags, at, mood)

struct Everything {
    bool flag = false;
    std::int8_t i8 = 0;
    std::uint8_t u8 = 0;
    std::int16_t i16 = 0;
    std::uint16_t u16 = 0;
    std::int32_t i32 = 0;
    std::uint32_t u32 = 0;
    std::int64_t i64 = 0;
    std::uint64_t u64 = 0;
    float f32 = 0;
    double f64 = 0;
    std::string text;
    bytes raw;
    date day;
    time_of_day clock;
    datetime moment;
    duration length{};
    value free;
    bool operator==(const Everything&) const = default;
};
BECKON_RECORD(Everything, flag, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, text, raw, day,
              clock, moment, length, free)

struct Tree {
    std::string label;
    std::vector<Tree> branches;
    bool operator==(const Tree&) const = default;
};
BECKON_RECORD(Tree, label, branches)

/// As a first version of a record, and as a later one.
struct Settings {
    std::string name;
    bool operator==(const Settings&) const = default;
};
BECKON_RECORD(Settings, name)
struct LaterSettings {
    std::string name;
    std::int32_t retries = 3;
    float factor = 0.5F;
    std::vector<double> weights{1, 2.5};
    std::optional<std::string> note;
    Mood mood = Mood::busy;
    duration pause = std::chrono::milliseconds(250);
    bool operator==(const LaterSettings&) const = default;
};
BECKON_RECORD(LaterSettings, name, retries, factor, weights, note, mood, pause)
BECKON_DEFAULTS(LaterSettings, retries, factor, weights, note, mood, pause)

/// The same in the IDL.
[[nodiscard]] const schema::document& document();
/// A type as the IDL writes it, of that document.
[[nodiscard]] const schema::type& type(std::string_view idl);

class fake_object final : public referent {
public:
    explicit fake_object(std::string interface) : interface_(std::move(interface)) {}
    [[nodiscard]] std::string_view interface_name() const noexcept override { return interface_; }

private:
    std::string interface_;
};

class fake_producer final : public stream_producer {
public:
    void produce(intrusive_ptr<stream_outlet>) override {}
    bool stop() noexcept override { return false; }
    void give_up() noexcept override {}
};

/// Lends objects under numbers, as a session does: kind 0 null, kind 1 and a uint32.
class fake_session final : public reference_exchange {
public:
    result<wire_reference> lend(referent* object) override;
    result<intrusive_ptr<referent>> borrow(wire_reference from,
                                           std::string_view interface_name) override;
    referent* find_lent(std::uint32_t) noexcept override { return nullptr; }
    result<std::uint32_t> lend_stream(referent* source) override;
    result<intrusive_ptr<referent>> borrow_stream(std::uint32_t stream) override;
    result<void> borrow_stream(std::uint32_t stream, stream_sink& sink) override;

    std::string asked_for; ///< The interface of the last reference read.

private:
    std::vector<intrusive_ptr<referent>> lent_;
};

/// An object that all samples share, of interface Counter.
[[nodiscard]] const intrusive_ptr<referent>& counter();
/// A stream that all samples share, on both sides.
[[nodiscard]] const intrusive_ptr<referent>& source();

// What a C++ value is as a `value` of its type.
template <typename T>
[[nodiscard]] value to_value(const T& from);
template <typename T>
struct dynamic {
    static value of(const T& from) {
        if constexpr (reflection::enum_type<T>) {
            using reflected = reflection::of<T>;
            for (std::size_t i = 0; i < reflected::size; ++i) {
                if (reflected::values[i] == from) {
                    return value::enumeration(reflected::name, reflected::names[i],
                                              static_cast<std::int32_t>(from));
                }
            }
            return {};
        } else if constexpr (reflection::record_type<T>) {
            using reflected = reflection::of<T>;
            std::vector<record_field> fields;
            reflected::apply(from, [&](const auto&... each) {
                (fields.push_back({reflected::field_names[fields.size()], to_value(each)}), ...);
            });
            return value::record(reflected::name, std::move(fields));
        } else {
            return value(from);
        }
    }
};
template <typename T>
struct dynamic<std::optional<T>> {
    static value of(const std::optional<T>& from) { return from ? to_value(*from) : value(); }
};
template <typename T>
struct dynamic<std::vector<T>> {
    static value of(const std::vector<T>& from) {
        std::vector<value> items;
        for (const auto& each : from) items.push_back(to_value(static_cast<const T&>(each)));
        return value::list(std::move(items));
    }
};
template <>
struct dynamic<bytes> {
    static value of(const bytes& from) { return value(from); }
};
template <typename K, typename V>
struct dynamic<std::map<K, V>> {
    static value of(const std::map<K, V>& from) {
        std::vector<map_entry> entries;
        for (const auto& [key, each] : from) entries.push_back({to_value(key), to_value(each)});
        return value::map(std::move(entries));
    }
};
template <typename... Ts>
struct dynamic<std::tuple<Ts...>> {
    static value of(const std::tuple<Ts...>& from) {
        return std::apply([](const auto&... each) { return value::tuple({to_value(each)...}); },
                          from);
    }
};
/// Cases are called a, b, c and so on.
template <typename... Ts>
struct dynamic<std::variant<Ts...>> {
    static value of(const std::variant<Ts...>& from) {
        const char name = static_cast<char>('a' + from.index());
        return std::visit(
            [&](const auto& held) {
                return value::variant({&name, 1}, to_value(held));
            },
            from);
    }
};
template <typename T>
value to_value(const T& from) {
    return dynamic<T>::of(from);
}

/// One value in every form that must agree.
struct sample {
    std::string name;
    std::string idl;
    value content;
    std::function<void(writer&)> write; ///< By codec<T>.
    std::function<value(reader&)> read; ///< By codec<T>, then as a value.
};

template <typename T>
[[nodiscard]] sample make(std::string name, std::string idl, T content) {
    sample made{std::move(name), std::move(idl), to_value(content), {}, {}};
    made.write = [content](writer& out) { native::write(out, content); };
    made.read = [](reader& in) {
        T back{};
        native::read(in, back);
        return in.failed() ? value() : to_value(back);
    };
    return made;
}

/// At least one value of every type of the IDL, and `any` of every kind.
[[nodiscard]] std::vector<sample> all();

/// A message that `write` fills; fails the test where that fails.
template <typename Write>
[[nodiscard]] bytes message(Write&& write) {
    buffer out;
    fake_session session;
    writer to(out, &session);
    write(to);
    if (to.failed()) throw std::runtime_error(to.take_failure().to_string());
    return {out.data(), out.data() + out.size()};
}

} // namespace beckon::native::samples
