// What a side that publishes nothing shows to a peer that asks for its root.
#pragma once

#include "beckon/value/referent.hpp"

namespace beckon::rpyc {

/// An object that gives no power away, yet lets a peer go on that probes us as a classic server does with its clients
/// before it serves them (docs/wire/rpyc.md, section 12.6): it has what such a server looks for, and each of it is
/// nothing, or does nothing when called.
[[nodiscard]] intrusive_ptr<referent> make_blank_root();

} // namespace beckon::rpyc
