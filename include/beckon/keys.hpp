// All that programs need that hold users' keys: key files, and signed and sealed messages by object.
#pragma once

#include "beckon/beckon.hpp"
#include "beckon/security/keys/key_ring.hpp"
#include "beckon/security/keys/keys.hpp"
