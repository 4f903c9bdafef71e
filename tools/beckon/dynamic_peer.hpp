// A peer of a protocol without schemas, as the command sees it: objects that are asked for what they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/object/operate.hpp"
#include "beckon/service/connect.hpp"

namespace command {

/// What an object is to the command, by the name of its type alone.
enum class object_kind {
    list,     ///< Printed item by item: Python's list, set and their like.
    map,      ///< Printed key by key.
    iterator, ///< Gives its items once.
    function, ///< A function or a method of an object.
    other,
};
[[nodiscard]] object_kind kind_of(std::string_view type_name) noexcept;

/// What an object says of itself: its methods and their documentation, null where there is none.
struct self_description {
    std::vector<std::pair<std::string, beckon::value>> methods;

    [[nodiscard]] bool has(std::string_view method) const noexcept;
    [[nodiscard]] bool is_callable() const noexcept { return has("__call__"); }
    /// Classes have what their instances have, and this besides.
    [[nodiscard]] bool is_class() const noexcept { return has("__subclasses__"); }
    [[nodiscard]] bool is_iterator() const noexcept { return has("__next__") && !is_class(); }
};
[[nodiscard]] self_description read_description(const beckon::value& described);

/// What RPyC's services put before the names that they show; callers leave it away.
inline constexpr std::string_view exposed_prefix = "exposed_";

/// Errors: functions that give no result<T> or future throw failure.
/// Thread-safety: all functions, from any thread.
class dynamic_peer {
public:
    /// Asks for the peer's first object, which shows whether it speaks the protocol at all.
    explicit dynamic_peer(beckon::connected session,
                          std::optional<beckon::nanoseconds> timeout = {});

    [[nodiscard]] const beckon::connected& session() const noexcept { return session_; }
    [[nodiscard]] const beckon::object& root() const noexcept { return root_; }
    [[nodiscard]] bool is_over() const;

    [[nodiscard]] beckon::future<beckon::value> start(const beckon::object& target,
                                                      beckon::dynamic_request request) const;
    [[nodiscard]] beckon::result<beckon::value> ask(const beckon::object& target,
                                                    beckon::dynamic_request request) const;
    /// What it says of itself; nothing where it cannot.
    [[nodiscard]] self_description describe(const beckon::object& target) const;

    enum class names {
        all,
        reachable, ///< Where a service exposes some, those alone.
    };
    /// The names of its attributes as callers write them, each once; private ones are left out.
    [[nodiscard]] beckon::result<std::vector<std::string>> names_of(const beckon::object& target,
                                                                    names which = names::all) const;

    /// Follows names with dots between them, from an object on; the object itself where there are none.
    [[nodiscard]] beckon::value find(const beckon::object& from, std::string_view path) const;

private:
    [[nodiscard]] beckon::error with_names(beckon::error what, const beckon::object& target) const;

    beckon::connected session_;
    beckon::call_options options_;
    beckon::object root_;
};

/// The type of an object, as its side names it: "builtins.list"; empty where it does not say.
[[nodiscard]] std::string type_of(const beckon::object& target);

} // namespace command
