// The smallest server that a user would write: one method that greets.

#include <omniORB4/CORBA.h>

#include <cstdio>
#include <string>

#include "hello.hh"

class greeter final : public POA_Hello {
    char* say(const char* name) override {
        return CORBA::string_dup((std::string("hello ") + name).c_str());
    }
};

int main(int argc, char** argv) {
    const char* settings[][2] = {{"endPoint", "giop:tcp:127.0.0.1:"}, {nullptr, nullptr}};
    CORBA::ORB_var orb = CORBA::ORB_init(argc, argv, "omniORB4", settings);
    CORBA::Object_var found = orb->resolve_initial_references("RootPOA");
    PortableServer::POA_var objects = PortableServer::POA::_narrow(found);
    auto* servant = new greeter;
    const PortableServer::ObjectId_var id = objects->activate_object(servant);
    const CORBA::Object_var self = servant->_this();
    const CORBA::String_var reference = orb->object_to_string(self);
    PortableServer::POAManager_var(objects->the_POAManager())->activate();
    std::printf("ready %s\n", static_cast<const char*>(reference));
    std::fflush(stdout);
    orb->run();
}
