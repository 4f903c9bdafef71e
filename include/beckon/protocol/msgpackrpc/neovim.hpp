// Neovim behind its API.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "beckon/object/dynamic.hpp"
#include "beckon/object/object.hpp"

namespace beckon::msgpackrpc {

/// Drives an editor:
///
///   auto conversation = beckon::connect("msgpack+exec:nvim --embed --headless");
///   beckon::msgpackrpc::neovim editor(conversation.root());
///   dynamic buffer = editor.call("get_current_buf");
///   buffer.call("set_lines", 0, -1, false, std::vector<std::string>{"one", "two"});   // nvim_buf_set_lines
///   auto lines = buffer.call("get_lines", 0, -1, false).as<std::vector<std::string>>();
///
/// The constructor asks the editor what it has. From then on the buffers, windows and tab pages in all that comes through
/// the conversation are objects: calls of their methods are calls of `nvim_buf_...` and so on, with the object first; passed as
/// arguments they are themselves. Their interface can be a C++ one as well, `ref<Buffer>`.
///
/// What the editor calls back, with rpcnotify and rpcrequest on `channel()`, are the methods of the object that this program
/// publishes as its root (connect_options::published).
///
/// Errors: thrown, as by `dynamic`: remote_error with the editor's text and "Exception" or "Validation" as type_name;
/// unknown_method and invalid_argument where it says so.
/// Thread-safety: all functions, from any thread.
class neovim {
public:
    /// `root` is what connected::root gives. Throws where it is not Neovim's.
    explicit neovim(const object& root);

    /// A function of its API by its name, which may lack the "nvim_" in front.
    template <typename... Arguments>
    dynamic call(std::string_view function, Arguments&&... arguments) const {
        return root_.call(full_name(function), std::forward<Arguments>(arguments)...);
    }
    [[nodiscard]] const dynamic& root() const noexcept { return root_; }

    /// The number by which the editor knows this conversation: for its rpcnotify and rpcrequest.
    [[nodiscard]] std::int64_t channel() const noexcept { return channel_; }
    /// What nvim_get_api_info tells: `version`, `functions`, `types` and more.
    [[nodiscard]] const value& metadata() const noexcept { return metadata_; }

private:
    [[nodiscard]] static std::string full_name(std::string_view function);

    dynamic root_;
    std::int64_t channel_ = 0;
    value metadata_;
};

} // namespace beckon::msgpackrpc
