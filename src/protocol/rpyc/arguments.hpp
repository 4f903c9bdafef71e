// The arguments of a request, one after the other, so that a handler's object is never taken for a plain value.
#pragma once

#include <cstddef>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/brine_reader.hpp"
#include "protocol/rpyc/identity.hpp"

namespace beckon::rpyc {

/// Takes the boxed arguments of a request apart: `open`, then `object` or `next` for each. After an error the reader is
/// of no use.
///
/// Thread-safety: none.
/// Lifetime: borrows all that it is given.
class argument_reader {
public:
    /// `in` stands at the arguments, which lie in `brine`.
    argument_reader(brine::reader& in, byte_view brine, identity_exchange& finds) noexcept
        : in_(in), brine_(brine), finds_(finds) {}

    /// How many arguments there are.
    ///
    /// Errors: protocol_error, where they are no tuple.
    [[nodiscard]] result<std::size_t> open();
    /// The identity of the object that the request is for. It must be one of ours: RPyC itself takes values too, and
    /// lets a peer call the methods of a string (section 16.2).
    ///
    /// Errors: type_mismatch, for everything but a reference to an object of ours; protocol_error.
    [[nodiscard]] result<id_pack> object();
    /// The next argument as a value.
    ///
    /// Errors: as `unbox`; protocol_error, where none is left.
    [[nodiscard]] result<value> next();
    [[nodiscard]] std::size_t left() const noexcept { return left_; }

private:
    [[nodiscard]] result<void> take_one();

    brine::reader& in_;
    byte_view brine_;
    identity_exchange& finds_;
    std::size_t left_ = 0;
    bool boxed_ = false; // each on its own; else all are plain values
};

} // namespace beckon::rpyc
