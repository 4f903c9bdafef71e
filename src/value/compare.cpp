// Equality, order and hash of values, for content nested to any depth: with a list of open ranges in place
// of the call stack.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "value/node.hpp"

namespace beckon {

using detail::array_node;
using detail::form;
using detail::value_access;

namespace {

constexpr unsigned max_key_depth = 64;

bool is_number(form form) noexcept { return form == form::float64 || form == form::float32; }

double number_of(const value& from) noexcept {
    return value_access::form_of(from) == form::float64
               ? std::bit_cast<double>(value_access::body(from))
               : static_cast<double>(
                     std::bit_cast<float>(static_cast<std::uint32_t>(value_access::body(from))));
}

bool same_words(const value& a, const value& b) noexcept {
    return value_access::head(a) == value_access::head(b) &&
           value_access::body(a) == value_access::body(b);
}

struct open_pair {
    const value* a;
    const value* b;
    std::size_t left;
};

// Opens what the two containers have to agree on; false where their keys differ already.
bool open_containers(const value& a, const value& b, std::vector<open_pair>& open,
                     unsigned key_depth) {
    const auto of_a = value_access::items(a);
    const auto of_b = value_access::items(b);
    if (of_a.size() != of_b.size()) return false;
    const form form = value_access::form_of(a);
    const std::size_t stride = form == form::map                               ? 2
                               : form == form::set || form == form::frozen_set ? 1
                                                                               : 0;
    if (stride == 0) {
        open.push_back({of_a.data(), of_b.data(), of_a.size()});
        return true;
    }
    if (key_depth >= max_key_depth) return false;
    const auto& node_b = *value_access::node<array_node>(b);
    for (std::size_t i = 0; i < of_a.size(); i += stride) {
        // Mostly both have the same order.
        std::size_t at = i;
        if (detail::may_be_equal_keys(of_a[i], of_b[i])) {
            // Of equal hash but not equal: looking on for another would take exponential time.
            if (!detail::equal_values(of_a[i], of_b[i], key_depth + 1)) return false;
        } else {
            at = detail::find_key(node_b, stride, of_a[i], key_depth);
            if (at == of_b.size()) return false;
        }
        if (stride == 2) open.push_back({&of_a[i + 1], &of_b[at + 1], 1});
    }
    return true;
}

} // namespace

bool detail::may_be_equal_keys(const value& a, const value& b) noexcept {
    const form form_a = value_access::form_of(a);
    if (form_a < first_array || form_a >= first_referent) return equal_values(a, b, 0);
    return form_a == value_access::form_of(b) && (same_words(a, b) || a.hash() == b.hash());
}

bool detail::equal_keys(const value& a, const value& b, unsigned key_depth) noexcept {
    return may_be_equal_keys(a, b) && equal_values(a, b, key_depth + 1);
}

bool detail::equal_values(const value& first, const value& second, unsigned key_depth) noexcept {
    std::vector<open_pair> open;
    open_pair current{&first, &second, 1};
    for (;;) {
        while (current.left == 0) {
            if (open.empty()) return true;
            current = open.back();
            open.pop_back();
        }
        const value& a = *current.a++;
        const value& b = *current.b++;
        --current.left;
        const form form_a = value_access::form_of(a);
        const form form_b = value_access::form_of(b);
        if (is_number(form_a) && is_number(form_b)) {
            const double x = number_of(a);
            const double y = number_of(b);
            if (!(x == y || (std::isnan(x) && std::isnan(y)))) return false;
        } else if (form_a != form_b) {
            return false;
        } else if (!same_words(a, b)) {
            if (form_a < first_counted || form_a >= first_referent) return false;
            if (form_a < first_array) {
                if (value_access::note(a) != value_access::note(b) ||
                    value_access::text(a) != value_access::text(b)) {
                    return false;
                }
            } else {
                open.push_back(current);
                current.left = 0;
                if (!open_containers(a, b, open, key_depth)) return false;
            }
        }
    }
}

bool value::equal(const value& a, const value& b) noexcept { return detail::equal_values(a, b, 0); }

namespace {

std::partial_ordering order_big(const value& a, const value& b) noexcept {
    // Both beyond 64 bits, so without leading zeros: the longer magnitude is the larger.
    const bool negative = value_access::note(a) != 0;
    const std::string_view x = value_access::text(negative ? b : a);
    const std::string_view y = value_access::text(negative ? a : b);
    if (x.size() != y.size()) return x.size() <=> y.size();
    return x <=> y; // char_traits<char> compares as unsigned char
}

std::partial_ordering order_integers(const value& a, const value& b) noexcept {
    // Classes in their order: big negative, int64, uint64 above it, big positive.
    const auto rank = [](const value& of) {
        switch (value_access::form_of(of)) {
        case form::int64: return 1;
        case form::uint64: return 2;
        default: return value_access::note(of) != 0 ? 0 : 3;
        }
    };
    const int rank_a = rank(a);
    const int rank_b = rank(b);
    if (rank_a != rank_b) return rank_a <=> rank_b;
    if (rank_a == 1) {
        return static_cast<std::int64_t>(value_access::body(a)) <=>
               static_cast<std::int64_t>(value_access::body(b));
    }
    if (rank_a == 2) return value_access::body(a) <=> value_access::body(b);
    return order_big(a, b);
}

std::partial_ordering order_scalars(const value& a, const value& b) noexcept {
    switch (a.kind()) {
    case value_kind::null: return std::partial_ordering::equivalent;
    case value_kind::boolean:
    case value_kind::time: return value_access::body(a) <=> value_access::body(b);
    case value_kind::integer: return order_integers(a, b);
    case value_kind::floating:
        if (a == b) return std::partial_ordering::equivalent; // NaN with itself
        return number_of(a) <=> number_of(b);
    case value_kind::string:
    case value_kind::bytes: return value_access::text(a) <=> value_access::text(b);
    case value_kind::date: return a.date() <=> b.date();
    case value_kind::datetime: return a.datetime() <=> b.datetime();
    case value_kind::duration:
        return static_cast<std::int64_t>(value_access::body(a)) <=>
               static_cast<std::int64_t>(value_access::body(b));
    default: return a == b ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
    }
}

struct open_order {
    const value* a;
    const value* a_end;
    const value* b;
    const value* b_end;
};

} // namespace

std::partial_ordering value::order(const value& first, const value& second) noexcept {
    std::vector<open_order> open;
    open_order current{&first, &first + 1, &second, &second + 1};
    for (;;) {
        while (current.a == current.a_end || current.b == current.b_end) {
            if (current.a != current.a_end) return std::partial_ordering::greater;
            if (current.b != current.b_end) return std::partial_ordering::less;
            if (open.empty()) return std::partial_ordering::equivalent;
            current = open.back();
            open.pop_back();
        }
        const value& a = *current.a++;
        const value& b = *current.b++;
        if (a.kind() != b.kind()) return std::partial_ordering::unordered;
        if (a.is(value_kind::list) || a.is(value_kind::tuple)) {
            if (same_words(a, b)) continue;
            open.push_back(current);
            const auto of_a = value_access::items(a);
            const auto of_b = value_access::items(b);
            current = {of_a.data(), of_a.data() + of_a.size(), of_b.data(),
                       of_b.data() + of_b.size()};
        } else if (const auto order = order_scalars(a, b); order != 0) {
            return order;
        }
    }
}

namespace {

// Makes collisions unpredictable for a peer that chooses the keys.
std::uint64_t seed() noexcept {
    static const std::uint64_t chosen = [] {
        std::uint64_t bits =
            static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
        try {
            std::random_device source;
            bits ^= static_cast<std::uint64_t>(source()) << 32 | source();
        } catch (const std::exception&) {
            // The clock has to do.
        }
        return bits | 1;
    }();
    return chosen;
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
    // Both halves of the product, folded.
    __extension__ using wide = unsigned __int128;
    const wide product =
        static_cast<wide>(a ^ 0x9e37'79b9'7f4a'7c15u) * (b ^ 0xd6e8'feb8'6659'fd93u);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hash_text(std::string_view text, std::uint64_t start) noexcept {
    std::uint64_t hash = mix(start, text.size());
    while (!text.empty()) {
        std::uint64_t word = 0;
        const std::size_t taken = std::min<std::size_t>(8, text.size());
        std::memcpy(&word, text.data(), taken);
        hash = mix(hash ^ start, word ^ hash);
        text.remove_prefix(taken);
    }
    return hash;
}

std::uint64_t hash_leaf(const value& of, std::uint64_t start) noexcept {
    const form form = value_access::form_of(of);
    if (is_number(form)) {
        // Equal numbers hash alike: both zeros, all NaNs, float32 and float64.
        const double number = number_of(of);
        const std::uint64_t bits = number == 0          ? 0
                                   : std::isnan(number) ? 1
                                                        : std::bit_cast<std::uint64_t>(number);
        return mix(start, bits);
    }
    const auto tag = static_cast<std::uint64_t>(form) * 0x1'0001 + start;
    if (form >= detail::first_counted && form < detail::first_array) {
        return hash_text(value_access::text(of), tag + value_access::note(of));
    }
    return mix(tag ^ value_access::head(of), value_access::body(of) + start);
}

// A container being hashed: the items yet to come and what those before came to.
struct open_hash {
    const value* at;
    const value* end;
    std::uint64_t sum;
    std::uint64_t key; // of a map, the hash of the key whose value is next
    form container;

    void add(std::uint64_t hash, std::uint64_t start) noexcept {
        if (container == form::map) {
            // Called after `at` moved on: an even number left means that this was a mapped value.
            if ((end - at) % 2 != 0) {
                key = hash;
            } else {
                sum += mix(key ^ start, hash); // a sum, since order does not count
            }
        } else if (container == form::set || container == form::frozen_set) {
            sum += mix(hash, start);
        } else {
            sum = mix(sum ^ start, hash);
        }
    }
};

} // namespace

std::size_t value::hash() const noexcept {
    const std::uint64_t start = seed();
    if (form() < detail::first_array || form() >= detail::first_referent) {
        return static_cast<std::size_t>(hash_leaf(*this, start));
    }
    std::vector<open_hash> open;
    open_hash current{this, this + 1, 0, 0, form::tuple};
    for (;;) {
        if (current.at != current.end) {
            const value& item = *current.at++;
            const detail::form of_item = item.form();
            if (of_item < detail::first_array || of_item >= detail::first_referent) {
                current.add(hash_leaf(item, start), start);
                continue;
            }
            const auto items = value_access::items(item);
            open.push_back(current);
            current = {items.data(), items.data() + items.size(),
                       start + static_cast<std::uint64_t>(of_item) + items.size(), 0, of_item};
        } else {
            if (open.empty()) return static_cast<std::size_t>(current.sum);
            const std::uint64_t done = current.sum;
            current = open.back();
            open.pop_back();
            current.add(done, start);
        }
    }
}

} // namespace beckon
