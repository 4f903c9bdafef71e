// What the Python generator decides before it writes: names, and the aliases that variants need.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::generate {

/// A variant of the schema, which has no name, as the alias that stands for it in Python.
struct python_variant {
    std::string name;
    schema::type type;
};

/// Where a type stands decides how it is spelt.
enum class python_place {
    inside,    ///< A field, or an argument of another type.
    parameter, ///< What it may be is wider for the caller.
    result,
};

/// Lifetime: borrows the document.
class python_model {
public:
    /// Errors: as generate_python().
    static result<python_model> make(const schema::document& document);

    [[nodiscard]] const schema::document& document() const noexcept { return *document_; }
    /// Each after those that it holds.
    [[nodiscard]] const std::vector<python_variant>& variants() const noexcept { return variants_; }
    /// The class of a declared type.
    [[nodiscard]] const std::string& class_of(std::string_view name) const {
        return types_.of(name);
    }
    /// The class of an interface whose methods are coroutines.
    [[nodiscard]] std::string async_class_of(std::string_view name) const;
    /// A type as annotations have it: "list[int]". `coroutines` says in which of an interface's two classes.
    [[nodiscard]] std::string annotation(const schema::type& type, python_place place,
                                         bool coroutines) const;
    /// Modules that annotations have named so far: "typing".
    [[nodiscard]] std::set<std::string>& modules() const noexcept { return modules_; }

    /// The names of a list of members, in its order; `where` and `word` are for messages.
    template <typename Members>
    [[nodiscard]] result<std::vector<std::string>>
    names_of(const std::string& where, std::string_view word, const Members& members, naming style,
             std::span<const std::string_view> reserved, bool beside_types = true) const {
        name_scope scope(where, style, reserved, beside_types ? &classes_ : nullptr);
        std::vector<std::string> out;
        for (const auto& member : members) {
            BECKON_ASSIGN(std::string name, scope.add(word, member.name));
            out.push_back(std::move(name));
        }
        return out;
    }

private:
    explicit python_model(const schema::document& document);

    result<void> name_types();
    void collect_variants(const schema::type& type);
    std::string variant_name(const schema::type& type);

    const schema::document* document_;
    name_scope types_;
    std::unordered_set<std::string> classes_;
    std::vector<python_variant> variants_;
    std::unordered_map<std::string, std::size_t> variant_of_; ///< By the type's IDL text.
    mutable std::set<std::string> modules_;
};

} // namespace beckon::generate
