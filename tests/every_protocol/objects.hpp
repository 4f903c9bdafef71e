// The objects that are published: of a class, by a schema alone, and by names alone.
#pragma once

#include <memory>
#include <string_view>

#include "every_protocol/types.hpp"

namespace every_protocol {

/// "huge", "infinity".
[[nodiscard]] beckon::value made_value(std::string_view which);

[[nodiscard]] beckon::ref<Every> typed_object();
/// Handlers by names, under the interface as a schema that is known at run time.
[[nodiscard]] beckon::object object_by_schema();
/// Of methods that nobody has described.
[[nodiscard]] beckon::object built_object();
/// The same, under the interface.
[[nodiscard]] beckon::object described_object();

} // namespace every_protocol
