// What a server of basic-socket-rpc does: its commands, whom it lets in, and the data that they share.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "beckon/codec/basic/payload.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/service/basic_socket/command.hpp"
#include "beckon/value/value.hpp"

namespace beckon::basic {

/// Data of a service that has none.
struct no_data {};

namespace detail {

/// What a command may use besides its arguments.
struct call_place {
    void* shared = nullptr;
    void* local = nullptr;
    std::mutex* lock = nullptr; ///< Of the shared data.
};
using command_body = std::function<result<value>(byte_view arguments, const call_place& place)>;

/// What a handler gave, until it is written.
template <typename Command, typename Given>
class written_result final : public unwritten {
public:
    written_result(const Command& what, Given&& given)
        : what_(what), given_(std::forward<Given>(given)) {}

    [[nodiscard]] result<void> write(buffer& out) noexcept override {
        try {
            auto done = what_.outcome.write(out, given_);
            if (!done) done.error().note(concat("writing the result of ", what_.describe()));
            return done;
        } catch (...) {
            return error_of_current_exception();
        }
    }

private:
    const Command what_;
    const Given given_;
};

/// A service without its types.
struct service_parts {
    struct entry {
        std::string name;
        command_body body;
    };
    std::map<std::uint16_t, entry> commands;
    std::function<std::shared_ptr<void>()> make_shared;
    std::function<std::shared_ptr<void>()> make_local;
    std::function<void(void* shared)> on_server_close;
    std::function<bool(void* shared, void* local)> on_client_connect;
    std::function<void(void* shared, void* local)> on_client_disconnect;
    std::size_t max_sessions = 0; ///< 0: any number.
    nanoseconds patience{0};
};

} // namespace detail

/// A service, put together.
///
///   basic::service<stock, visitor> shop;
///   shop.respond(hello, [](const std::string& name) { return "hello " + name; })
///       .respond(take, [](stock& shared, visitor& mine, std::uint32_t count) { return shared.take(mine.name, count); })
///       .exclusive();
///   basic::server served(shop, "127.0.0.1", 11599);
///
/// `Shared` is made once for a server, `Local` for each connection; both by their default constructors unless
/// `on_server_init` or `local` says how.
///
/// Handlers of one connection run one at a time, in order; those of several connections beside each other. One that takes the
/// data, `(Shared&, Local&, arguments...)`, runs under the server's lock, and so do on_client_connect and
/// on_client_disconnect: they are to be short. What a handler throws reaches the caller with its class's name.
///
/// Thread-safety: none. A server has a copy.
template <typename Shared = no_data, typename Local = no_data>
class service {
public:
    /// Of two with one number the later holds.
    template <serializer Arguments, serializer Result, typename Handler>
    service& respond(const command_form<Arguments, Result>& what, Handler handler) {
        parts_.commands[what.number] = {std::string(what.name), body_of(what, std::move(handler))};
        return *this;
    }
    service& on_server_init(std::function<Shared()> make) {
        parts_.make_shared = [make = std::move(make)] {
            return std::static_pointer_cast<void>(std::make_shared<Shared>(make()));
        };
        return *this;
    }
    /// How the data of one connection is made.
    service& local(std::function<Local()> make) {
        parts_.make_local = [make = std::move(make)] {
            return std::static_pointer_cast<void>(std::make_shared<Local>(make()));
        };
        return *this;
    }
    service& on_server_close(std::function<void(Shared&)> told) {
        parts_.on_server_close = [told = std::move(told)](void* shared) {
            told(*static_cast<Shared*>(shared));
        };
        return *this;
    }
    /// Whether a client is let in; asked again each time that it asks, after there is a place for it. One that throws is
    /// told why, and disconnected.
    service& on_client_connect(std::function<bool(Shared&, Local&)> decide) {
        parts_.on_client_connect = [decide = std::move(decide)](void* shared, void* local) {
            return decide(*static_cast<Shared*>(shared), *static_cast<Local*>(local));
        };
        return *this;
    }
    /// Once for each connection, whether it was let in or not.
    service& on_client_disconnect(std::function<void(Shared&, Local&)> told) {
        parts_.on_client_disconnect = [told = std::move(told)](void* shared, void* local) {
            told(*static_cast<Shared*>(shared), *static_cast<Local*>(local));
        };
        return *this;
    }
    /// No more clients are let in at a time. The others wait, first come first served, each until it asks again; one
    /// that has not asked for as long as `patience` has lost its place.
    service& max_sessions(std::size_t most, nanoseconds patience = std::chrono::seconds(60)) {
        parts_.max_sessions = most;
        parts_.patience = patience;
        return *this;
    }
    /// One at a time.
    service& exclusive(nanoseconds patience = std::chrono::seconds(60)) {
        return max_sessions(1, patience);
    }

    [[nodiscard]] detail::service_parts parts() const {
        detail::service_parts made = parts_;
        if (!made.make_shared) {
            made.make_shared = [] {
                return std::static_pointer_cast<void>(std::make_shared<Shared>());
            };
        }
        if (!made.make_local) {
            made.make_local = [] {
                return std::static_pointer_cast<void>(std::make_shared<Local>());
            };
        }
        return made;
    }

private:
    template <typename Handler, typename Tuple>
    struct takes_data;
    template <typename Handler, typename... Given>
    struct takes_data<Handler, std::tuple<Given...>>
        : std::is_invocable<Handler&, Shared&, Local&, Given...> {};

    template <typename Arguments>
    [[nodiscard]] static auto spread(typename Arguments::type read) {
        if constexpr (is_seq<Arguments>::value) {
            return read;
        } else {
            return std::tuple<typename Arguments::type>(std::move(read));
        }
    }
    template <typename Arguments, typename Result, typename Handler>
    [[nodiscard]] static detail::command_body body_of(const command_form<Arguments, Result>& what,
                                                      Handler handler) {
        return [what, handler = std::move(handler)](
                   byte_view payload, const detail::call_place& place) mutable -> result<value> {
            BECKON_ASSIGN(auto read, what.read_arguments(payload));
            auto given = spread<Arguments>(std::move(read));
            const auto run = [&] { return call(handler, std::move(given), place); };
            if constexpr (std::is_void_v<decltype(run())>) {
                static_assert(std::is_same_v<Result, nothing_form>,
                              "the handler gives nothing, and its command has a result");
                run();
                return value();
            } else {
                return value(intrusive_ptr<referent>(
                    make_counted<
                        detail::written_result<command_form<Arguments, Result>, decltype(run())>>(
                        what, run())));
            }
        };
    }
    template <typename Handler, typename Tuple>
    static auto call(Handler& handler, Tuple&& given, const detail::call_place& place) {
        if constexpr (takes_data<Handler, std::remove_cvref_t<Tuple>>::value) {
            const std::lock_guard lock(*place.lock);
            return std::apply(handler, std::tuple_cat(std::tie(*static_cast<Shared*>(place.shared),
                                                               *static_cast<Local*>(place.local)),
                                                      std::forward<Tuple>(given)));
        } else {
            return std::apply(handler, std::forward<Tuple>(given));
        }
    }

    detail::service_parts parts_;
};

} // namespace beckon::basic
