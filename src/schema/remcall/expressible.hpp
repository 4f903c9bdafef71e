// Which parts of a document of ours remcall can say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "beckon/schema/remcall/convert.hpp"

namespace beckon::schema::remcall {

/// The judgement of each part of a document: nothing, or why not.
///
/// Lifetime: borrows the document.
class expressible {
public:
    using verdict = std::optional<problem>;

    expressible(const schema::document& document, const from_options& options);

    /// Also condemns what needs what is condemned: methods and fields by their types, interfaces that lose all methods.
    /// Time in proportion to the document.
    void spread();

    /// One of each part that has any, in order of sections and members.
    [[nodiscard]] std::vector<problem> problems() const;
    /// All that there are, in the same order.
    [[nodiscard]] std::vector<problem> all_problems() const;

    /// The interface that becomes Main.
    [[nodiscard]] std::optional<std::uint32_t> main() const noexcept { return main_; }
    [[nodiscard]] problem no_main() const;

    [[nodiscard]] const verdict& enumeration(std::size_t index) const { return enums_[index]; }
    [[nodiscard]] const verdict& record(std::size_t index) const { return records_[index]; }
    [[nodiscard]] const verdict& interface(std::size_t index) const { return interfaces_[index]; }
    [[nodiscard]] const verdict& method(std::size_t interface, std::size_t method) const {
        return methods_[interface][method];
    }

    /// Where a type's declaration stands in its list. The type must be a declared one.
    [[nodiscard]] std::uint32_t index_of(const schema::type& type) const;
    /// What an interface is called in remcall.
    [[nodiscard]] std::string interface_name(std::uint32_t index) const;

private:
    void condemn(verdict& part, problem what);
    void judge_names();
    void judge_enum(std::uint32_t index);
    void judge_record(std::uint32_t index);
    void judge_interface(std::uint32_t index);
    void judge_method(std::uint32_t interface, std::uint32_t index);
    void judge_type(verdict& part, const schema::type& type, place where);
    [[nodiscard]] std::string complaint(const schema::type& type) const;
    [[nodiscard]] std::string complaint_about_element(const schema::type& type) const;
    class spreading;

    const schema::document& document_;
    const from_options& options_;
    const bool lenient_;
    using positions = std::unordered_map<std::string_view, std::uint32_t>;
    positions enum_at_;
    positions record_at_;
    positions interface_at_;
    std::optional<std::uint32_t> main_;
    std::vector<verdict> enums_;
    std::vector<verdict> records_;
    std::vector<verdict> interfaces_;
    std::vector<std::vector<verdict>> methods_;
    std::vector<problem> further_; ///< Of parts that have a verdict already.
};

} // namespace beckon::schema::remcall
