// `@-`: standard input as a stream, one JSON text a line.
#pragma once

#include <memory>
#include <string>

#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/stream.hpp"

namespace command {

/// Reads a line when the peer wants an item, on a thread of its own.
class input_stream {
public:
    input_stream();
    ~input_stream();

    /// A value of kind stream whose items are of the schema's type.
    [[nodiscard]] beckon::value make(const beckon::dynamic_interface& interface,
                                     const beckon::schema::type& item);
    /// The same for a peer without schemas: items are what their JSON stands for.
    [[nodiscard]] beckon::value make();
    /// What was wrong with a line; empty where nothing was.
    [[nodiscard]] std::string complaint() const;

private:
    class source;
    [[nodiscard]] beckon::value stream() const;
    beckon::intrusive_ptr<source> source_;
};

} // namespace command
