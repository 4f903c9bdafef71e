#include "codec/pickle_machine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "codec/pickle_opcodes.hpp"

namespace beckon::pickle {

namespace {

// A memo may be sparse, though no pickler's is: so far beyond its end an index is kept elsewhere.
constexpr std::size_t most_gap = 256;

std::string code_text(std::uint8_t code) {
    const std::byte as_byte{code};
    return concat("0x", to_hex({&as_byte, 1}));
}

} // namespace

std::string_view describe(const graph& in, const slot& place) noexcept {
    if (is_object(place)) {
        switch (in.objects[object_in(place)].kind) {
        case object_kind::list: return "a list";
        case object_kind::tuple: return "a tuple";
        case object_kind::dict: return "a dict";
        case object_kind::set: return "a set";
        case object_kind::frozen_set: return "a frozenset";
        case object_kind::global: return "a class";
        case object_kind::exception: return "an exception";
        case object_kind::unknown: return "an object";
        case object_kind::unmade_uuid: return "an unfinished uuid";
        }
    }
    switch (place.kind()) {
    case value_kind::null: return "None";
    case value_kind::boolean: return "a bool";
    case value_kind::integer: return "an int";
    case value_kind::floating: return "a float";
    case value_kind::complex: return "a complex";
    case value_kind::string: return "a str";
    case value_kind::bytes: return "bytes";
    case value_kind::tuple: return "a tuple";
    default: return "a uuid";
    }
}

bool machine::run() {
    for (;;) {
        op_at_ = in_.offset();
        std::uint8_t code = 0;
        if (!in_.opcode(code)) return false;
        if (code == op::stop) return finish();
        if (!(code < 0x80 ? step(code) : step_new(code))) return false;
    }
}

bool machine::finish() {
    if (!has_operands(1)) return false;
    if (stack_.size() != 1 || !marks_.empty())
        return in_.refuse(op_at_, "leaves ", stack_.size(), " values and ", marks_.size(),
                          " marks in place of one value");
    if (in_.left() != 0) return in_.refuse(in_.offset(), "is followed by ", in_.left(), " bytes");
    // Before the value is made, so that it takes the same pages: to be given new ones would cost more than reading did.
    std::vector<slot>().swap(memo_);
    far_memo_.clear();
    return true;
}

bool machine::too_many_values() {
    return in_.limit(op_at_, "makes more than ", max_nodes_, " values (max_nodes),");
}

bool machine::push_object(object_kind kind, std::vector<slot>&& items, std::uint32_t symbol) {
    graph_.objects.push_back({std::move(items), symbol, kind});
    return push(slot_of(graph_.objects.size() - 1));
}

bool machine::has_operands(std::size_t count) {
    if (stack_.size() - floor() >= count) return true;
    return in_.refuse(op_at_, "takes ", count, count == 1 ? " value" : " values",
                      " off a stack of ", stack_.size() - floor());
}

bool machine::pop_value() {
    if (stack_.size() > floor()) {
        stack_.pop_back();
    } else if (!marks_.empty()) {
        marks_.pop_back();
    } else {
        return has_operands(1);
    }
    return true;
}

bool machine::to_mark(std::vector<slot>& items) {
    if (marks_.empty()) return in_.refuse(op_at_, "takes values down to a mark where none is");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    items.insert(items.end(), std::make_move_iterator(begin),
                 std::make_move_iterator(stack_.end()));
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return true;
}

bool machine::make_of_marked(object_kind kind) {
    std::vector<slot> items;
    if (!to_mark(items)) return false;
    if (kind == object_kind::dict && items.size() % 2 != 0)
        return in_.refuse(op_at_, "makes a dict of ", items.size(), " keys and values");
    return push_object(kind, std::move(items));
}

bool machine::make_tuple(std::size_t count) {
    if (!has_operands(count)) return false;
    const auto begin = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<slot> items(std::make_move_iterator(begin), std::make_move_iterator(stack_.end()));
    stack_.erase(begin, stack_.end());
    return push_object(object_kind::tuple, std::move(items));
}

object* machine::of_kind(const slot& place, object_kind kind, std::string_view expected) {
    if (is_object(place) && graph_.objects[object_in(place)].kind == kind)
        return &graph_.objects[object_in(place)];
    std::string whose; // what was called to make it is to be named
    if (is_object(place)) {
        const object& found = graph_.objects[object_in(place)];
        if (found.kind == object_kind::unknown || found.kind == object_kind::exception)
            whose = concat(" of class ", quoted(graph_.symbols[found.symbol].full_name(), 200));
    }
    in_.refuse(op_at_, "has ", describe(graph_, place), whose, " where ", expected,
               " is expected,");
    return nullptr;
}

bool machine::append() {
    if (!has_operands(2)) return false;
    object* const list = of_kind(stack_[stack_.size() - 2], object_kind::list, "a list");
    if (list == nullptr) return false;
    list->items.push_back(std::move(stack_.back()));
    stack_.pop_back();
    return true;
}

bool machine::extend(object_kind kind, std::string_view expected) {
    if (marks_.empty()) return in_.refuse(op_at_, "takes values down to a mark where none is");
    const std::size_t begin = marks_.back();
    const std::size_t below = marks_.size() < 2 ? 0 : marks_[marks_.size() - 2];
    if (begin == below) return in_.refuse(op_at_, "takes 1 value off a stack of 0");
    object* const target = of_kind(stack_[begin - 1], kind, expected);
    if (target == nullptr) return false;
    if (kind == object_kind::dict && (stack_.size() - begin) % 2 != 0)
        return in_.refuse(op_at_, "gives a dict ", stack_.size() - begin, " keys and values");
    reserve_for_more(target->items, stack_.size() - begin);
    return to_mark(target->items);
}

/// Picklers give large containers in batches. Growing by doubling touches twice the memory, and has the system take it back and give
/// it again each time, which costs more than reading does: so it grows to what the rest of the input holds if it is as this batch
/// was, though to no more than four bytes for each byte that is left.
void machine::reserve_for_more(std::vector<slot>& items, std::size_t batch) {
    constexpr std::size_t usual_batch = 1000;
    const std::size_t from = std::exchange(batch_at_, op_at_);
    const std::size_t needed = items.size() + batch;
    if (batch < usual_batch || items.capacity() >= needed) return;
    const std::size_t each = std::max((op_at_ - from) / batch, sizeof(slot) / 4);
    items.reserve(std::max(needed + in_.left() / each, 2 * items.size()));
}

bool machine::set_item() {
    if (!has_operands(3)) return false;
    object* const dict = of_kind(stack_[stack_.size() - 3], object_kind::dict, "a dict");
    if (dict == nullptr) return false;
    dict->items.push_back(std::move(stack_[stack_.size() - 2]));
    dict->items.push_back(std::move(stack_.back()));
    stack_.resize(stack_.size() - 2);
    return true;
}

bool machine::remember(std::uint64_t index) {
    if (!has_operands(1)) return false;
    // A pickler spends two bytes and more on each entry, so that honest indexes lie below the offset.
    if (index > in_.offset())
        return in_.limit(op_at_, "puts ", index, " into its memo (memo limit),");
    if (index >= memo_.size() && index - memo_.size() > most_gap) {
        if (!charge(4 * sizeof(slot), 0)) return false;
        if (far_memo_.insert_or_assign(index, stack_.back()).second) ++memo_count_;
        return true;
    }
    if (index == memo_.size()) {                          // as all picklers of protocol 4 count
        if (index == memo_.capacity() && index >= 1000) { // as reserve_for_more
            memo_.reserve(std::max<std::size_t>(
                2 * index, index + in_.left() / std::max(in_.offset() / index, sizeof(slot) / 4)));
        }
        memo_.push_back(stack_.back());
        ++memo_count_;
        return true;
    }
    if (index > memo_.size()) {
        if (!charge((index - memo_.size()) * sizeof(slot), 0)) return false;
        // A hole is marked by what is never in a memo: a date.
        memo_.resize(static_cast<std::size_t>(index) + 1, slot(date{}));
    }
    slot& entry = memo_[static_cast<std::size_t>(index)];
    if (entry.is(value_kind::date)) ++memo_count_;
    entry = stack_.back();
    return true;
}

bool machine::recall(std::uint64_t index) {
    if (!far_memo_.empty()) {
        if (const auto found = far_memo_.find(index); found != far_memo_.end())
            return push(slot(found->second));
    }
    if (index >= memo_.size() || memo_[static_cast<std::size_t>(index)].is(value_kind::date))
        return in_.refuse(op_at_, "gets ", index, " out of its memo, which has no such entry,");
    return push(slot(memo_[static_cast<std::size_t>(index)]));
}

// Opcodes of protocols 0 and 1, which are letters and signs.
bool machine::step(std::uint8_t code) {
    std::uint64_t number = 0;
    switch (code) {
    case op::mark: marks_.push_back(stack_.size()); return true;
    case op::pop: return pop_value();
    case op::pop_mark: {
        std::vector<slot> dropped;
        return to_mark(dropped);
    }
    case op::none: return push({});
    case op::integer_line: return push_integer_line(false);
    case op::long_line: return push_integer_line(true);
    case op::integer_4: return in_.number<4>(number) && push(static_cast<std::int32_t>(number));
    case op::integer_1: return in_.number<1>(number) && push(static_cast<std::int64_t>(number));
    case op::integer_2: return in_.number<2>(number) && push(static_cast<std::int64_t>(number));
    case op::float_line: return push_float_line();
    case op::float_8: {
        if (!in_.number<8>(number)) return false;
        return push(std::bit_cast<double>(__builtin_bswap64(number)));
    }
    case op::text_line: return push_text_line();
    case op::text_4: return in_.number<4>(number) && push_text(number);
    case op::string_line: return push_string_line();
    case op::string_4: {
        if (!in_.number<4>(number)) return false;
        const auto size = static_cast<std::int32_t>(number);
        if (size < 0) return in_.refuse(op_at_, "declares a length of ", size);
        return push_string(number);
    }
    case op::string_1: return in_.number<1>(number) && push_string(number);
    case op::bytes_4: return in_.number<4>(number) && push_bytes(number);
    case op::bytes_1: return in_.number<1>(number) && push_bytes(number);
    case op::empty_list: return push_object(object_kind::list);
    case op::list: return make_of_marked(object_kind::list);
    case op::append: return append();
    case op::appends: return extend(object_kind::list, "a list");
    case op::empty_tuple: return push_object(object_kind::tuple);
    case op::tuple: return make_of_marked(object_kind::tuple);
    case op::empty_dict: return push_object(object_kind::dict);
    case op::dict: return make_of_marked(object_kind::dict);
    case op::set_item: return set_item();
    case op::set_items: return extend(object_kind::dict, "a dict");
    case op::global: return push_global_line();
    case op::reduce: return reduce();
    case op::build: return build();
    case op::put_line: return index_line(number) && remember(number);
    case op::put_1: return in_.number<1>(number) && remember(number);
    case op::put_4: return in_.number<4>(number) && remember(number);
    case op::get_line: return index_line(number) && recall(number);
    case op::get_1: return in_.number<1>(number) && recall(number);
    case op::get_4: return in_.number<4>(number) && recall(number);
    default: return step_new(code);
    }
}

// Those of later protocols, and what is none.
bool machine::step_new(std::uint8_t code) {
    std::uint64_t number = 0;
    switch (code) {
    case op::protocol: {
        if (!in_.number<1>(number)) return false;
        if (number <= op::newest_protocol) return true;
        return in_.refuse(op_at_, "is of protocol ", number, "; expected at most ",
                          static_cast<unsigned>(op::newest_protocol), ",");
    }
    case op::frame: {
        if (!in_.number<8>(number)) return false;
        if (number <= in_.left()) return true;
        return in_.refuse(op_at_, "declares a frame of ", number, " bytes where ", in_.left(),
                          " are left,");
    }
    case op::new_object: return new_object();
    case op::tuple_1:
    case op::tuple_1 + 1:
    case op::tuple_3: return make_tuple(static_cast<std::size_t>(code - op::tuple_1 + 1));
    case op::true_: return push(true);
    case op::false_: return push(false);
    case op::long_1: return in_.number<1>(number) && push_long(number);
    case op::long_4: {
        if (!in_.number<4>(number)) return false;
        const auto size = static_cast<std::int32_t>(number);
        if (size < 0) return in_.refuse(op_at_, "declares a length of ", size);
        return push_long(number);
    }
    case op::text_1: return in_.number<1>(number) && push_text(number);
    case op::text_8: return in_.number<8>(number) && push_text(number);
    case op::bytes_8:
    case op::byte_array_8: return in_.number<8>(number) && push_bytes(number);
    case op::empty_set: return push_object(object_kind::set);
    case op::add_items: return extend(object_kind::set, "a set");
    case op::frozen_set: return make_of_marked(object_kind::frozen_set);
    case op::stack_global: return push_stack_global();
    case op::memoize: return remember(memo_count_);
    default: break;
    }
    if (op::is_forbidden(code))
        return in_.refuse(op_at_, "has the opcode ", code_text(code),
                          ", which plain data does not need,");
    return in_.refuse(op_at_, "has the byte ", code_text(code), " where an opcode is expected,");
}

bool machine::charge(std::size_t memory, std::size_t nodes) {
    auto refused = budget_.charge(memory, nodes);
    return !refused || in_.fail(std::move(*refused));
}

} // namespace beckon::pickle
