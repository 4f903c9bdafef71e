// Random values of many types: every encoding agrees, and no damage to a message does harm.
#include <gtest/gtest.h>

#include <random>

#include "beckon/base/text.hpp"
#include "codec/native/samples_test.hpp"

namespace beckon::native {
namespace {

using samples::Everything;
using samples::Item;
using samples::Mood;
using samples::Point;
using samples::Tree;

/// Everything is chosen from a seed, which failures print.
class chooser {
public:
    explicit chooser(std::uint64_t seed) : random_(seed) {}

    std::uint64_t bits() { return random_(); }
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(bits() % end); }
    bool flip() { return below(2) == 0; }
    // As many small numbers as large ones, for their edges are where things break.
    template <typename T>
    T integer() {
        return static_cast<T>(bits() >> below(64));
    }
    double real() {
        switch (below(4)) {
        case 0: return std::bit_cast<double>(bits());
        case 1: return -0.0;
        default: return static_cast<double>(integer<std::int32_t>()) / 8;
        }
    }
    std::string text() {
        static constexpr std::string_view letters[] = {
            "a", "Z", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8c\x8d", "\"", " "};
        std::string made;
        for (std::size_t left = below(flip() ? 4 : 80); left > 0; --left)
            made += letters[below(std::size(letters))];
        return made;
    }
    bytes raw() {
        bytes made(below(20));
        for (std::byte& each : made) each = static_cast<std::byte>(bits());
        return made;
    }
    time_of_day clock() { return {bits() % 86'400'000'000'000}; }

    value scalar() {
        switch (below(16)) {
        case 0: return {};
        case 1: return flip();
        case 2:
        case 3:
        case 4: return integer<std::int64_t>();
        case 5: return bits();
        case 6: return value::big_integer(flip(), raw());
        case 7: return real();
        case 8: return static_cast<float>(integer<std::int32_t>());
        case 9: return value::complex(real(), real());
        case 10: return raw();
        case 11: return date{integer<std::int32_t>()};
        case 12: return clock();
        case 13: return datetime{{integer<std::int32_t>()}, clock()};
        case 14: return duration(integer<std::int64_t>());
        default: return text();
        }
    }
    std::vector<value> items(std::size_t depth) {
        std::vector<value> made;
        const bool alike = flip();
        for (std::size_t left = below(flip() ? 3 : 24); left > 0; --left) {
            made.push_back(alike ? value(integer<std::int64_t>()) : any(depth + 1));
        }
        return made;
    }
    value any(std::size_t depth = 0) {
        if (depth > 4 || below(3) == 0) return scalar();
        switch (below(12)) {
        case 0:
        case 1: return value::list(items(depth));
        case 2: return value::tuple(items(depth));
        case 3: return value::set(items(depth));
        case 4: return value::frozen_set(items(depth));
        case 5: {
            value map = value::map();
            for (std::size_t left = below(24); left > 0; --left)
                map.insert_or_assign(any(depth + 2), any(depth + 1));
            return map;
        }
        case 6: return value::slice(scalar(), scalar(), scalar());
        case 7: return value::enumeration(text(), text(), integer<std::int64_t>());
        case 8: return value::record(text(), {{text(), any(depth + 1)}, {text(), any(depth + 1)}});
        case 9: return value::variant(text(), any(depth + 1));
        case 10: return value::exception({text(), text(), any(depth + 1), any(depth + 1), text()});
        default:
            return flip() ? value(samples::counter())
                          : value::extension(integer<std::int64_t>(), raw());
        }
    }
    Mood mood() { return reflection::of<Mood>::values[below(3)]; }
    Point point() { return {real(), real()}; }
    template <typename T, typename F>
    std::vector<T> list(F&& make) {
        std::vector<T> made;
        for (std::size_t left = below(6); left > 0; --left) made.push_back(make());
        return made;
    }
    Item item() {
        Item made{
            text(), integer<std::int64_t>(), list<std::string>([&] { return text(); }), {}, mood()};
        if (flip()) made.at = point();
        return made;
    }
    Tree tree(std::size_t depth = 0) {
        Tree made{text(), {}};
        if (depth < 4) made.branches = list<Tree>([&] { return tree(depth + 1); });
        return made;
    }
    Everything everything() {
        return {flip(),
                integer<std::int8_t>(),
                integer<std::uint8_t>(),
                integer<std::int16_t>(),
                integer<std::uint16_t>(),
                integer<std::int32_t>(),
                integer<std::uint32_t>(),
                integer<std::int64_t>(),
                integer<std::uint64_t>(),
                static_cast<float>(integer<std::int32_t>()),
                real(),
                text(),
                raw(),
                date{integer<std::int32_t>()},
                clock(),
                datetime{{integer<std::int32_t>()}, clock()},
                duration(integer<std::int64_t>()),
                any()};
    }

private:
    std::mt19937_64 random_;
};

using samples::make;
using samples::sample;

// One random value of each of many types.
std::vector<sample> choose(chooser& random) {
    std::vector<sample> made;
    std::map<std::string, std::vector<std::int16_t>> shorts;
    std::map<std::int64_t, std::optional<Point>> points;
    for (std::size_t left = random.below(30); left > 0; --left) {
        shorts[random.text()] =
            random.list<std::int16_t>([&] { return random.integer<std::int16_t>(); });
        points[random.integer<std::int64_t>()] =
            random.flip() ? std::optional<Point>(random.point()) : std::nullopt;
    }
    const auto text = [&] { return random.text(); };
    made.push_back(make("any", "any", random.any()));
    made.push_back(make("item", "Item", random.item()));
    made.push_back(make("everything", "Everything", random.everything()));
    made.push_back(make("tree", "Tree", random.tree()));
    made.push_back(make("items", "list<Item>", random.list<Item>([&] { return random.item(); })));
    made.push_back(make("flags", "list<bool>", random.list<bool>([&] { return random.flip(); })));
    made.push_back(
        make("reals", "list<float64>", random.list<double>([&] { return random.real(); })));
    made.push_back(
        make("wide", "list<uint64>", random.list<std::uint64_t>([&] { return random.bits(); })));
    made.push_back(make("shorts", "map<string, list<int16>>", shorts));
    made.push_back(make("points", "map<int64, optional<Point>>", points));
    made.push_back(make("tuple", "tuple<uint8, list<string>, duration>",
                        std::tuple<std::uint8_t, std::vector<std::string>, duration>(
                            random.integer<std::uint8_t>(), random.list<std::string>(text),
                            duration(random.integer<std::int64_t>()))));
    std::variant<Mood, std::string, std::vector<Point>, bytes> variant = random.raw();
    if (random.flip()) variant = random.list<Point>([&] { return random.point(); });
    if (random.flip()) variant = random.text();
    if (random.flip()) variant = random.mood();
    made.push_back(
        make("variant", "variant<a: Mood, b: string, c: list<Point>, d: bytes>", variant));
    made.push_back(make("anys", "list<any>", random.list<value>([&] { return random.any(); })));
    return made;
}

TEST(native_codec, writes_random_values_alike_by_type_and_by_schema_and_reads_them_back) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        chooser random(seed);
        for (const sample& each : choose(random)) {
            SCOPED_TRACE(concat("seed ", seed, " ", each.name));
            const bytes typed = samples::message(each.write);
            const bytes dynamic = samples::message([&](writer& out) {
                write_typed(out, samples::document(), samples::type(each.idl), each.content);
            });
            ASSERT_EQ(to_hex(typed), to_hex(dynamic)) << each.content.to_text();
            const limits limits;
            samples::fake_session session;
            reader by_type(typed, limits, &session);
            ASSERT_EQ(each.read(by_type), each.content);
            ASSERT_EQ(by_type.left(), 0u);
            reader by_schema(typed, limits, &session);
            const value back = read_typed(by_schema, samples::document(), samples::type(each.idl));
            ASSERT_FALSE(by_schema.failed()) << by_schema.take_failure().to_string();
            ASSERT_EQ(back, each.content);
            ASSERT_EQ(by_schema.left(), 0u);
        }
    }
}

// Reads damaged bytes in both ways. Where both understand them, they agree; limits are small, so that a decoder
// that forgets to charge runs into the sanitizer's or the test's time.
void read_damaged(const sample& each, const bytes& from) {
    limits limits;
    limits.min_decoded_bytes = 4096;
    samples::fake_session session;
    reader by_type(from, limits, &session);
    const value typed = each.read(by_type);
    reader by_schema(from, limits, &session);
    const value dynamic = read_typed(by_schema, samples::document(), samples::type(each.idl));
    if (!by_type.failed() && !by_schema.failed()) {
        ASSERT_EQ(typed, dynamic);
        ASSERT_EQ(by_type.offset(), by_schema.offset());
    }
    if (by_schema.failed()) {
        ASSERT_TRUE(dynamic.is_null());
    } else {
        // What was understood can be written again.
        buffer out;
        writer to(out, &session);
        write_typed(to, samples::document(), samples::type(each.idl), dynamic);
        ASSERT_FALSE(to.failed()) << to.take_failure().to_string();
    }
    // Accounting differs between them, meaning does not.
    const auto is_limit = [](reader& in) {
        return in.take_failure().code() == errc::limit_exceeded;
    };
    if (by_type.failed() != by_schema.failed()) {
        ASSERT_TRUE(is_limit(by_type.failed() ? by_type : by_schema));
    }
}

void damage(const sample& each) {
    const bytes whole = samples::message(each.write);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        SCOPED_TRACE(concat(each.name, " cut to ", size));
        read_damaged(each, bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        const limits limits;
        samples::fake_session session;
        reader in(byte_view(whole).first(size), limits, &session);
        static_cast<void>(each.read(in));
        ASSERT_TRUE(in.failed());
    }
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        SCOPED_TRACE(concat(each.name, " with bit ", bit, " flipped"));
        bytes changed = whole;
        changed[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        read_damaged(each, changed);
    }
}

TEST(native_codec, survives_every_truncation_and_bit_flip_of_every_vector) {
    for (const sample& each : samples::all()) damage(each);
}

TEST(native_codec, survives_every_truncation_and_bit_flip_of_small_random_values) {
    for (std::uint64_t seed = 1000; seed < 1004; ++seed) {
        chooser random(seed);
        for (const sample& each : choose(random)) {
            if (samples::message(each.write).size() <= 200) damage(each);
        }
    }
}

} // namespace
} // namespace beckon::native
