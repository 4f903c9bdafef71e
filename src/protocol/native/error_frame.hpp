// The content of error, go-away and stream end frames.
#pragma once

#include "beckon/base/error.hpp"
#include "beckon/codec/native/reader.hpp"
#include "beckon/codec/native/writer.hpp"

namespace beckon::native {

void put_error(writer& out, const error& failure);
[[nodiscard]] error read_error(reader& in);

} // namespace beckon::native
