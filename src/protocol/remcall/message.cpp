#include "protocol/remcall/message.hpp"

#include <algorithm>
#include <array>

#include "codec/remcall/numbers.hpp"

namespace beckon::remcall {

std::span<const schema::field> failure_fields() noexcept {
    // Never freed, nor are the forms below: threads that read messages may outlive `main`.
    static const auto& fields = *new std::vector<schema::field>([] {
        const schema::type text{schema::kind::string, {}, {}, {}};
        std::vector<schema::field> made;
        for (const char* const name : {"type", "message", "details"})
            made.push_back({name, text, {}, {}});
        return made;
    }());
    return fields;
}

const forms& own_forms() {
    static const auto& nothing = *new schema::document;
    static const auto& made = *new forms(nothing, 4);
    return made;
}

std::size_t message_scanner::size() const noexcept {
    switch (began_) {
    case phase::values: return values_.size();
    case phase::schema: return 1 + schema_size_;
    default: return head_size_;
    }
}

result<bool> message_scanner::look(byte_view input, const message_ends& ends) {
    if (began_ == phase::nothing) {
        head_size_ = 1;
        BECKON_ASSIGN(const bool known, begin(input, ends));
        if (!known) return false;
    }
    switch (began_) {
    case phase::values: return values_.look(input);
    case phase::schema: return look_at_schema(input);
    default: return input.size() >= head_size_;
    }
}

/// Whether so much is there that the message's kind, and what its end depends on, are known.
result<bool> message_scanner::begin(byte_view input, const message_ends& ends) {
    const auto what = static_cast<command>(input[0]);
    BECKON_TRY(ends.may_send(what));
    const auto has_head = [&](std::size_t bytes) {
        head_size_ = bytes;
        return input.size() >= bytes;
    };
    switch (what) {
    case command::send_schema:
        schema_ = schema::remcall::extent(max_schema_bytes_);
        schema_size_ = 0;
        began_ = phase::schema;
        return true;
    case command::call_method: return begin_call(input, answer_head, ends);
    case command::call_with_deadline: return begin_call(input, answer_head + deadline_bytes, ends);
    case command::return_from_method: {
        if (!has_head(answer_head)) return false;
        const auto request =
            static_cast<std::uint32_t>(number_at(input, request_at, request_bytes));
        BECKON_ASSIGN(const schema::type* const result, ends.result_of(request));
        const forms* const known = ends.known_forms();
        values_.begin(known != nullptr ? *known : own_forms(), *result, answer_head, allowed_);
        began_ = phase::values;
        return true;
    }
    case command::fail_method:
        values_.begin(own_forms(), failure_fields(), answer_head + 1, allowed_);
        began_ = phase::values;
        return true;
    case command::release_objects: {
        if (!has_head(answer_head)) return false; // the count stands where others have a number
        const auto count = static_cast<std::size_t>(number_at(input, 1, 4));
        const forms* const known = ends.known_forms();
        if (known == nullptr) {
            return fail(errc::protocol_error,
                        "peer released objects before this side knows the schema");
        }
        const std::size_t each = known->object_bytes() + 4;
        if (count > (allowed_.bytes - std::min(allowed_.bytes, answer_head)) / each) {
            return fail(errc::limit_exceeded, "peer released ", count,
                        " objects in one message; limit is ", allowed_.bytes,
                        " bytes (max_message_bytes)");
        }
        head_size_ = answer_head + count * each;
        break;
    }
    case command::hello: head_size_ = hello_size; break;
    case command::cancel: head_size_ = answer_head; break;
    default: break;
    }
    began_ = phase::head;
    return true;
}

result<bool> message_scanner::look_at_schema(byte_view input) {
    const auto size = schema_.find(input.subspan(1));
    if (!size) {
        return fail(size.error().code() == errc::limit_exceeded ? errc::limit_exceeded
                                                                : errc::protocol_error,
                    "peer sent what is no schema: ", size.error().message());
    }
    if (!*size) return false;
    schema_size_ = **size;
    return true;
}

result<bool> message_scanner::begin_call(byte_view input, std::size_t head,
                                         const message_ends& ends) {
    head_size_ = head;
    const forms* const known = ends.known_forms();
    if (known == nullptr) {
        return fail(errc::protocol_error,
                    "peer called a method before this side knows the schema: it has lent nothing");
    }
    const std::size_t width = ends.method_bytes();
    head_size_ = head + width + known->object_bytes();
    if (input.size() < head + width) return false;
    const std::uint64_t method = number_at(input, head, width);
    BECKON_ASSIGN(const auto parameters, ends.parameters_of(method));
    values_.begin(*known, parameters, head_size_, allowed_);
    began_ = phase::values;
    return true;
}

} // namespace beckon::remcall
