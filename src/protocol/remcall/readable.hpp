// What remcall's messages say, in recordings.
#pragma once

#include <memory>

#include "beckon/base/result.hpp"
#include "beckon/schema/schema.hpp"
#include "session/teller.hpp"

namespace beckon::remcall {

/// By both sides' schema, which says where messages end; it has an interface called Main. Null without one.
///
/// Errors: unsupported, naming what of it remcall cannot say.
[[nodiscard]] result<std::unique_ptr<teller>>
make_teller(std::shared_ptr<const schema::document> schema);

} // namespace beckon::remcall
