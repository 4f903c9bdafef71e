// Interfaces that the program learns at run time: from an IDL text, or from the peer itself.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/ref_counted.hpp"
#include "beckon/base/result.hpp"
#include "beckon/object/descriptor.hpp"
#include "beckon/object/object.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon {

/// A schema document and a descriptor for each interface in it. Objects that have one of them keep the whole alive.
///
/// Thread-safety: all functions, from any thread.
class dynamic_schema final : public ref_counted {
public:
    /// Errors: parse_error, where schema::check finds something wrong with the document.
    [[nodiscard]] static result<intrusive_ptr<const dynamic_schema>>
    create(schema::document document);
    /// The schema that a descriptor belongs to; for one of a C++ interface it is made once and kept.
    [[nodiscard]] static intrusive_ptr<const dynamic_schema> of(const interface_descriptor& known);

    [[nodiscard]] const schema::document& document() const noexcept { return document_; }
    /// The descriptor of an interface, or null.
    [[nodiscard]] const interface_descriptor* find(std::string_view name) const noexcept;
    /// What the document says of it. REQUIRES: `descriptor` is of this schema, or of a C++ interface that it was
    /// made for.
    [[nodiscard]] const schema::interface&
    declaration(const interface_descriptor& descriptor) const;

    /// Tells remote objects in a value of the type which interfaces they have, where nobody has said so before.
    void bind_references(const schema::type& type, const value& inside) const;

private:
    struct entry;
    explicit dynamic_schema(schema::document document);
    ~dynamic_schema() override;

    const schema::document document_;
    std::deque<entry>
        entries_; // in the order of document_.interfaces; descriptors stay where they are
    std::map<std::string_view, std::size_t> by_name_;
};

/// An interface that the program knows as data alone.
///
/// Thread-safety: as a shared pointer.
class dynamic_interface {
public:
    /// Errors: parse_error for a document that is not sound; not_found, where it has no such interface.
    [[nodiscard]] static result<dynamic_interface> create(schema::document document,
                                                          std::string_view name);
    /// The interface of an object, however the program came to know it.
    ///
    /// Errors: unsupported, where nobody has said what it is.
    [[nodiscard]] static result<dynamic_interface> of(const object& known);

    /// Another interface of the same document. Errors: not_found.
    [[nodiscard]] result<dynamic_interface> sibling(std::string_view name) const;
    /// Says that an object is of this interface, where nobody has said so before.
    ///
    /// Errors: type_mismatch, where it is known to be of another; invalid_argument for no object.
    result<void> bind(const object& target) const;

    [[nodiscard]] const interface_descriptor& descriptor() const noexcept { return *descriptor_; }
    [[nodiscard]] const schema::interface& declaration() const {
        return schema_->declaration(*descriptor_);
    }
    [[nodiscard]] const schema::document& document() const noexcept { return schema_->document(); }
    [[nodiscard]] const intrusive_ptr<const dynamic_schema>& schema() const noexcept {
        return schema_;
    }

    /// The position of a method. Errors: unknown_method, with the names that there are.
    [[nodiscard]] result<std::uint16_t> find_method(std::string_view name) const;

private:
    dynamic_interface(intrusive_ptr<const dynamic_schema> schema,
                      const interface_descriptor& descriptor) noexcept
        : schema_(std::move(schema)), descriptor_(&descriptor) {}

    intrusive_ptr<const dynamic_schema> schema_;
    const interface_descriptor* descriptor_;
};

} // namespace beckon
