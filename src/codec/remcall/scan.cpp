#include "codec/remcall/scan.hpp"

#include "codec/remcall/numbers.hpp"

namespace beckon::remcall {

using schema::kind;

void value_scanner::begin(const forms& of, std::span<const schema::field> fields, std::size_t at,
                          const scan_limits& allowed) {
    forms_ = &of;
    allowed_ = allowed;
    levels_.clear();
    if (!fields.empty())
        levels_.push_back({.next = fields.data(), .end = fields.data() + fields.size()});
    at_ = at;
    nodes_ = 0;
}

void value_scanner::begin(const forms& of, const schema::type& only, std::size_t at,
                          const scan_limits& allowed) {
    begin(of, std::span<const schema::field>(), at, allowed);
    if (only.kind != kind::void_) levels_.push_back({.element = &only, .left = 1});
}

result<bool> value_scanner::look(byte_view begun) {
    while (!levels_.empty()) {
        level& top = levels_.back();
        const bool is_over = top.element != nullptr ? top.left == 0 : top.next == top.end;
        if (is_over) {
            levels_.pop_back();
            continue;
        }
        // The level changes its place when another one is put on it, so it is counted down first, and back where there is
        // too little to go on.
        const std::size_t depth = levels_.size();
        const schema::type& type = top.element != nullptr ? *top.element : top.next->type;
        top.element != nullptr ? static_cast<void>(--top.left) : static_cast<void>(++top.next);
        BECKON_ASSIGN(const bool went_on, step(begun, type));
        if (went_on) continue;
        level& again = levels_[depth - 1];
        again.element != nullptr ? static_cast<void>(++again.left)
                                 : static_cast<void>(--again.next);
        return false;
    }
    return at_ <= begun.size();
}

/// Passes one value, or its head. False where that is not there yet; then nothing has changed.
result<bool> value_scanner::step(byte_view begun, const schema::type& type) {
    if (++nodes_ > allowed_.nodes) {
        return fail(errc::limit_exceeded, "message has more than ", allowed_.nodes,
                    " values (max_nodes)");
    }
    if (const auto bytes = forms_->fixed_bytes(type)) {
        BECKON_TRY(advance(*bytes));
        return true;
    }
    if (type.kind == kind::record) {
        const schema::record* const declared = forms_->record(type.name);
        if (declared == nullptr) return fail(errc::internal, "no record is called ", type.name);
        BECKON_TRY(push({.next = declared->fields.data(),
                         .end = declared->fields.data() + declared->fields.size()}));
        return true;
    }
    constexpr std::size_t count_bytes = 4;
    if (begun.size() < at_ || begun.size() - at_ < count_bytes) {
        --nodes_;
        return false;
    }
    const auto count = static_cast<std::size_t>(number_at(begun, at_, count_bytes));
    const bool has_bytes = type.kind == kind::string || type.kind == kind::bytes;
    const std::size_t each = has_bytes ? 1 : forms_->least_bytes(type.arguments[0]);
    const std::size_t room = allowed_.bytes > at_ ? allowed_.bytes - at_ : 0;
    if (room < count_bytes || (each != 0 && count > (room - count_bytes) / each)) {
        return fail(errc::limit_exceeded, "at byte ", at_, ": ", schema::to_string(type), " of ",
                    count, has_bytes ? " bytes" : " elements", "; limit is ", allowed_.bytes,
                    " bytes for a message (max_message_bytes)");
    }
    if (!has_bytes && count > allowed_.nodes - nodes_) {
        return fail(errc::limit_exceeded, "at byte ", at_, ": ", schema::to_string(type), " of ",
                    count, " elements; limit is ", allowed_.nodes, " values (max_nodes)");
    }
    BECKON_TRY(advance(count_bytes));
    if (has_bytes) {
        BECKON_TRY(advance(count));
    } else if (const auto bytes = forms_->fixed_bytes(type.arguments[0])) {
        nodes_ += count;
        BECKON_TRY(advance(count * *bytes));
    } else {
        BECKON_TRY(push({.element = &type.arguments[0], .left = count}));
    }
    return true;
}

result<void> value_scanner::advance(std::size_t count) {
    if (count > allowed_.bytes || at_ > allowed_.bytes - count) {
        return fail(errc::limit_exceeded, "message of more than ", allowed_.bytes,
                    " bytes (max_message_bytes)");
    }
    at_ += count;
    return {};
}

result<void> value_scanner::push(level inner) {
    if (levels_.size() > allowed_.depth) {
        return fail(errc::limit_exceeded, "at byte ", at_, ": values nested deeper than ",
                    allowed_.depth, " (max_depth)");
    }
    levels_.push_back(inner);
    return {};
}

} // namespace beckon::remcall
