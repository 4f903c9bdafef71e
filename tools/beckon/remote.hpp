// A peer as the command sees it: its published objects, with interfaces learnt from it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/beckon.hpp"
#include "beckon/object/dynamic_interface.hpp"

namespace command {

/// A duration as people write it: "50ms", "2s", "1.5m", "1h"; without a unit seconds. For CLI11's options.
///
/// Throws a failure of status::wrong_usage.
[[nodiscard]] beckon::nanoseconds parse_duration(const std::string& text, std::string_view option);

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
    explicit remote(const std::string& endpoint, std::optional<beckon::nanoseconds> timeout = {});

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
    std::optional<beckon::nanoseconds> timeout_;
    std::vector<beckon::service_info> services_;
};

} // namespace command
