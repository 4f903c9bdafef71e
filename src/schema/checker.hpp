// The parts of the semantic check that several declarations share.
#pragma once

#include "beckon/schema/check.hpp"
#include "schema/enum_lookup.hpp"
#include "schema/name_index.hpp"

namespace beckon::schema {

/// What a type is used for, which decides whether void and streams may stand there.
enum class type_use : std::uint8_t { field, parameter, result, argument };

/// Lifetime: borrows the document and the index.
class checker {
public:
    checker(const schema::document& document, const name_index& names, std::size_t most)
        : document_(document), names_(names), enums_(document, &names), most_(most) {}

    [[nodiscard]] const schema::document& document() const noexcept { return document_; }
    [[nodiscard]] const name_index& names() const noexcept { return names_; }
    [[nodiscard]] std::vector<problem> take_problems() { return std::move(problems_); }

    void complain(const place& where, std::string message,
                  std::optional<place> related = std::nullopt, std::string related_message = {},
                  bool symmetric = false);

    /// False where something is wrong with the type.
    bool check_type(const type& type, place where, type_use use);
    void check_default(const field& field, const place& where);
    void check_raises(const method& method, place where);

private:
    bool check_node(const type& type, place& where, type_use use, std::size_t depth);
    bool check_name(const type& type, const place& where);
    bool check_arguments(const type& type, place& where, std::size_t depth);
    bool check_case_names(const type& type, const place& where);
    [[nodiscard]] std::string undefined(std::string_view name) const;

    const schema::document& document_;
    const name_index& names_;
    enum_lookup enums_;
    std::size_t most_;
    std::vector<problem> problems_;
};

/// How many nodes a type has, itself counted; of one that is nested too deep, those that may be.
[[nodiscard]] std::uint32_t count_nodes(const type& type, std::size_t depth = 0);

/// Whether a map can have keys of the type.
[[nodiscard]] bool is_key(kind kind) noexcept;

} // namespace beckon::schema
