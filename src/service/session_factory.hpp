// What connecting and listening have in common: the protocols by name, and what is shown to those who speak them.
#pragma once

#include <memory>

#include "beckon/io/endpoint.hpp"
#include "beckon/service/directory.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

/// The protocol that an endpoint names. Errors: unsupported, with the names there are; invalid_argument, for its options.
[[nodiscard]] result<std::unique_ptr<protocol>> make_protocol(const io::endpoint& where);

/// How many ways there are to speak the protocol that an endpoint names to a server that cannot be asked first.
[[nodiscard]] std::size_t ways_to_speak(const io::endpoint& where);
/// The protocol in one of those ways. REQUIRES: way < ways_to_speak(where).
[[nodiscard]] result<std::unique_ptr<protocol>> make_protocol(const io::endpoint& where,
                                                              std::size_t way);

/// What this side shows to a peer first: in the native protocol the directory, in others the root object.
class shown_object {
public:
    /// Null: nothing is shown.
    explicit shown_object(const std::shared_ptr<publications>& published);
    [[nodiscard]] const intrusive_ptr<servant>& to(const protocol& spoken) const noexcept {
        return spoken.traits().dynamic ? root_ : directory_;
    }

private:
    intrusive_ptr<servant> directory_;
    intrusive_ptr<servant> root_;
};

} // namespace beckon
