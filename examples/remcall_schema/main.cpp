// A schema of remcall, loaded while the program runs: served and called by name, without generated code.
#include <beckon/beckon.hpp>
#include <beckon/object/dynamic_call.hpp>
#include <beckon/object/dynamic_interface.hpp>
#include <beckon/object/dynamic_servant.hpp>
#include <beckon/schema/parse.hpp>
#include <beckon/schema/remcall/binary.hpp>
#include <beckon/schema/remcall/calls.hpp>
#include <beckon/schema/remcall/convert.hpp>

#include <iostream>

namespace remcall = beckon::schema::remcall;
using beckon::value;

// As remcall prints it; the label is ours.
constexpr std::string_view text = R"(label "greetings";

enum Mood {
  calm,
  merry,
}

interface Main {
  void forget(string name);
  string greet(string name, Mood mood);
})";

// What `beckon compile greet.bk --remcall -o .` writes into greet.remcall.
beckon::bytes compiled() {
    const auto document = beckon::schema::parse(text, "greet.bk").value();
    return remcall::write(remcall::from_document(document).value().document).value();
}

int main() {
    const remcall::read_schema read = remcall::read(compiled()).value();
    std::cout << "label: " << read.document.label << "\n";
    const remcall::call_numbers numbers(read.document);
    const auto greet = remcall::find_method(read.document, "Main", "greet");
    std::cout << "calls of greet have the number " << numbers.number_of(*greet) << "\n";

    const beckon::schema::document document = remcall::to_document(read.document).value();
    const auto main = beckon::dynamic_interface::create(document, "Main").value();

    // An implementation by name. It lacks `forget`.
    beckon::dynamic_handlers handlers;
    handlers["greet"] = [](const beckon::call_arguments& given) {
        const bool merry = given["mood"].name() == "merry";
        return value((merry ? "Hey, " : "Good day, ") + given["name"].as<std::string>());
    };
    beckon::server server;
    server.publish("greeter", beckon::make_dynamic_object(main, std::move(handlers)).value());
    const std::string endpoint = server.listen("memory:greeter");

    // A proxy by name.
    const beckon::connected session = beckon::connect(endpoint);
    const beckon::object greeter = session.services()->get("greeter", "", {});
    main.bind(greeter).value();
    const value greeting =
        beckon::call_dynamic(greeter, "greet", value::list({"Ada", "merry"})).get();
    std::cout << greeting.string() << "\n";
    const auto lacking = beckon::call_dynamic_and_wait(greeter, "forget", value::list({"Ada"}));
    std::cout << "forget: " << to_string(lacking.error().code()) << "\n";
}
