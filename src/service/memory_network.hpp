// The network of `memory:` endpoints that a context has, made where the transports are known.
#pragma once

#include <memory>

namespace beckon {

namespace transport::memory {
class network;
}

[[nodiscard]] std::shared_ptr<transport::memory::network> make_memory_network();

} // namespace beckon
