// How a quickrpc conversation is held.
#pragma once

#include <cstddef>
#include <memory>

namespace beckon {
class message_rules;
class message_security;
} // namespace beckon

namespace beckon::quickrpc {

class codec;

struct options {
    /// Null: jrpc with a NUL behind each message, the original's default.
    std::shared_ptr<const quickrpc::codec> codec{};
    /// Protects each message and judges those that come, by headers "rpc.secinfo". Belongs to one conversation. Null: none;
    /// messages that come secured are refused then.
    std::shared_ptr<message_security> security{};
    /// Numbers of errors as JSON-RPC gives them (-32601 for an unknown method); else 0, as the original.
    bool standard_codes = false;
    /// Messages of a peer that could not be read before it is dropped; 0: any number.
    std::size_t max_bad_messages = 0;
    /// For programs that declare methods one by one; null: peers call published objects.
    std::shared_ptr<message_rules> rules{};
};

} // namespace beckon::quickrpc
