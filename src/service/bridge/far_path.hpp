// Objects of a peer that addresses methods by path, for peers that take hold of attributes first.
#pragma once

#include <memory>
#include <string>

#include "beckon/object/servant.hpp"
#include "service/bridge/far_names.hpp"

namespace beckon::bridging {

/// What "calculator" is in `root.calculator.add(1, 2)` for a peer that knows the method "calculator.add" alone: it can be called,
/// and has every attribute, each of which is such an object again.
[[nodiscard]] intrusive_ptr<servant> make_far_path(std::shared_ptr<far_names> names,
                                                   std::string path);

} // namespace beckon::bridging
