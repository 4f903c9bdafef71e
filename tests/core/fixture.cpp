#include "core/fixture.hpp"

namespace beckon::core_test {

serving::serving(std::shared_ptr<context> in, limits allowed)
    : inside(in ? std::move(in) : *context::create({.log = log})),
      lab_object(std::make_shared<lab>()), slow_object(std::make_shared<slow>()),
      there(server_options{inside, allowed, nullptr, false}) {
    lab_object->self = make_ref<Lab>(lab_object);
    there.publish("lab", object(lab_object->self));
    there.publish<Slow>("slow", slow_object);
}

serving::~serving() {
    there.stop();
    there.withdraw("lab");
    there.withdraw("slow");
    lab_object->self = {};
    lab_object->keep({});
    const std::weak_ptr<lab> left = lab_object;
    const std::weak_ptr<slow> also_left = slow_object;
    lab_object.reset();
    slow_object.reset();
    EXPECT_TRUE(eventually([&] { return left.expired() && also_left.expired(); }))
        << "the server's objects are held by somebody";
}

} // namespace beckon::core_test
