// What the C++ generator decides before it writes: names, the structs that variants need, and their order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "beckon/generate/cpp.hpp"
#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::generate {

/// A variant of the schema, which has no name, as the struct that stands for it in C++.
struct cpp_variant {
    std::string name;
    schema::type type;
};

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
        const cpp_variant* variant = nullptr;
    };

    [[nodiscard]] const schema::document& document() const noexcept { return *document_; }
    /// Records and variants, each after all that it holds by value.
    [[nodiscard]] const std::vector<definition>& definitions() const noexcept {
        return definitions_;
    }
    /// Structs that lists and maps name before they are defined.
    [[nodiscard]] const std::vector<std::string>& forward_structs() const noexcept {
        return forward_structs_;
    }
    /// The C++ spelling of a type: "std::vector<std::int64_t>".
    [[nodiscard]] std::string cpp_type(const schema::type& type) const;
    /// The names of a list of members, in its order; `where` and `word` are for messages.
    template <typename Members>
    [[nodiscard]] result<std::vector<cpp_name>>
    names_of(const std::string& where, std::string_view word, const Members& members,
             bool beside_types = true) const {
        std::vector<std::string> wire;
        for (const auto& member : members) wire.push_back(member.name);
        return names_in(where, word, wire, beside_types);
    }
    /// The exceptions that methods of the interface can throw, in the document's order.
    [[nodiscard]] std::vector<std::string> raised_by(const schema::interface& interface) const;

private:
    explicit cpp_model(const schema::document& document) : document_(&document) {}

    [[nodiscard]] result<std::vector<cpp_name>> names_in(const std::string& where,
                                                         std::string_view word,
                                                         const std::vector<std::string>& wire,
                                                         bool beside_types) const;
    result<void> name_types();
    void collect_variants();
    void collect_variants(const schema::type& type);
    std::string variant_name(const schema::type& type);
    result<void> order();

    const schema::document* document_;
    std::unordered_set<std::string> type_names_;
    std::vector<cpp_variant> variants_;
    std::unordered_map<std::string, std::size_t> variant_of_; ///< By the type's IDL text.
    std::vector<definition> definitions_;
    std::vector<std::string> forward_structs_;
};

} // namespace beckon::generate
