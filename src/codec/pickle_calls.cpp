// Names, and the few calls that stand for plain data. Nothing is called: each is a rule of what it makes of its arguments.
#include <algorithm>
#include <array>

#include "codec/pickle_machine.hpp"
#include "codec/pickle_text.hpp"

namespace beckon::pickle {

namespace {

bool is_latin1_name(const slot& place) noexcept {
    return place.is(value_kind::string) &&
           (place.string() == "latin1" || place.string() == "latin-1");
}

/// The 16 bytes of 0 <= n < 2^128, most significant first; false for others.
bool uuid_number(const slot& number, std::array<std::byte, 16>& made) {
    if (!number.is(value_kind::integer) || number.is_negative()) return false;
    made.fill(std::byte{0});
    if (number.is_uint64()) {
        for (std::size_t i = 0; i < 8; ++i)
            made[15 - i] = static_cast<std::byte>(number.uint64() >> (8 * i) & 0xff);
        return true;
    }
    const byte_view magnitude = number.big_magnitude();
    if (magnitude.size() > made.size()) return false;
    std::copy(magnitude.begin(), magnitude.end(),
              made.end() - static_cast<std::ptrdiff_t>(magnitude.size()));
    return true;
}

} // namespace

bool machine::push_global(std::string_view module, std::string_view name) {
    symbol found = find_symbol(module, name);
    if (found.role == role::unknown && !takes_unknown_) {
        return in_.refuse(op_at_, "names ", quoted(found.full_name(), 200),
                          "; expected plain data, uuid.UUID or an exception of Python's own,");
    }
    if (!charge(sizeof(symbol) + module.size() + name.size(), 0)) return false;
    graph_.symbols.push_back(std::move(found));
    return push_object(object_kind::global, {},
                       static_cast<std::uint32_t>(graph_.symbols.size() - 1));
}

bool machine::push_global_line() {
    std::string_view module;
    std::string_view name;
    return in_.line(module) && in_.line(name) && push_global(module, name);
}

bool machine::push_stack_global() {
    if (!has_operands(2)) return false;
    const slot name = std::move(stack_.back());
    const slot module = std::move(stack_[stack_.size() - 2]);
    stack_.resize(stack_.size() - 2);
    if (!name.is(value_kind::string) || !module.is(value_kind::string)) {
        return in_.refuse(op_at_, "has ", describe(graph_, module), " and ", describe(graph_, name),
                          " where a module and a name are expected,");
    }
    return push_global(module.string(), name.string());
}

const symbol* machine::symbol_in(const slot& place) const noexcept {
    if (!is_object(place)) return nullptr;
    const object& found = graph_.objects[object_in(place)];
    return found.kind == object_kind::global ? &graph_.symbols[found.symbol] : nullptr;
}

bool machine::bad_call(const symbol& called, std::string_view expected) {
    return in_.refuse(op_at_, "calls ", quoted(called.full_name(), 200),
                      " with other arguments than ", expected);
}

bool machine::reduce() {
    if (!has_operands(2)) return false;
    const slot arguments = std::move(stack_.back());
    const slot target = std::move(stack_[stack_.size() - 2]);
    stack_.resize(stack_.size() - 2);
    const symbol* const named = symbol_in(target);
    if (named == nullptr) return in_.refuse(op_at_, "calls ", describe(graph_, target));
    const object* const tuple =
        is_object(arguments) ? &graph_.objects[object_in(arguments)] : nullptr;
    if (tuple == nullptr || tuple->kind != object_kind::tuple) return bad_call(*named, "a tuple");
    const std::uint32_t number = graph_.objects[object_in(target)].symbol;
    if (named->role == role::exception)
        return push_object(object_kind::exception, {arguments}, number);
    if (named->role == role::unknown) return push_object(object_kind::unknown, {arguments}, number);
    // Copies, since what is called may make objects, which move.
    return call(symbol(*named), std::vector<slot>(tuple->items), number);
}

bool machine::call(const symbol& called, const std::vector<slot>& arguments, std::uint32_t) {
    switch (called.role) {
    case role::set: return call_set(arguments, object_kind::set);
    case role::frozen_set: return call_set(arguments, object_kind::frozen_set);
    case role::bytes: return arguments.empty() ? push(byte_view()) : bad_call(called, "none");
    case role::byte_array:
        if (arguments.empty()) return push(byte_view());
        if (arguments.size() == 1 && arguments[0].is(value_kind::bytes))
            return push(slot(arguments[0]));
        return call_encode(arguments, false);
    case role::encode: return call_encode(arguments, true);
    case role::complex: return call_complex(arguments);
    case role::reconstructor: return call_reconstructor(arguments);
    default: return bad_call(called, "this reader knows of");
    }
}

bool machine::call_complex(const std::vector<slot>& arguments) {
    const bool fits = arguments.size() == 2 && arguments[0].is(value_kind::floating) &&
                      arguments[1].is(value_kind::floating);
    if (!fits) return bad_call({role::complex, "builtins", "complex"}, "two floats");
    return push(value::complex(arguments[0].float64(), arguments[1].float64()));
}

bool machine::call_encode(const std::vector<slot>& arguments, bool makes_bytes) {
    const symbol called = makes_bytes ? symbol{role::encode, "_codecs", "encode"}
                                      : symbol{role::byte_array, "builtins", "bytearray"};
    const bool fits = arguments.size() == 2 && arguments[0].is(value_kind::string) &&
                      is_latin1_name(arguments[1]);
    if (!fits)
        return bad_call(called,
                        makes_bytes ? "a str and 'latin1'" : "bytes, or a str and 'latin-1'");
    if (!charge(arguments[0].size(), 0))
        return false; // the same text may be encoded again and again
    const auto made = to_latin1(arguments[0].string());
    if (!made) return bad_call(called, "a str of characters up to U+00FF");
    return push(as_bytes(*made));
}

bool machine::call_set(const std::vector<slot>& arguments, object_kind kind) {
    const bool fits = arguments.size() == 1 && is_object(arguments[0]) &&
                      graph_.objects[object_in(arguments[0])].kind == object_kind::list;
    if (!fits)
        return bad_call({role::set, "builtins", kind == object_kind::set ? "set" : "frozenset"},
                        "one list");
    const std::vector<slot>& items = graph_.objects[object_in(arguments[0])].items;
    if (!charge(items.size() * sizeof(slot), 0)) return false;
    return push_object(kind, std::vector<slot>(items));
}

bool machine::call_reconstructor(const std::vector<slot>& arguments) {
    const symbol called{role::reconstructor, "copyreg", "_reconstructor"};
    if (arguments.size() != 3 || !arguments[2].is_null())
        return bad_call(called, "a class, object and None");
    const symbol* const made = symbol_in(arguments[0]);
    const symbol* const base = symbol_in(arguments[1]);
    if (made == nullptr || base == nullptr || base->role != role::object)
        return bad_call(called, "a class, object and None");
    if (made->role == role::uuid) return push_object(object_kind::unmade_uuid);
    if (made->role != role::unknown) return bad_call(called, "uuid.UUID, object and None");
    const std::uint32_t number = graph_.objects[object_in(arguments[0])].symbol;
    graph_.objects.push_back({{}, 0, object_kind::tuple});
    return push_object(object_kind::unknown, {slot_of(graph_.objects.size() - 1)}, number);
}

bool machine::new_object() {
    if (!has_operands(2)) return false;
    const slot arguments = std::move(stack_.back());
    const slot target = std::move(stack_[stack_.size() - 2]);
    stack_.resize(stack_.size() - 2);
    const symbol* const named = symbol_in(target);
    if (named == nullptr)
        return in_.refuse(op_at_, "makes an object of ", describe(graph_, target));
    const object* const tuple =
        is_object(arguments) ? &graph_.objects[object_in(arguments)] : nullptr;
    if (tuple == nullptr || tuple->kind != object_kind::tuple) return bad_call(*named, "a tuple");
    if (named->role == role::unknown)
        return push_object(object_kind::unknown, {arguments},
                           graph_.objects[object_in(target)].symbol);
    if (named->role != role::uuid)
        return in_.refuse(op_at_, "makes an object of ", quoted(named->full_name()),
                          ", not of uuid.UUID,");
    if (!tuple->items.empty()) return bad_call(*named, "none");
    return push_object(object_kind::unmade_uuid);
}

bool machine::build() {
    if (!has_operands(2)) return false;
    const slot state = std::move(stack_.back());
    stack_.pop_back();
    const slot& target = stack_.back();
    if (!is_object(target))
        return in_.refuse(op_at_, "gives a state to ", describe(graph_, target));
    object& found = graph_.objects[object_in(target)];
    switch (found.kind) {
    case object_kind::exception:
    case object_kind::unknown: return build_state(found, state);
    case object_kind::unmade_uuid: return build_uuid(object_in(target), state);
    default: return in_.refuse(op_at_, "gives a state to ", describe(graph_, target));
    }
}

bool machine::build_state(object& of, const slot& state) {
    if (state.is_null()) return true;
    if (!is_object(state) || graph_.objects[object_in(state)].kind != object_kind::dict) {
        // A class of its own may have a state of any kind; an exception's attributes are a dict.
        if (of.kind == object_kind::exception)
            return in_.refuse(op_at_, "gives an exception ", describe(graph_, state),
                              " for its attributes");
        of.items.emplace_back("__state__");
        of.items.push_back(state);
        return true;
    }
    const std::vector<slot>& pairs = graph_.objects[object_in(state)].items;
    if (!charge(pairs.size() * sizeof(slot), 0)) return false;
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
        if (of.kind == object_kind::exception && !pairs[i].is(value_kind::string))
            return in_.refuse(op_at_, "gives an exception an attribute whose name is ",
                              describe(graph_, pairs[i]));
    }
    of.items.insert(of.items.end(), pairs.begin(), pairs.end());
    return true;
}

bool machine::build_uuid(std::size_t target, const slot& state) {
    std::array<std::byte, 16> number{};
    bool is_whole = false;
    bool fits = is_object(state) && graph_.objects[object_in(state)].kind == object_kind::dict;
    if (fits) {
        const std::vector<slot>& pairs = graph_.objects[object_in(state)].items;
        for (std::size_t i = 0; i < pairs.size(); i += 2) {
            const std::string_view key = pairs[i].is(value_kind::string) ? pairs[i].string() : "";
            if (key == "int" && uuid_number(pairs[i + 1], number)) {
                is_whole = true;
            } else if (key != "is_safe") {
                fits = false;
            }
        }
    }
    if (!fits || !is_whole)
        return in_.refuse(op_at_, "gives a uuid a state that is no number of 128 bits");
    // The memo may hold the object, so the number stays in it.
    graph_.objects[target].items.assign(1, uuid(number));
    return true;
}

} // namespace beckon::pickle
