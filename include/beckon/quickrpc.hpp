// quickrpc in C++: RemoteAPI with its transports and promises, and the protocol behind it.
#pragma once

#include "beckon/beckon.hpp"
#include "beckon/protocol/quickrpc/quickrpc.hpp"
#include "beckon/service/remote_api/action_queue.hpp"
#include "beckon/service/remote_api/promise.hpp"
#include "beckon/service/remote_api/remote_api.hpp"
#include "beckon/service/remote_api/transport.hpp"
#include "beckon/session/message_security.hpp"
