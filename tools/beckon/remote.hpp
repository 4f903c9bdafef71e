// A peer of a protocol with schemas, as the command sees it: its published objects, with interfaces learnt from it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "beckon/beckon.hpp"
#include "beckon/object/dynamic_interface.hpp"

namespace command {

/// A published object and its interface.
struct found_object {
    std::string name;
    beckon::object target;
    beckon::dynamic_interface interface;
};

/// Errors: functions throw failure: status::no_connection where the peer cannot be reached or does not speak the
/// protocol, else status::failed.
class remote {
public:
    explicit remote(beckon::connected session, std::optional<beckon::nanoseconds> timeout = {});

    [[nodiscard]] const std::vector<beckon::service_info>& services() const noexcept {
        return services_;
    }
    /// The object published under a name; its interface is the peer's, or the one in `schema` of the same name.
    [[nodiscard]] found_object find(const std::string& name,
                                    const beckon::schema::document* schema = nullptr) const;
    /// The peer's directory.
    [[nodiscard]] found_object directory() const;
    /// What the peer says that the object's interface is.
    [[nodiscard]] beckon::schema::document describe(const std::string& name) const;
    [[nodiscard]] const beckon::connected& session() const noexcept { return session_; }

private:
    beckon::connected session_;
    std::vector<beckon::service_info> services_;
};

} // namespace command
