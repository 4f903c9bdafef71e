// basic-socket-rpc in C++: commands, their serializers, clients and servers.
#pragma once

#include "beckon/beckon.hpp"
#include "beckon/codec/basic/serializers.hpp"
#include "beckon/object/python_errors.hpp"
#include "beckon/protocol/basic/basic.hpp"
#include "beckon/service/basic_socket/client.hpp"
#include "beckon/service/basic_socket/command.hpp"
#include "beckon/service/basic_socket/server.hpp"
