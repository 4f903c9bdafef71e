// What the Python generator decides before it writes: names, and the aliases that variants need.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"
#include "generate/clash_list.hpp"
#include "generate/members.hpp"
#include "generate/places.hpp"
#include "generate/variants.hpp"

namespace beckon::generate {

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
    /// As the aliases that stand for them in Python. Each after those that it holds.
    [[nodiscard]] const std::vector<named_variant>& variants() const noexcept {
        return variants_.all();
    }
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

    /// The names of a list of members, in its order, of the declaration or method at `around`; `word` is for messages.
    template <typename Members>
    [[nodiscard]] result<std::vector<std::string>>
    names_of(const schema::place& around, std::string_view word, const Members& members,
             naming style, std::span<const std::string_view> reserved,
             bool beside_types = true) const {
        return member_names(name_scope(schema::describe(*document_, around), style, reserved,
                                       beside_types ? &classes_ : nullptr, clashes_.get()),
                            word, members, around);
    }
    /// Errors: invalid_argument, where names that were asked for so far became one.
    [[nodiscard]] result<void> check_names() const { return clashes_->outcome(); }

private:
    explicit python_model(const schema::document& document);

    result<void> name_types();
    void collect_variants();

    const schema::document* document_;
    std::unique_ptr<clash_list> clashes_ =
        std::make_unique<clash_list>(); ///< It stays where it is.
    name_scope types_;
    std::unordered_set<std::string> classes_;
    variant_table variants_;
    mutable std::set<std::string> modules_;
};

} // namespace beckon::generate
