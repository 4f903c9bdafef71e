// What a program chooses for its RPyC conversations (docs/wire/rpyc.md, section 11). Nothing of it is told to the peer:
// each side has options of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace beckon::rpyc {

/// The two layouts of a message. Peers of different dialects do not understand each other.
enum class dialect : std::uint8_t {
    v5 = 5, ///< RPyC 4.1 to 5.3.
    v6 = 6, ///< RPyC 6.
};

/// Which attributes of our objects a peer may reach; names and defaults are RPyC's. Whatever they allow, an object has what
/// it was given and nothing else; its members are what a Python class would expose. Containers that were passed are under
/// the same rules.
struct access_options {
    bool allow_getattr = true; ///< Master switch for reading, and so for calling methods.
    /// Master switches for writing and for deleting. Where nothing is said, an object decides which of its attributes may
    /// be written, as RPyC's hooks do; what has no such rules cannot be.
    std::optional<bool> allow_setattr{};
    std::optional<bool> allow_delattr{}; ///< Likewise.

    /// Members, by their name with the prefix or without. Without this only what the next three let through.
    bool allow_exposed_attrs = true;
    /// Methods of Python's operators: those in `safe_attrs`, or all that an object has where that says nothing.
    bool allow_safe_attrs = true;
    bool allow_public_attrs =
        false; ///< Members whose names do not begin with '_', without the prefix.
    bool allow_all_attrs = false; ///< All members.

    /// Must not be empty: every name begins with the empty prefix, so that nothing would be refused.
    std::string exposed_prefix = "exposed_";
    /// Nothing: the 80 names of Python's operators that RPyC takes for harmless, and what else of that kind an object has.
    std::optional<std::vector<std::string>> safe_attrs{};
};

/// What a peer learns of our failures besides their type, message and fields.
struct exception_options {
    /// The notes and the stack trace of an error. They may name files, hosts and objects.
    bool send_traceback = false;
    /// The version of RPyC to claim, such as "6.0.1"; empty tells none.
    std::string version{};
};

struct options {
    /// What a client begins with. A server speaks as its client does, and begins so where it speaks first.
    rpyc::dialect dialect = rpyc::dialect::v6;
    /// Whether messages above 3000 bytes are compressed, as RPyC always does. Worth it where the network is slower than
    /// the processor; what does not shrink goes plain in any case. Compressed messages of a peer are always read.
    bool compress = false;
    /// RPyC's experiment of the same name: each message names its threads. Both sides must agree beforehand.
    bool bind_threads = false;
    /// Memory of lists, dicts and sets of ours that the peer holds, all together. Beyond that they do not grow any more.
    std::size_t max_held_bytes = std::size_t{256} << 20;
    access_options access{};
    exception_options exceptions{};
};

} // namespace beckon::rpyc
