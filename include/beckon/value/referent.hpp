// What a value can refer to: an object, local or remote, of which this layer knows only that it lives.
#pragma once

#include <string_view>

#include "beckon/base/ref_counted.hpp"

namespace beckon {

/// Base of everything that a reference can point to. The object layer derives from it.
class referent : public ref_counted {
public:
    /// The name of the interface, or empty where the object has none.
    [[nodiscard]] virtual std::string_view interface_name() const noexcept = 0;
};

} // namespace beckon
