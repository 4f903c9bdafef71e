#include "session/guarded_security.hpp"

#include "object/guarded.hpp"

namespace beckon {

result<message_security::outgoing> guarded_security::protect(byte_view message) {
    return guarded([&] { return own_->protect(message); });
}

result<message_security::incoming> guarded_security::check(byte_view message,
                                                           const metadata& header) {
    return guarded([&] { return own_->check(message, header); });
}

} // namespace beckon
