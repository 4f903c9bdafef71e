// A stream of the items of an object elsewhere: pulled in batches, as they are wanted.
#pragma once

#include "beckon/object/materialize.hpp"
#include "beckon/object/object.hpp"
#include "beckon/object/stream.hpp"

namespace beckon::detail {

/// `item` is the type of each item, which are fetched by value where it wants that.
[[nodiscard]] intrusive_ptr<stream_source<value>>
make_iterable_source(object iterable, const schema::document& document, const schema::type& item,
                     const materialize_options& options);

/// The peer that an object is at; null for one of this process.
[[nodiscard]] peer* session_of(const object& target) noexcept;

} // namespace beckon::detail
