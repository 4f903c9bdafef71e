// What a bridge shows peers of dynamic protocols: the root of the other side, and what is published there.
#pragma once

#include <memory>

#include "beckon/object/servant.hpp"
#include "service/bridge/far_names.hpp"

namespace beckon::bridging {

/// Objects whose interfaces are known are called by those. Everything else is asked of the other side as it is, in the terms
/// of its protocol: "object.method" of a peer that has attributes goes from one to the next. `keeps` lives as long as this.
[[nodiscard]] intrusive_ptr<servant> make_far_root(std::shared_ptr<far_names> names,
                                                   std::shared_ptr<void> keeps = {});

} // namespace beckon::bridging
