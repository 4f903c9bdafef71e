// What is known of an interface at run time: its methods' names and traits, and its whole schema on demand.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "beckon/base/sha256.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/reflect.hpp"

namespace beckon {

namespace detail {
struct interface_plan;
}
class object_core;
class ref_counted;
class servant;
template <typename T>
class intrusive_ptr;

struct method_descriptor {
    std::string_view name;
    bool oneway = false;
    bool idempotent = false;
};

/// One per interface type, with static lifetime; or made at run time from a schema.
struct interface_descriptor {
    std::string_view name;
    std::span<const method_descriptor> methods;
    /// The closure of the interface: everything that its methods mention.
    const schema::document& (*document)(const interface_descriptor&);
    /// SHA-256 of that closure's canonical form.
    const digest& (*schema_digest)(const interface_descriptor&);
    /// A servant that passes each call on to `target`, an object of this interface that lives elsewhere.
    intrusive_ptr<servant> (*make_forwarder)(const interface_descriptor&, object_core& target);
    /// What the descriptor is part of: the dynamic_schema of one made at run time, which objects keep alive. Null
    /// where it lives as long as the program.
    const ref_counted* owner = nullptr;
    /// What its document is made of, where the program declared it in C++; else null.
    const detail::interface_plan* plan = nullptr;
};

} // namespace beckon
