// All that programs need which speak with Python: the core, objects as a dynamic language has them, RPyC and its registry.
#pragma once

#include "beckon/beckon.hpp"
#include "beckon/naming/rpyc_registry/client.hpp"
#include "beckon/naming/rpyc_registry/server.hpp"
#include "beckon/object/callable.hpp"
#include "beckon/object/containers.hpp"
#include "beckon/object/dynamic.hpp"
#include "beckon/object/dynamic_context.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/object/restricted.hpp"
#include "beckon/protocol/rpyc/classic.hpp"
#include "beckon/protocol/rpyc/redirected_stdio.hpp"
#include "beckon/protocol/rpyc/rpyc.hpp"
