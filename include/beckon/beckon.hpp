// All that most programs need: interfaces, references, servers and clients of the native protocol.
#pragma once

#include "beckon/object/stream.hpp"
#include "beckon/service/connect.hpp"
#include "beckon/service/server.hpp"
