// What the TypeScript generator decides before it writes: names, and how types are spelt.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"
#include "generate/clash_list.hpp"
#include "generate/members.hpp"
#include "generate/places.hpp"
#include "generate/typescript_layout.hpp"
#include "generate/variants.hpp"

namespace beckon::generate {

/// Where a type stands decides how it is spelt.
enum class typescript_place {
    inside,         ///< A field, an argument of another type, or a servant's parameter.
    parameter,      ///< What it may be is wider for the caller.
    result,         ///< For the caller.
    servant_result, ///< What a servant may give is wider.
};

struct typescript_type {
    layout text;
    bool is_simple =
        true; ///< Prettier breaks no line around it where it is the only argument: a name.
    bool is_union = false;     ///< With null, or it is unknown, which has it.
    bool is_reference = false; ///< Of a declared type, with arguments or without.
};

/// "Map<K, V>"
[[nodiscard]] typescript_type typescript_generic(std::string_view name,
                                                 const std::vector<typescript_type>& arguments);

/// ": T", as behind the name of a field or a parameter.
[[nodiscard]] layout typescript_annotation(const typescript_type& type);

/// Lifetime: borrows the document.
class typescript_model {
public:
    /// Errors: as generate_typescript().
    static result<typescript_model> make(const schema::document& document);

    [[nodiscard]] const schema::document& document() const noexcept { return *document_; }
    /// Each after those that it holds.
    [[nodiscard]] const std::vector<named_variant>& variants() const noexcept {
        return variants_.all();
    }
    /// The name of a declared type.
    [[nodiscard]] const std::string& name_of(std::string_view name) const {
        return types_.of(name);
    }
    /// What implements an interface.
    [[nodiscard]] std::string servant_of(std::string_view interface) const;
    /// The interface of a record's or exception's fields.
    [[nodiscard]] std::string fields_of(const schema::record& record) const;
    /// The interface of what makes a record, where some fields have defaults.
    [[nodiscard]] std::string init_of(const schema::record& record) const;
    /// "Mood.Calm"
    [[nodiscard]] std::string enumerator_of(const std::string& enumeration,
                                            std::string_view value) const;
    [[nodiscard]] typescript_type type_of(const schema::type& type, typescript_place place) const;

    /// The names of a list of members, in its order, of the declaration or method at `around`; `word` is for messages.
    template <typename Members>
    [[nodiscard]] result<std::vector<std::string>>
    names_of(const schema::place& around, std::string_view word, const Members& members,
             naming style, std::span<const std::string_view> reserved) const {
        return member_names(name_scope(schema::describe(*document_, around), style, reserved,
                                       nullptr, clashes_.get()),
                            word, members, around);
    }
    /// Errors: invalid_argument, where names that were asked for so far became one.
    [[nodiscard]] result<void> check_names() const { return clashes_->outcome(); }

private:
    explicit typescript_model(const schema::document& document);

    result<void> name_types();

    const schema::document* document_;
    std::unique_ptr<clash_list> clashes_ =
        std::make_unique<clash_list>(); ///< It stays where it is.
    name_scope types_;
    std::unordered_set<std::string> taken_;
    variant_table variants_;
};

/// Whether it has fields that may be left out.
[[nodiscard]] bool has_defaults(const schema::record& record);

} // namespace beckon::generate
