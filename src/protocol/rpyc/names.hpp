// Names that RPyC peers treat apart (docs/wire/rpyc.md, sections 8.2, 8.4 and 11.1).
#pragma once

#include <span>
#include <string_view>

namespace beckon::rpyc {

inline constexpr std::string_view builtins_prefix = "builtins.";

/// The attributes that a peer may reach by default, "__add__" to "next"; sorted.
[[nodiscard]] std::span<const std::string_view> safe_attributes() noexcept;
/// The names that a Python proxy keeps to itself: never listed by INSPECT; sorted.
[[nodiscard]] std::span<const std::string_view> local_attributes() noexcept;
/// The classes that Python peers know the methods of, so that they send no INSPECT; without "builtins."; sorted.
[[nodiscard]] std::span<const std::string_view> pregenerated_classes() noexcept;

[[nodiscard]] bool is_safe_attribute(std::string_view name) noexcept;
[[nodiscard]] bool is_local_attribute(std::string_view name) noexcept;
/// Of a whole name: "builtins.function".
[[nodiscard]] bool is_pregenerated_class(std::string_view name) noexcept;

} // namespace beckon::rpyc
