// Who may call what, as a list: for programs whose rules are simple.
#pragma once

#include <string>
#include <vector>

#include "beckon/session/authorization.hpp"

namespace beckon {

/// What is not allowed is refused, with access_denied. "*" stands for everybody or everything.
///
///   options.authorize = beckon::access_rules()
///                           .allow("*", "Calculator")
///                           .allow("alice", "accounts", "close")
///                           .answers();
///
/// Everybody may find objects: look them up, ask for their names and descriptions. To call them is another matter.
class access_rules {
public:
    /// `object` is an interface's name, or the name that an object is published under.
    access_rules& allow(std::string user, std::string object, std::string method = "*");
    /// For server_options::authorize and connect_options::authorize. Later rules are not in it.
    [[nodiscard]] authorizer answers() const;

private:
    struct rule {
        std::string user;
        std::string object;
        std::string method;
    };
    std::vector<rule> rules_;
};

} // namespace beckon
