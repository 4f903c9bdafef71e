// One method of an object, to be called on its own: what `object.method` without parentheses is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "object/nested_servant.hpp"

namespace beckon::detail {

class bound_method final : public nested_servant {
public:
    /// `name` lives as long as the object: in its descriptor, or in a table.
    bound_method(intrusive_ptr<servant> of, std::string_view name, value doc) noexcept
        : of_(std::move(of)), name_(name), doc_(std::move(doc)) {}

    void dispatch(incoming_call& call) noexcept override;
    void perform(incoming_call& call) noexcept override;
    /// A call of it is a call of the object's method, in the object's turn.
    intrusive_ptr<servant> acting(dynamic_request& request) noexcept override;
    [[nodiscard]] nature what() const noexcept override { return nature::method; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "method"; }
    void add_held(std::vector<intrusive_ptr<servant>>& into) const override { into.push_back(of_); }
    [[nodiscard]] bool stands_for_another() const noexcept override { return true; }

    /// Whether both are the same method of the same object: each taking makes another of these.
    [[nodiscard]] bool same(const bound_method& other) const noexcept {
        return of_ == other.of_ && name_ == other.name_;
    }
    [[nodiscard]] std::int64_t hash() const;
    [[nodiscard]] std::string_view name() const noexcept { return name_; }

private:
    const intrusive_ptr<servant> of_;
    const std::string_view name_;
    const value doc_;
};

/// Whether a value refers to the object, or to the same method of the same object.
[[nodiscard]] bool same_object(const servant& one, const value& other) noexcept;

/// The same for as long as the object lives, and tells nobody where in memory that is.
[[nodiscard]] std::int64_t identity_hash(const servant& of);

/// "<Calculator object>".
[[nodiscard]] std::string object_text(const servant& of);

} // namespace beckon::detail
