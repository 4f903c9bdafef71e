// All that programs need which speak MessagePack-RPC: the core, objects as a dynamic language has them, and Neovim.
#pragma once

#include "beckon/beckon.hpp"
#include "beckon/object/dynamic.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/protocol/msgpackrpc/msgpackrpc.hpp"
#include "beckon/protocol/msgpackrpc/neovim.hpp"
