// All that programs need which speak pyrpc: the core, objects as a dynamic language has them, and the client with its names.
#pragma once

#include "beckon/beckon.hpp"
#include "beckon/object/dynamic.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/protocol/pyrpc/client.hpp"
#include "beckon/protocol/pyrpc/logging.hpp"
#include "beckon/protocol/pyrpc/pyrpc.hpp"
