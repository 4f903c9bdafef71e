// The machine that runs a pickle: a stack, its marks and a memo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "beckon/codec/decode_budget.hpp"
#include "beckon/codec/pickle.hpp"
#include "codec/pickle_graph.hpp"
#include "codec/pickle_input.hpp"

namespace beckon::pickle {

/// Runs one pickle. What it makes may have cycles, and is no value yet.
class machine {
public:
    machine(byte_view from, const limits& bounds, bool takes_unknown) noexcept
        : in_(from), budget_(from.size(), bounds), max_nodes_(bounds.max_nodes),
          takes_unknown_(takes_unknown) {}

    /// False, and a failure in `in`, where the pickle is not taken.
    bool run();
    [[nodiscard]] graph& made() noexcept { return graph_; }
    [[nodiscard]] slot& root() noexcept { return stack_.front(); }
    [[nodiscard]] input& in() noexcept { return in_; }

private:
    // What each opcode does: pickle_machine.cpp
    bool step(std::uint8_t code);
    bool step_new(std::uint8_t code);
    bool push(slot&& made) {
        // Names and arguments of calls are pushed as well, and are no nodes of the value: twice the bound for these.
        if (pushed_++ / 2 >= max_nodes_) return too_many_values();
        stack_.push_back(std::move(made));
        return true;
    }
    bool too_many_values();
    bool push_object(object_kind kind, std::vector<slot>&& items = {}, std::uint32_t symbol = 0);
    [[nodiscard]] std::size_t floor() const noexcept { return marks_.empty() ? 0 : marks_.back(); }
    bool has_operands(std::size_t count);
    bool pop_value();
    bool to_mark(std::vector<slot>& items);
    bool make_of_marked(object_kind kind);
    bool make_tuple(std::size_t count);
    /// The object in a place, where it is of the kind; otherwise null, and a failure.
    object* of_kind(const slot& place, object_kind kind, std::string_view expected);
    bool append();
    bool extend(object_kind kind, std::string_view expected);
    void reserve_for_more(std::vector<slot>& items, std::size_t batch);
    bool set_item();
    bool remember(std::uint64_t index);
    bool recall(std::uint64_t index);
    bool finish();

    // Single values: pickle_scalars.cpp
    bool push_integer_line(bool is_long);
    bool push_long(std::uint64_t size);
    bool push_float_line();
    bool push_text(std::uint64_t size);
    bool push_text_line();
    bool push_string(std::uint64_t size);
    bool push_string_line();
    bool push_python2(std::string_view content);
    bool push_bytes(std::uint64_t size);
    bool index_line(std::uint64_t& index);

    // Names and what is done with them: pickle_calls.cpp
    bool push_global(std::string_view module, std::string_view name);
    bool push_global_line();
    bool push_stack_global();
    bool reduce();
    bool new_object();
    bool build();
    bool call(const symbol& called, const std::vector<slot>& arguments,
              std::uint32_t symbol_number);
    bool call_complex(const std::vector<slot>& arguments);
    bool call_encode(const std::vector<slot>& arguments, bool makes_bytes);
    bool call_set(const std::vector<slot>& arguments, object_kind kind);
    bool call_reconstructor(const std::vector<slot>& arguments);
    bool build_state(object& of, const slot& state);
    bool build_uuid(std::size_t target, const slot& state);
    bool bad_call(const symbol& called, std::string_view expected);
    [[nodiscard]] const symbol* symbol_in(const slot& place) const noexcept;
    [[nodiscard]] bool charge(std::size_t memory, std::size_t nodes);

    input in_;
    decode_budget budget_;
    std::size_t max_nodes_;
    std::size_t pushed_ = 0;
    bool takes_unknown_;
    std::size_t op_at_ = 0; ///< Of the opcode that runs.
    graph graph_;
    std::vector<slot> stack_;
    std::vector<std::size_t> marks_;
    std::vector<slot> memo_; ///< Of the indexes that picklers give one after the other.
    std::unordered_map<std::uint64_t, slot> far_memo_; ///< Of others.
    std::size_t memo_count_ = 0;
    std::size_t batch_at_ = 0; ///< Where the last batch of items ended.
};

} // namespace beckon::pickle
