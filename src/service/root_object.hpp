// What peers of protocols with one root object find there.
#pragma once

#include <memory>

#include "beckon/object/servant.hpp"
#include "beckon/service/directory.hpp"

namespace beckon {

/// The root: it has the members of the object that is published as the root, and every other published object as an
/// attribute under its name. Where both have a name, it is the published one. A call of "object.method" goes to the
/// published object, where there is one of that name. Also Python's get_service_name() and get_service_aliases().
[[nodiscard]] intrusive_ptr<servant> make_root_object(std::shared_ptr<publications> published);

} // namespace beckon
