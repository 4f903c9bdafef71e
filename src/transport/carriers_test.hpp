// What transports that run over another one are tested on: tcp with its system calls, and memory without.
#pragma once

#include "beckon/transport/memory/memory.hpp"
#include "beckon/transport/tcp/tcp.hpp"
