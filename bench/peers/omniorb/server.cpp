// One thread for each connection, omniORB's default and its fastest: no hand-over of a request from
// the thread that read it. A connection with several calls in flight gets more threads.

#include <omniORB4/CORBA.h>

#include <atomic>
#include <cstdio>
#include <string>

#include "bench.hh"
#include "common/server.hpp"
#include "free_port.hpp"

namespace {

PortableServer::POA_var objects;

class counter_servant final : public POA_bench_wire::Counter,
                              public PortableServer::RefCountServantBase {
public:
    explicit counter_servant(CORBA::LongLong start) : value_(start) {}

    CORBA::LongLong increment(CORBA::LongLong by) override { return value_ += by; }

    void destroy() override {
        const PortableServer::ObjectId_var id = objects->servant_to_id(this);
        objects->deactivate_object(id);
    }

private:
    std::atomic<CORBA::LongLong> value_;
};

class bench_servant final : public POA_bench_wire::Bench,
                            public PortableServer::RefCountServantBase {
    bench_wire::Octets* echo(const bench_wire::Octets& given) override {
        // omniORB owns the reply's buffer and frees it, so it has to be one of its own.
        return new bench_wire::Octets(given);
    }

    bench_wire::Counter_ptr make(CORBA::LongLong start) override {
        auto* servant = new counter_servant(start);
        const PortableServer::ObjectId_var id = objects->activate_object(servant);
        servant->_remove_ref(); // the adapter holds it until destroy
        return servant->_this();
    }

    bench_wire::Bench_ptr next() override { return _this(); }
};

} // namespace

int main(int argc, char** argv) {
    try {
        const std::uint16_t port = free_port();
        const std::string endpoint = "giop:tcp:127.0.0.1:" + std::to_string(port);
        const char* settings[][2] = {{"endPoint", endpoint.c_str()},
                                     {"maxServerThreadPerConnection", "64"},
                                     {nullptr, nullptr}};
        int no_arguments = argc > 0 ? 1 : 0; // ours are not for the ORB
        CORBA::ORB_var orb = CORBA::ORB_init(no_arguments, argv, "omniORB4", settings);
        CORBA::Object_var found = orb->resolve_initial_references("RootPOA");
        objects = PortableServer::POA::_narrow(found);
        // Objects of this adapter keep the names they are given, so corbaloc URLs can reach them.
        found = orb->resolve_initial_references("omniINSPOA");
        PortableServer::POA_var named = PortableServer::POA::_narrow(found);
        const PortableServer::ObjectId_var name = PortableServer::string_to_ObjectId("bench");
        named->activate_object_with_id(name, new bench_servant);
        PortableServer::POAManager_var(objects->the_POAManager())->activate();
        PortableServer::POAManager_var(named->the_POAManager())->activate();
        bench::announce(port);
        bench::wait_for_the_end();
    } catch (const CORBA::Exception& failure) {
        std::fprintf(stderr, "omniorb-server: %s\n", failure._name());
        return 1;
    }
}
