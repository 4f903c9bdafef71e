// All that programs need which speak JSON-RPC: the core, objects as a dynamic language has them, errors with numbers.
#pragma once

#include "beckon/beckon.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/object/callable.hpp"
#include "beckon/object/dynamic.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/protocol/jsonrpc/error.hpp"
#include "beckon/protocol/jsonrpc/jsonrpc.hpp"
#include "beckon/protocol/jsonrpc/notify.hpp"
