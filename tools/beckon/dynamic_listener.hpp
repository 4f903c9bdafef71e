// `@events` for peers that ask no interface of an object: it has every method that anybody calls.
#pragma once

#include <functional>
#include <memory>

#include "dynamic_peer.hpp"

namespace command {

/// An object that prints {"method": name, "arguments": [...]} for each call, and {"named": {...}} with it where there
/// are arguments by name; its results are null. Called itself, as a function is, it prints "__call__" for the name.
///
/// `held` lives as long as the object.
[[nodiscard]] beckon::object make_dynamic_listener(std::shared_ptr<const dynamic_peer> peer,
                                                   std::shared_ptr<void> held);

} // namespace command
