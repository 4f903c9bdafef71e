// The conformance service as a main object of remcall.
#pragma once

#include "conformance/remcall_types.hpp"

namespace conformance::remcall {

/// An object that implements the interface above by what `of` does.
[[nodiscard]] beckon::ref<Main> make_main(beckon::ref<Conformance> of);

/// Publishes it as `Main`, beside the service that is there as `conformance`.
void publish(beckon::server& at);

} // namespace conformance::remcall
