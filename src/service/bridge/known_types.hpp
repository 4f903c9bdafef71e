// What a bridge knows of the interfaces on its two sides.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/object/dynamic_interface.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::bridging {

/// Those that the bridge's user gave, and those that peers have told.
///
/// Thread-safety: all functions, from any thread.
class known_types {
public:
    /// Errors: parse_error; not_found, where the schema has no such interface.
    [[nodiscard]] static result<std::shared_ptr<known_types>>
    make(std::optional<schema::document> given,
         const std::vector<std::pair<std::string, std::string>>& objects);

    /// Whether the user gave any.
    [[nodiscard]] bool has_schema() const noexcept { return !by_object_.empty(); }
    /// By the names of the objects that have them; the root has none, where the user gave it an interface of its own.
    [[nodiscard]] const std::vector<std::pair<std::string, dynamic_interface>>&
    objects() const noexcept {
        return by_object_;
    }
    /// The root's; null where the user gave none. Where an object of another name is the root, that is told by `root_name`.
    [[nodiscard]] const dynamic_interface* root() const noexcept;
    [[nodiscard]] std::string_view root_name() const noexcept { return root_name_; }
    /// One of that name in the user's schema. Errors: not_found.
    [[nodiscard]] result<dynamic_interface> find(std::string_view interface) const;

    /// What a peer has told, by digest and name.
    [[nodiscard]] std::optional<dynamic_interface> told(const bytes& digest,
                                                        std::string_view interface) const;
    void keep(const bytes& digest, const dynamic_interface& interface);

private:
    known_types() = default;

    std::vector<std::pair<std::string, dynamic_interface>> by_object_;
    std::size_t root_ = 0;
    std::string root_name_;
    mutable std::mutex mutex_;
    std::map<std::pair<bytes, std::string>, dynamic_interface> told_;
};

} // namespace beckon::bridging
