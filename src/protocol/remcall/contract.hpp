// What both sides have agreed on before they meet: the schema, and the numbers that it gives to methods.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/ref_counted.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/sha256.hpp"
#include "beckon/object/descriptor.hpp"
#include "beckon/protocol/remcall/options.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "beckon/schema/schema.hpp"
#include "codec/remcall/forms.hpp"

namespace beckon::remcall {

/// A method that calls can name.
struct method_form {
    std::uint64_t number = 0; ///< In calls.
    const schema::interface* interface = nullptr;
    const schema::method* method = nullptr;
    bool takes_extension = false; ///< Some argument is of a type that remcall itself cannot send.
    bool gives_extension = false;

    /// "Main.add"
    [[nodiscard]] std::string name() const { return interface->name + '.' + method->name; }
};

/// A schema of remcall together with ours that it stands for. Immutable.
///
/// Thread-safety: all functions, from any thread.
class contract {
public:
    /// That of the schema which an interface belongs to: all of it, or, where remcall cannot say all, what it can. The main
    /// object's interface is this one for the side that has the object; a caller's is Main, where the schema has it. `label`
    /// is the schema's where it has none.
    ///
    /// Errors: unsupported, naming what cannot be said.
    [[nodiscard]] static result<std::shared_ptr<const contract>>
    of(const interface_descriptor& main, role of_whom, const std::string& label = {});
    /// That of a document, whose interface Main is the main object's.
    [[nodiscard]] static result<std::shared_ptr<const contract>>
    of(std::shared_ptr<const schema::document> document);

    [[nodiscard]] const remcall::forms& forms() const noexcept { return *forms_; }
    [[nodiscard]] std::size_t method_bytes() const noexcept {
        return converted_.document.method_ref_bytes;
    }
    [[nodiscard]] std::size_t object_bytes() const noexcept {
        return converted_.document.object_ref_bytes;
    }
    [[nodiscard]] const beckon::digest& digest() const noexcept { return digest_; }
    /// The binary schema.
    [[nodiscard]] const bytes& encoded() const noexcept { return encoded_; }
    [[nodiscard]] const schema::remcall::document& model() const noexcept {
        return converted_.document;
    }
    /// The name of the main object's interface here.
    [[nodiscard]] const std::string& main_name() const noexcept { return main_name_; }

    [[nodiscard]] std::size_t size() const noexcept { return methods_.size(); }
    /// Null where no method has that number.
    [[nodiscard]] const method_form* find(std::uint64_t number) const noexcept {
        return number < methods_.size() ? &methods_[static_cast<std::size_t>(number)] : nullptr;
    }
    /// Errors: unknown_method; unsupported, for one that remcall cannot carry.
    [[nodiscard]] result<const method_form*> find(std::string_view interface,
                                                  std::string_view method) const;

    /// Whether another schema has the same types and gives the same numbers; what differs first, where not.
    [[nodiscard]] std::optional<std::string>
    difference(const schema::remcall::document& other) const;

private:
    contract() = default;
    [[nodiscard]] static result<std::shared_ptr<const contract>>
    make(intrusive_ptr<const ref_counted> owner, std::shared_ptr<const schema::document> kept,
         const schema::document& document, std::string main, const std::string& label);

    intrusive_ptr<const ref_counted> owner_;       ///< Of `document_`, or null.
    std::shared_ptr<const schema::document> kept_; ///< Likewise.
    const schema::document* document_ = nullptr;
    std::string main_name_;
    schema::remcall::converted converted_;
    std::unique_ptr<remcall::forms> forms_;
    std::vector<method_form> methods_; ///< By number.
    std::map<std::pair<std::string_view, std::string_view>, const method_form*> by_name_;
    beckon::digest digest_{};
    bytes encoded_;
};

} // namespace beckon::remcall
