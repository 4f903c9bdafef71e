// The methods of an interface as commands: their numbers are those of its schema, else their places.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "beckon/base/limits.hpp"
#include "beckon/base/ref_counted.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/object/descriptor.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/value.hpp"

namespace beckon::basic {

/// What an interface's methods are on the wire. Kept for as long as a conversation; what it is made of is kept with it.
class command_table {
public:
    explicit command_table(const interface_descriptor& of);

    [[nodiscard]] std::size_t size() const noexcept { return methods_->size(); }
    [[nodiscard]] const schema::method& method(std::size_t place) const noexcept {
        return (*methods_)[place];
    }
    /// Why a method cannot travel; nothing where it can.
    [[nodiscard]] const std::optional<std::string>& refusal(std::size_t place) const noexcept {
        return refusals_[place];
    }
    /// The place of a method, by its name or by its number on the wire.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;
    [[nodiscard]] std::optional<std::size_t> find_number(std::uint32_t number) const noexcept;
    [[nodiscard]] std::uint32_t number(std::size_t place) const noexcept { return numbers_[place]; }
    /// "command 3 (word_count)"
    [[nodiscard]] std::string describe(std::size_t place) const;

    [[nodiscard]] result<void> write_arguments(buffer& out, std::size_t place,
                                               const value& arguments, const value& named) const;
    [[nodiscard]] result<value> read_arguments(std::size_t place, byte_view payload,
                                               const limits& allowed) const;
    [[nodiscard]] result<void> write_result(buffer& out, std::size_t place,
                                            const value& outcome) const;
    [[nodiscard]] result<value> read_result(std::size_t place, byte_view payload,
                                            const limits& allowed) const;

private:
    intrusive_ptr<const ref_counted> owner_;
    const schema::document* document_;
    const std::vector<schema::method>* methods_;
    std::vector<std::uint32_t> numbers_;
    std::unordered_map<std::uint32_t, std::size_t> places_; ///< By number.
    std::vector<std::optional<std::string>> refusals_;
};

/// The tables that a conversation has needed so far.
class command_tables {
public:
    [[nodiscard]] std::shared_ptr<const command_table> of(const interface_descriptor& interface);

private:
    std::map<const interface_descriptor*, std::shared_ptr<const command_table>> made_;
};

/// The number of a method called "#12"; nothing of any other.
[[nodiscard]] std::optional<std::uint16_t> raw_number(std::string_view method) noexcept;
[[nodiscard]] std::string raw_name(std::uint16_t number);

} // namespace beckon::basic
