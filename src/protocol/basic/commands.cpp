#include "protocol/basic/commands.hpp"

#include <charconv>

#include "beckon/value/coerce.hpp"
#include "protocol/basic/typed.hpp"

namespace beckon::basic {

command_table::command_table(const interface_descriptor& of)
    : owner_(of.owner), document_(&of.document(of)) {
    static const auto& none = *new const std::vector<schema::method>;
    const schema::interface* const found = document_->find_interface(of.name);
    methods_ = found != nullptr ? &found->methods : &none;
    if (found != nullptr) numbers_ = schema::commands_of(*found);
    for (std::size_t i = 0; i < numbers_.size(); ++i) places_.emplace(numbers_[i], i);
    refusals_.reserve(methods_->size());
    for (const schema::method& each : *methods_)
        refusals_.push_back(first_without_form(each, *document_));
}

std::optional<std::size_t> command_table::find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < methods_->size(); ++i) {
        if ((*methods_)[i].name == name) return i;
    }
    return {};
}

std::optional<std::size_t> command_table::find_number(std::uint32_t number) const noexcept {
    const auto found = places_.find(number);
    if (found == places_.end()) return {};
    return found->second;
}

std::string command_table::describe(std::size_t place) const {
    return concat("command ", number(place), " (", method(place).name, ')');
}

result<void> command_table::write_arguments(buffer& out, std::size_t place, const value& arguments,
                                            const value& named) const {
    const schema::method& what = method(place);
    const bool by_name = named.is(value_kind::map) && !named.empty();
    const value* given = &arguments;
    value arranged;
    if (by_name || arguments.size() != what.parameters.size()) {
        BECKON_ASSIGN(arranged, coerce_arguments(by_name ? named : arguments, *document_, what));
        given = &arranged;
    }
    for (std::size_t i = 0; i < what.parameters.size(); ++i) {
        const schema::field& parameter = what.parameters[i];
        BECKON_TRY(write_typed(out, (*given)[i], parameter.type, *document_)
                       .note(concat("writing argument ", parameter.name, " of ", what.name)));
    }
    return {};
}

result<value> command_table::read_arguments(std::size_t place, byte_view payload,
                                            const limits& allowed) const {
    const schema::method& what = method(place);
    cursor from(payload);
    reading with{*document_, decode_budget(payload.size(), allowed), allowed.max_depth};
    std::vector<value> arguments;
    arguments.reserve(what.parameters.size());
    for (const schema::field& each : what.parameters) {
        auto read = read_typed(from, each.type, with);
        if (!read) {
            return fail(read.error().code(), "argument ", each.name, " of ", describe(place), ' ',
                        read.error().message());
        }
        arguments.push_back(std::move(read).value());
    }
    if (auto end = from.expect_end("the arguments"); !end)
        return fail(end.error().code(), "arguments of ", describe(place), ' ',
                    end.error().message());
    return value::list(std::move(arguments));
}

result<void> command_table::write_result(buffer& out, std::size_t place,
                                         const value& outcome) const {
    return write_typed(out, outcome, method(place).result, *document_);
}

result<value> command_table::read_result(std::size_t place, byte_view payload,
                                         const limits& allowed) const {
    cursor from(payload);
    reading with{*document_, decode_budget(payload.size(), allowed), allowed.max_depth};
    auto read = read_typed(from, method(place).result, with);
    if (read) {
        if (auto end = from.expect_end("the result"); !end) read = std::move(end).error();
    }
    if (read) return read;
    return fail(read.error().code(), "result of ", describe(place), ' ', read.error().message());
}

std::shared_ptr<const command_table> command_tables::of(const interface_descriptor& interface) {
    auto& made = made_[&interface];
    if (!made) made = std::make_shared<const command_table>(interface);
    return made;
}

std::optional<std::uint16_t> raw_number(std::string_view method) noexcept {
    if (!method.starts_with('#')) return {};
    method.remove_prefix(1);
    std::uint16_t number = 0;
    const auto [end, wrong] = std::from_chars(method.data(), method.data() + method.size(), number);
    if (wrong != std::errc() || end != method.data() + method.size()) return {};
    return number;
}

std::string raw_name(std::uint16_t number) { return concat('#', number); }

} // namespace beckon::basic
