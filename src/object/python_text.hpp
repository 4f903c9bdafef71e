// Values as Python writes them: what str and repr of an object give.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

/// Collects a text, up to a limit, of objects inside objects.
class text_writer {
public:
    static constexpr std::size_t max_bytes = std::size_t{16} << 20;
    static constexpr std::size_t max_depth = 200;

    void add(std::string_view text) {
        if (text.size() > max_bytes - text_.size()) {
            full_ = true;
        } else {
            text_.append(text);
        }
    }
    /// Of any value, references to containers of this process included.
    void add_repr(const value& what);
    /// "a, b" of the items.
    template <typename Items>
    void add_list(const Items& items) {
        bool first = true;
        for (const auto& each : items) {
            if (full_) return;
            if (!first) add(", ");
            first = false;
            add_repr(each);
        }
    }
    /// "name=content, name=content".
    void add_field(std::string_view name, const value& content, bool first);
    /// "key: mapped".
    void add_pair(const value& key, const value& mapped, bool first);

    [[nodiscard]] bool is_full() const noexcept { return full_; }
    /// Errors: limit_exceeded.
    [[nodiscard]] result<value> take() &&;
    [[nodiscard]] result<std::string> take_text() &&;

private:
    void add_quoted(std::string_view text);
    void add_bytes(byte_view content);
    void add_number(double number);
    void add_reference(const value& what);

    std::string text_;
    std::size_t depth_ = 0;
    bool full_ = false;
};

/// Errors: limit_exceeded, beyond text_writer::max_bytes.
[[nodiscard]] result<std::string> python_repr(const value& what);

/// What Python calls the type of a value that it gets: "int", "NoneType"; of an object its own name.
[[nodiscard]] std::string_view python_type(const value& of) noexcept;

/// Python's float: the shortest digits, with an exponent below 1e-4 and from 1e16 on.
[[nodiscard]] std::string python_float(double number);
[[nodiscard]] std::string python_complex(double real, double imaginary);

/// A name as Python's own messages quote it, and as safe for messages as `quoted`: 'list'.
[[nodiscard]] std::string python_quoted(std::string_view name);

/// Text for what reaches Python as text: enumerations by name, dates and times in ISO 8601. Others stay as they are.
[[nodiscard]] value as_python_sees(const value& from);

} // namespace beckon::detail
