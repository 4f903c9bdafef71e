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
    struct open_listener_entry {
        std::unique_ptr<io::listener> accepts;
        io::endpoint where;
        io::endpoint told; ///< As peers connect to it, with its real port.
        message_security_maker security{};
        std::shared_ptr<void> shared{}; ///< See shared_at.
        const void* owner = nullptr;
        function<void(error)> broken; ///< Null: told already, or nobody's part.
        io::watch_id watch{};
        bool paused = false;
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
    // From a stream to a conversation: beginning.cpp
    void begin(arrival come, std::string caller);
    struct begun_session;
    [[nodiscard]] result<begun_session> make_session(arrival& come, std::string caller);
    [[nodiscard]] session_options settings_of(const arrival& come, std::string caller) const;
    void close_entries(std::vector<std::shared_ptr<open_listener_entry>> closing);
    [[nodiscard]] result<std::unique_ptr<protocol>> speak(const arrival& come) const;
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
    handshakes handshakes_;
    const std::shared_ptr<replay_memory> memory_ = make_replay_memory(); ///< Of all its endpoints.
};

} // namespace beckon
