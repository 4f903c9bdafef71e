// Builds values from arbitrary bytes and puts them through everything that takes values of unknown shape: comparison,
// hashes, text, plain data, fitting to a schema, conversion to C++ types, and changes.
#include <cmath>
#include <string>
#include <vector>

#include "beckon/base/assert.hpp"
#include "beckon/value/coerce.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/describe.hpp"
#include "value/test_types.hpp"

namespace {

using namespace beckon;

class builder {
public:
    builder(const std::uint8_t* input, std::size_t size) : at_(input), end_(input + size) {}

    [[nodiscard]] bool done() const { return at_ == end_; }

    value build(int depth) {
        const unsigned kind = byte() % 24;
        if (depth == 0 && kind >= 12) return {};
        switch (kind) {
        case 0: return nullptr;
        case 1: return byte() % 2 == 0;
        case 2: return static_cast<std::int64_t>(word());
        case 3: return word();
        case 4: return static_cast<std::int64_t>(byte()) - 100;
        case 5: return std::bit_cast<double>(word());
        case 6: return std::bit_cast<float>(static_cast<std::uint32_t>(word()));
        case 7: return text();
        case 8: return value(as_bytes(text()));
        case 9: return value::big_integer(byte() % 2 == 0, as_bytes(text()));
        case 10:
            return datetime{{static_cast<std::int32_t>(word())}, {word() % 86'400'000'000'000}};
        case 11: return duration(static_cast<std::int64_t>(word()));
        case 12: return value::enumeration("Mood", text(), byte());
        case 13: return value::list(items(depth));
        case 14: return value::tuple(items(depth));
        case 15: return value::set(items(depth));
        case 16: return value::variant(text(), build(depth - 1));
        case 17: return value::complex(1, std::bit_cast<double>(word()));
        case 18: return value::extension(byte(), as_bytes(text()));
        case 19: return value::slice(build(depth - 1), nullptr, build(depth - 1));
        case 20: {
            std::vector<record_field> fields;
            for (unsigned left = byte() % 6; left > 0; --left) {
                fields.push_back({field_name(), build(depth - 1)});
            }
            return value::record("Item", std::move(fields));
        }
        default: {
            value map = value::map();
            for (unsigned left = byte() % 24; left > 0 && !done(); --left) {
                value key = byte() % 4 == 0 ? build(depth - 1) : value(field_name());
                map.insert_or_assign(std::move(key), build(depth - 1));
            }
            return map;
        }
        }
    }

private:
    std::uint8_t byte() { return at_ == end_ ? std::uint8_t{0} : *at_++; }
    std::uint64_t word() {
        std::uint64_t made = 0;
        for (int i = 0; i < 8; ++i) made = made << 8 | byte();
        return made;
    }
    std::string text() {
        std::string made;
        for (unsigned left = byte() % 40; left > 0 && !done(); --left) {
            made += static_cast<char>(byte());
        }
        return made;
    }
    std::string field_name() {
        constexpr const char* names[] = {"name", "count", "tags", "at",    "mood",     "x",
                                         "y",    "label", "$ref", "$case", "children", "$bytes"};
        const std::uint8_t chosen = byte();
        return chosen < 240 ? names[chosen % std::size(names)] : text();
    }
    std::vector<value> items(int depth) {
        std::vector<value> made;
        for (unsigned left = byte() % 24; left > 0 && !done(); --left) {
            made.push_back(build(depth - 1));
        }
        return made;
    }

    const std::uint8_t* at_;
    const std::uint8_t* end_;
};

template <typename T>
void check_conversion(const value& from) {
    const auto& described = describe_type<T>();
    const auto fitted = coerce(from, described.document, described.type);
    if (!fitted) return;
    const auto converted = from_value<T>(*fitted);
    BECKON_ASSERT(converted.has_value(), "what fits the type does not convert to it");
    const auto back = try_to_value(*converted);
    BECKON_ASSERT(back.has_value() && *back == *fitted, "conversion changed the value");
    const auto again = coerce(*back, described.document, described.type);
    BECKON_ASSERT(again.has_value() && *again == *back, "fitting what fits changed it");
}

void check_changes(value changed, const value& original) {
    const value before = original;
    if (changed.is(value_kind::map) || changed.is(value_kind::record)) {
        changed.insert_or_assign("another key that is quite long", 1);
        BECKON_ASSERT(changed["another key that is quite long"] == value(1), "lost a key");
        BECKON_ASSERT(changed.erase("another key that is quite long"), "could not erase");
        if (original.is(value_kind::map) && !original.contains("another key that is quite long")) {
            BECKON_ASSERT(changed == original, "adding and erasing changed the rest");
        }
    } else if (changed.is_sequence()) {
        for (int i = 0; i < 20; ++i) changed.push_back(i);
        BECKON_ASSERT(changed.contains(19), "lost an item");
    }
    BECKON_ASSERT(original == before, "a change of a copy reached the original");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    builder build(input, size);
    const value one = build.build(8);
    const value other = build.build(8);
    builder repeat(input, size);
    const value same = repeat.build(8);
    BECKON_ASSERT(one == same && same == one, "built twice, but not equal");
    BECKON_ASSERT(one.hash() == same.hash(), "equal, but of different hashes");
    BECKON_ASSERT((one == other) == (other == one), "equality is not symmetric");
    if (one == other) BECKON_ASSERT(one.hash() == other.hash(), "equal, but of different hashes");
    const auto forth = one <=> other;
    const auto back = other <=> one;
    BECKON_ASSERT((forth < 0) == (back > 0) && (forth == 0) == (back == 0), "order is lopsided");
    BECKON_ASSERT(one.to_text(500).size() <= 503, "text is longer than asked for");
    check_changes(one, same);
    if (const auto plain = to_plain(one)) {
        if (const auto read = from_plain(*plain)) {
            // Not the same plain data: a map may have been a special one in another spelling.
            const auto again = to_plain(*read);
            BECKON_ASSERT(again.has_value(), "what plain data stands for has no plain form");
            const auto twice = from_plain(*again);
            BECKON_ASSERT(twice.has_value() && *twice == *read, "plain data changed on its way");
        }
    }
    check_conversion<shop::Item>(one);
    check_conversion<shop::Tree>(one);
    check_conversion<shop::number_or_text>(one);
    check_conversion<std::vector<std::optional<double>>>(one);
    check_conversion<std::vector<std::uint8_t>>(one);
    check_conversion<std::pair<std::string, bytes>>(one);
    return 0;
}
