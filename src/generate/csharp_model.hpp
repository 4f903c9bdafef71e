// What the C# generator decides before it writes: names, types and codecs.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "beckon/generate/csharp.hpp"
#include "generate/clash_list.hpp"
#include "generate/csharp_words.hpp"
#include "generate/members.hpp"
#include "generate/places.hpp"
#include "generate/variants.hpp"

namespace beckon::generate {

/// Where a type stands decides how it is spelt.
enum class csharp_place {
    here,     ///< Among the generated types.
    anywhere, ///< With the namespace, where other names may hide it.
    waiting,  ///< In a method that waits: streams are what can be enumerated.
};

/// Lifetime: borrows the document.
class csharp_model {
public:
    /// Errors: as generate_csharp().
    static result<csharp_model> make(const schema::document& document,
                                     const csharp_options& options);

    [[nodiscard]] const schema::document& document() const noexcept { return *document_; }
    [[nodiscard]] const std::string& name_space() const noexcept { return namespace_; }
    /// Each after those that it holds.
    [[nodiscard]] const std::vector<named_variant>& variants() const noexcept {
        return variants_.all();
    }
    /// The class of a declared type; of an interface what its names are made of.
    [[nodiscard]] const std::string& class_of(std::string_view name) const {
        return bases_.at(std::string(name));
    }
    [[nodiscard]] std::string type_of(const schema::type& type, csharp_place place) const;
    /// An expression that is the codec of a type, in the file of codecs.
    [[nodiscard]] std::string codec_of(const schema::type& type) const;
    /// Types whose codecs are put together of others, each after those.
    [[nodiscard]] const std::vector<schema::type>& composed() const noexcept { return composed_; }
    /// How to put together the codec of one of them.
    [[nodiscard]] std::string composed_codec_of(const schema::type& type) const;
    /// The element of a tuple: ".Item3", ".Rest.Item1".
    [[nodiscard]] static std::string element(std::size_t at);

    // Names of members, in their order.

    [[nodiscard]] result<std::vector<std::string>>
    value_names(const schema::enumeration& enumeration) const;
    [[nodiscard]] result<std::vector<std::string>> field_names(const schema::record& record,
                                                               bool is_exception) const;
    [[nodiscard]] result<std::vector<std::string>> case_names(const named_variant& variant) const;
    /// Of methods that wait; the others have "Async" behind that.
    [[nodiscard]] result<std::vector<std::string>>
    method_names(const schema::interface& interface) const;
    [[nodiscard]] result<std::vector<std::string>>
    parameter_names(const schema::interface& interface, const schema::method& method) const;

    /// Errors: invalid_argument, where names that were asked for so far became one.
    [[nodiscard]] result<void> check_names() const { return clashes_->outcome(); }

private:
    csharp_model(const schema::document& document, const csharp_options& options);

    result<void> name_types();
    template <typename Members>
    [[nodiscard]] result<std::vector<std::string>>
    names_of(const schema::place& around, std::string_view word, const Members& members,
             naming style, std::span<const std::string_view> reserved,
             const std::unordered_set<std::string>* also_reserved = nullptr) const;
    result<void> name_namespace(const csharp_options& options);
    void collect(const schema::type& type);
    [[nodiscard]] std::string tuple_type(const schema::type& type, std::size_t from,
                                         csharp_place place) const;
    [[nodiscard]] std::string tuple_codec(const schema::type& type) const;
    [[nodiscard]] std::string qualified(const std::string& name, csharp_place place) const;

    const schema::document* document_;
    std::unique_ptr<clash_list> clashes_ =
        std::make_unique<clash_list>(); ///< It stays where it is.
    naming style_;
    naming parameter_style_;
    std::string namespace_;
    std::unordered_map<std::string, std::string> bases_;
    std::unordered_set<std::string> classes_;
    variant_table variants_;
    std::vector<schema::type> composed_;
    std::unordered_map<std::string, std::size_t> composed_places_; ///< By the type's IDL text.
};

} // namespace beckon::generate
