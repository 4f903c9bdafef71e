// A record, or an exception, as an object with its fields for attributes.
#include "object/container.hpp"
#include "object/python_compare.hpp"
#include "object/python_text.hpp"

namespace beckon::detail {

namespace {

class record_container final : public container {
public:
    explicit record_container(const value& content)
        : type_(content.declared_type()), is_exception_(content.is(value_kind::exception)) {
        if (is_exception_) {
            exception_parts parts = content.exception();
            arguments_ = std::move(parts.arguments);
            add_field(value("args"), arguments_);
            for (const auto& [name, field] : parts.fields.entries()) add_field(name, field);
        } else {
            for (const auto& [name, field] : content.fields()) add_field(name, field);
        }
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override { return type_; }
    [[nodiscard]] value shallow() const override {
        const std::lock_guard lock(mutex_);
        return value::record(type_, std::vector<record_field>(fields_));
    }
    [[nodiscard]] std::vector<value> each_item() const override { return {}; }
    [[nodiscard]] bool is_key() const noexcept override { return true; }
    [[nodiscard]] result<bool> advance(std::size_t&, std::uint64_t&, value&) override {
        return type_error(concat(python_quoted(type_), " object is not iterable"));
    }
    void add_held(std::vector<intrusive_ptr<servant>>& into) const override {
        const std::lock_guard lock(mutex_);
        for (const record_field& each : fields_) add_references(each.content, into);
        add_references(arguments_, into);
    }
    [[nodiscard]] std::size_t count() const override { return fields_.size(); }

    void write_repr(text_writer& out) const override {
        if (!is_exception_) return out.add_repr(shallow());
        out.add(type_);
        out.add("(");
        out.add_list(arguments_.items());
        out.add(")");
    }

private:
    [[nodiscard]] std::span<const member> members() const noexcept override { return {}; }

    void add_field(const value& name, const value& content) {
        if (!name.is(value_kind::string)) return;
        fields_.push_back({name, content});
        mark_held(content);
    }
    /// REQUIRES: locked.
    [[nodiscard]] value* find(std::string_view name) noexcept {
        for (record_field& each : fields_) {
            if (each.name.string() == name) return &each.content;
        }
        return nullptr;
    }

    [[nodiscard]] answer get_attribute(std::string_view name) override {
        const std::lock_guard lock(mutex_);
        value* const found = find(name);
        return found != nullptr ? answer(lend_inside(*found)) : container::get_attribute(name);
    }
    /// Fields can be changed: the object goes back as an argument with what it then holds. None can be added.
    [[nodiscard]] answer set_attribute(std::string_view name, value content) override {
        BECKON_ASSIGN(const admission admitted, admit(content));
        const std::lock_guard lock(mutex_);
        value* const found = find(name);
        if (found == nullptr) return lacks(name);
        found->swap(content);
        return value();
    }
    void add_names(value& into) const override {
        for (const record_field& each : fields_) into.push_back(each.name);
    }
    [[nodiscard]] answer compare(std::string_view how, const value& other) const override {
        if (how != "__eq__" && how != "__ne__") return value();
        const value theirs = content_of(other);
        if (is_exception_ || !theirs.is(value_kind::record))
            return answering_servant::compare(how, other);
        return compared(how, python_equal(shallow(), theirs), false);
    }

    const std::string type_;
    const bool is_exception_;
    value arguments_;
    std::vector<record_field> fields_; ///< Their names are never changed.
};

} // namespace

intrusive_ptr<servant> make_record(value content) {
    return make_counted<record_container>(content);
}

} // namespace beckon::detail
