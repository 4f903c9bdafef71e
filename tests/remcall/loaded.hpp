// Schemas of the vectors, as programs load them at run time, and objects without generated code.
#pragma once

#include <string>
#include <string_view>

#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/dynamic_servant.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "wire_peer.hpp"

namespace remcall_test {

[[nodiscard]] inline beckon::dynamic_interface main_of(std::string_view schema) {
    const bytes encoded = from_hex(named("schemas", schema)["hex"].string());
    const auto read = beckon::schema::remcall::read(encoded);
    EXPECT_TRUE(read) << schema;
    auto document = beckon::schema::remcall::to_document(read->document);
    EXPECT_TRUE(document) << schema << ": " << document.error().to_string();
    return *beckon::dynamic_interface::create(std::move(*document), "Main");
}

/// A main object whose methods give back their first arguments.
[[nodiscard]] inline beckon::object echoing_main(std::string_view schema) {
    const beckon::dynamic_interface main = main_of(schema);
    beckon::dynamic_handlers handlers;
    for (const auto& method : main.declaration().methods) {
        handlers[method.name] = [gives = method.result.kind](const beckon::call_arguments& given) {
            return gives == beckon::schema::kind::void_ ? value() : given[0];
        };
    }
    return *beckon::make_dynamic_object(main, std::move(handlers));
}

} // namespace remcall_test
