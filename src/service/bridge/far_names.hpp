// The objects of a peer on the far side of a bridge, by the names that the near side asks for.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "beckon/object/servant.hpp"
#include "beckon/object/task.hpp"
#include "beckon/service/connect.hpp"
#include "beckon/service/directory.hpp"
#include "service/bridge/known_types.hpp"

namespace beckon::bridging {

/// How a peer's objects are found.
enum class naming : std::uint8_t {
    unknown,   ///< It is not there, or not any more.
    directory, ///< It lists them, with their interfaces.
    by_root,   ///< As attributes of one.
    by_path,   ///< As parts of method names; the peer is not asked before.
    single,    ///< It has one; both sides know its interface beforehand.
};

/// Those objects whose interfaces are known are published here; of the others the root is passed on.
///
/// Thread-safety: all functions, from any thread.
class far_names : public std::enable_shared_from_this<far_names> {
public:
    explicit far_names(std::shared_ptr<known_types> types) : types_(std::move(types)) {}

    /// The peer is there. Nothing is asked yet.
    void arrive(const connected& peer);
    /// It has gone, or never came.
    void leave(error why);
    /// Runs where a call is refused since it is not there. Before any can come.
    void on_refusal(function<void()> told) { refused_ = std::move(told); }
    /// Why it is not there, for a call that wants it. REQUIRES: no session's lock is held.
    [[nodiscard]] error refusal();

    [[nodiscard]] naming how() const;
    /// Errors: disconnected, while it is not there.
    [[nodiscard]] result<connected> peer() const;
    /// The root where its interface is not known; of a peer that has to be asked for it, the object to ask. Null where it is
    /// not there.
    [[nodiscard]] object untyped_root() const;
    [[nodiscard]] const std::shared_ptr<publications>& typed() const noexcept { return typed_; }
    /// The root as an object with an interface; null where that is not known.
    [[nodiscard]] intrusive_ptr<object_core> typed_root() const;

    /// Asks the peer what it has, and publishes that here. Of a peer that cannot be asked, what the user's schema says of it.
    [[nodiscard]] static task<void> learn(std::shared_ptr<far_names> self);
    /// The object of that name as one of an interface of the user's schema; null where the schema has no such interface.
    [[nodiscard]] static task<object> find_as(std::shared_ptr<far_names> self, std::string name,
                                              std::string interface);

private:
    [[nodiscard]] static task<void> learn_from_directory(std::shared_ptr<far_names> self,
                                                         connected peer);
    [[nodiscard]] static task<void> learn_from_schema(std::shared_ptr<far_names> self,
                                                      connected peer);
    [[nodiscard]] static task<object> find_untyped(connected peer, naming how, std::string name);
    void keep_root(intrusive_ptr<object_core> root);

    const std::shared_ptr<known_types> types_;
    const std::shared_ptr<publications> typed_ = std::make_shared<publications>();
    function<void()> refused_;
    mutable std::mutex mutex_;
    connected peer_;
    naming how_ = naming::unknown;
    std::optional<error> gone_;
    intrusive_ptr<object_core> typed_root_;
};

} // namespace beckon::bridging
