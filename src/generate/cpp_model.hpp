// What the C++ generator decides before it writes: names, the structs that variants need, and their order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "beckon/generate/cpp.hpp"
#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"
#include "generate/clash_list.hpp"
#include "generate/members.hpp"
#include "generate/places.hpp"
#include "generate/variants.hpp"

namespace beckon::generate {

/// One member of a declaration under its two names.
struct cpp_name {
    std::string wire;
    std::string cpp;

    /// As the registration macros take it: `name`, or `(class_, "class")` where the two differ.
    [[nodiscard]] std::string registered() const;
};

/// Lifetime: borrows the document.
class cpp_model {
public:
    /// Errors: as generate_cpp().
    static result<cpp_model> make(const schema::document& document);

    /// A struct that must stand before those that hold it by value.
    struct definition {
        const schema::record* record = nullptr;
        const named_variant* variant = nullptr;
    };

    [[nodiscard]] const schema::document& document() const noexcept { return *document_; }
    /// Records and variants, each after all that it holds by value.
    [[nodiscard]] const std::vector<definition>& definitions() const noexcept {
        return definitions_;
    }
    /// The position in definitions() with which all structs are defined that a value of the type holds, also in lists.
    [[nodiscard]] std::size_t settled(const schema::type& type) const;
    /// Structs that lists and maps name before they are defined.
    [[nodiscard]] const std::vector<std::string>& forward_structs() const noexcept {
        return forward_structs_;
    }
    /// The C++ spelling of a type: "std::vector<std::int64_t>".
    [[nodiscard]] std::string cpp_type(const schema::type& type) const;
    /// The names of a list of members, in its order, of the declaration or method at `around`; `word` is for messages.
    template <typename Members>
    [[nodiscard]] result<std::vector<cpp_name>>
    names_of(const schema::place& around, std::string_view word, const Members& members,
             bool beside_types = true) const {
        // A member called like a type would change what the type's name means in the members after it.
        BECKON_ASSIGN(const std::vector<std::string> names,
                      member_names(scope_of(around, beside_types), word, members, around));
        std::vector<cpp_name> out;
        for (std::size_t i = 0; i < names.size(); ++i) out.push_back({members[i].name, names[i]});
        return out;
    }
    /// Errors: invalid_argument, where names that were asked for so far became one, or types have none in C++.
    [[nodiscard]] result<void> check_names() const { return clashes_->outcome(); }
    /// The exceptions that methods of the interface can throw, in the document's order.
    [[nodiscard]] std::vector<std::string> raised_by(const schema::interface& interface) const;

private:
    explicit cpp_model(const schema::document& document) : document_(&document) {}

    [[nodiscard]] name_scope scope_of(const schema::place& around, bool beside_types) const;
    void name_types();
    void collect_variants();
    result<void> order();

    const schema::document* document_;
    std::unique_ptr<clash_list> clashes_ =
        std::make_unique<clash_list>(); ///< It stays where it is.
    std::unordered_set<std::string> type_names_;
    variant_table variants_; ///< As the structs that stand for them in C++.
    std::vector<definition> definitions_;
    std::unordered_map<std::string, std::size_t> settled_; ///< By the struct's name.
    std::vector<std::string> forward_structs_;
};

} // namespace beckon::generate
