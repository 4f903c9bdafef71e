// What a server or a carrier is made of: where it listens, who is connected, and who waits to be.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/service/server.hpp"
#include "beckon/session/connection.hpp"
#include "beckon/session/jobs/job_board.hpp"
#include "object/guarded.hpp"
#include "service/carrier_part.hpp"
#include "service/handshakes.hpp"
#include "service/session_factory.hpp"
#include "service/visit.hpp"

namespace beckon {

namespace detection {
struct detected;
class port_builder;
} // namespace detection

/// Of a peer on another machine, without the port.
[[nodiscard]] inline std::string address_of(const io::byte_stream& stream) {
    if (stream.is_local()) return {};
    std::string address = stream.peer_name();
    address.resize(std::min(address.rfind(':'), address.size()));
    return address;
}

/// Thread-safety: all public functions, from any thread.
class server::state : public part_host, public std::enable_shared_from_this<server::state> {
public:
    /// A server's, or a carrier's, whose options say more.
    explicit state(carrier_options settings)
        : carried(std::move(settings)), options(carried.serving),
          inside(options.context ? options.context : context::standard()),
          published(carried.published ? carried.published : std::make_shared<publications>()),
          shown(published), asks(asks_of(options)) {
        if (options.admission) options.admission->open(inside->runtime(), *published);
    }

    // Who comes: accepting.cpp
    result<std::string> listen(std::string_view text);

    /// Answers seekers until this stops or drains.
    result<std::shared_ptr<announcement>> announce(const value& description,
                                                   const announce_options& with);

    /// Whether others may listen at the same address, and what comes there is told apart. Never in beckon::core.
    /// detection/shared_port.cpp
    [[nodiscard]] bool may_share(const io::endpoint& where) const;
    result<std::string> listen_shared(const io::endpoint& where);

    // For carriers' parts: hosting.cpp
    [[nodiscard]] result<void> check(const io::endpoint& where) const override;
    [[nodiscard]] result<std::unique_ptr<protocol>> speak_at(const io::endpoint& where) const;
    /// What protects the messages of those who come there, or whom we reach there; null: nothing.
    [[nodiscard]] result<message_security_maker> security_at(const io::endpoint& where,
                                                             security_side side) const;
    [[nodiscard]] dialler dial(const io::endpoint& where, const std::string& text) const override;
    void close_owned(const void* owner, const error& reason) override;
    [[nodiscard]] io::event_loop& loop() const override { return inside->runtime()->loop(); }
    [[nodiscard]] log_sink& log() const override { return inside->runtime()->log(); }
    /// Adds a part that was made for this, and says whether it could be: not where it stops.
    bool keep(std::shared_ptr<carrier_part> part);
    void drop(const carrier_part* part);
    // The same: accepting.cpp
    [[nodiscard]] result<io::endpoint> open(const io::endpoint& where, const void* owner,
                                            function<void(error)> broken) override;
    void take(arrival come) override;

    /// One counts from the moment on in which its peer can be answered. REQUIRES: locked.
    [[nodiscard]] std::size_t conversation_count() const noexcept {
        return sessions.size() + starting_;
    }

    // Who is there: hosting.cpp
    [[nodiscard]] std::vector<intrusive_ptr<session>> peers(bool everybody) const;
    [[nodiscard]] intrusive_ptr<session> find(std::string_view name) const;
    [[nodiscard]] intrusive_ptr<session> find_by_address(std::string_view name) const;
    [[nodiscard]] result<intrusive_ptr<session>> reach(std::string_view name);

    /// The jobs of all its endpoints; made when first asked for. In beckon::core null. jobs/job_service.cpp
    [[nodiscard]] std::shared_ptr<job_board> jobs();

    // Who goes, and the end: server.cpp
    void forget();
    void drain(nanoseconds at_most);
    void stop();
    /// After `stop`: as if made anew.
    void reopen();

    /// Takes all connections, where it is a bridge's; set before any can come.
    std::weak_ptr<crossing> crosses;
    bool is_bridge = false;
    /// Of each conversation that has begun; set before any can.
    std::function<void(const intrusive_ptr<session>&)> on_begun;
    const carrier_options carried;
    const server_options& options;
    const std::shared_ptr<context> inside;
    const std::shared_ptr<publications> published;
    const shown_object shown;
    const authorizer asks; ///< Before each call of a peer; null: nobody is asked.

    mutable std::mutex mutex;
    std::condition_variable changed;
    bool stopped = false;
    bool finished = false; ///< All of `connections_in_all` have come and gone.

private:
    friend class detection::port_builder;
    struct open_listener_entry {
        std::unique_ptr<io::listener> accepts;
        io::endpoint where;
        /// As peers connect to it, with its real port; and when, among all of the server, that was told.
        std::vector<std::pair<std::uint64_t, io::endpoint>> told;
        message_security_maker security{};
        std::shared_ptr<void> shared{}; ///< See shared_at.
        /// What is served there, where others may join it: in place of `where`, `security` and `shared`. Replaced under
        /// the lock.
        std::shared_ptr<const detection::offers> among{};
        /// What others join it by: "tcp:127.0.0.1:7000", and as it was written.
        std::vector<std::string> addresses{};
        std::shared_ptr<open_listener_entry> inside_tls{}; ///< What TLS there leads to.
        std::map<std::string, std::shared_ptr<open_listener_entry>>
            inside_web{}; ///< What WebSocket there leads to, by its path.
        const void* owner = nullptr;
        function<void(error)> broken; ///< Null: told already, or nobody's part.
        io::watch_id watch{};
        bool paused = false;
        bool warned_open = false; ///< See warn_if_open: once for all that is served there.
    };
    struct open_session {
        intrusive_ptr<session> conversation;
        std::string address; ///< Without the port; empty where the peer is on this machine.
        std::string name;
        const void* owner = nullptr;
        io::audience reaches = io::audience::peer;
    };

public:
    std::vector<std::shared_ptr<open_listener_entry>> listeners;
    std::vector<open_session> sessions;

private:
    void accept(open_listener_entry& from);
    [[nodiscard]] result<void> start_accepting(const std::shared_ptr<open_listener_entry>& entry);
    /// Says whether it did.
    bool warn_if_open(const io::endpoint& real, const message_security_maker& security);
    /// Runs what may run functions of the program, on a thread of ours: what they throw ends nothing but this connection.
    template <typename Step>
    void contain(const Step& step) noexcept {
        const auto done = guarded([&]() -> result<void> {
            step();
            return {};
        });
        if (!done) log().write(log_level::warning, "BKN-CONNECT-REFUSED", done.error().to_string());
    }
    void decided(arrival come, const std::string& address, result<std::string> who);
    // Which of the protocols of an address it is for: detection/shared_port.cpp
    void route(arrival come);
    void tell_apart(arrival come, std::string caller);
    void told_apart(std::uint64_t number, arrival come, std::string caller, const std::string& peer,
                    result<detection::detected> how);
    void go_on_without();
    void fail_to_begin(std::string_view peer, const error& why);
    void stop_telling_apart();
    /// Those of an address that are not told apart yet. REQUIRES: locked.
    [[nodiscard]] std::size_t undecided_from(const std::string& address) const;
    // From a stream to a conversation: beginning.cpp
    void begin(arrival come, std::string caller);
    struct begun_session;
    [[nodiscard]] result<begun_session> make_session(arrival& come, std::string caller);
    [[nodiscard]] session_options settings_of(const arrival& come, std::string caller) const;
    void close_entries(std::vector<std::shared_ptr<open_listener_entry>> closing);
    [[nodiscard]] result<std::unique_ptr<protocol>> speak(const arrival& come) const;
    void cross(arrival come, std::string caller);
    [[nodiscard]] intrusive_ptr<servant> show(const protocol& spoken, const std::string& peer,
                                              const shown_object& published_here) const;
    void note_refused();
    void leave_alone(open_listener_entry& entry, nanoseconds length);
    void give_up(open_listener_entry& entry, error reason);
    [[nodiscard]] bool is_judged(const arrival& come) const;
    enum class which_listeners : bool { all, those_that_feed_nobody };
    /// Of the others, those who are there stay, and nobody new comes.
    void close_listeners(which_listeners which);
    // REQUIRES: locked.
    [[nodiscard]] std::string refusal(const std::string& address) const;
    [[nodiscard]] std::string refusal_to_judge(const std::string& address) const;
    void note_judged(const std::string& address);
    [[nodiscard]] bool is_full() const;
    [[nodiscard]] std::size_t left_to_come() const;
    void go_on_accepting();
    /// A name that nobody else here has, now taken.
    [[nodiscard]] std::string take_name(const arrival& come);

    /// By name; null while the conversation is being begun.
    std::map<std::string, intrusive_ptr<session>, std::less<>> names_;
    std::vector<std::shared_ptr<carrier_part>> parts_;
    std::vector<std::shared_ptr<announcement>> announcements_;
    void stop_announcing();
    [[nodiscard]] static authorizer asks_of(const server_options& options);
    [[nodiscard]] authorizer asks_in(std::string_view protocol) const;
    std::shared_ptr<job_board> jobs_;
    [[nodiscard]] std::shared_ptr<job_board> jobs_if_any() const {
        const std::lock_guard lock(mutex);
        return jobs_;
    }
    std::vector<std::shared_ptr<visit>> visits_; ///< Whose end has not been told, or not long ago.
    std::size_t deciding_ = 0;                   ///< Connections whose authenticator is at work.
    std::map<std::string, std::size_t> judged_from_; ///< The same by address.
    std::size_t taken_ = 0;                          ///< Connections that were served.
    std::size_t beginning_ = 0;                      ///< Of these, those that are no session yet.
    std::size_t starting_ = 0; ///< Of these, those that hear their peers already.
    handshakes handshakes_;
    struct undecided {
        intrusive_ptr<io::watcher> reads; ///< A detection.
        std::string address;
    };
    std::map<std::uint64_t, undecided> undecided_;
    std::map<std::uint64_t, std::string>
        crossing_;                  ///< Of a bridge: addresses of those that are no session.
    std::mutex listening_;          ///< Held while an address is joined.
    std::uint64_t next_number_ = 0; ///< Of what is told, and of the undecided.
    const std::shared_ptr<replay_memory> memory_ = make_replay_memory(); ///< Of all its endpoints.
};

} // namespace beckon
