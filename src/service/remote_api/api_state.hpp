// What a RemoteAPI is made of, shared with the conversations that it is heard through.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/service/remote_api/action_queue.hpp"
#include "beckon/service/remote_api/remote_api.hpp"
#include "beckon/session/message_rules.hpp"

namespace beckon::quickrpc::detail {

/// A method's name for messages. A peer may have chosen it: what is long, or would not stay in its line, is quoted and cut.
[[nodiscard]] std::string told_name(std::string_view name);

struct method_state {
    explicit method_state(declaration said) : declared(std::move(said)), way(declared.direction) {}

    const declaration declared;
    std::weak_ptr<api_state> owner{};
    log_sink* log = &null_log();

    mutable std::mutex mutex{};
    direction way;
    bool passes_secinfo = false;
    handler_id last_handler = 0;
    std::vector<std::pair<handler_id, std::shared_ptr<value_handler>>> handlers{};

    [[nodiscard]] bool is_incoming() const {
        const std::lock_guard lock(mutex);
        return way == direction::incoming;
    }
    void invert() {
        const std::lock_guard lock(mutex);
        way = way == direction::incoming ? direction::outgoing : direction::incoming;
    }
    /// Arguments as they came, all by name. An error says that they do not fit.
    [[nodiscard]] result<value> named_arguments(const value& by_position, value named) const;
    /// With the defaults of those that were left out.
    [[nodiscard]] value with_defaults(const value& given) const;
};

/// A call that came in.
struct arrival {
    std::string sender;
    dynamic_request request;
    value secinfo = value::map();
};

struct api_state final : public message_rules, public std::enable_shared_from_this<api_state> {
    explicit api_state(api_options chosen);

    // As message_rules: under a session's lock.
    [[nodiscard]] answered answers(std::string_view method) const override;
    [[nodiscard]] std::uint64_t next_id() override;

    // Methods: api_state.cpp
    std::shared_ptr<method_state> add(declaration declared);
    [[nodiscard]] std::shared_ptr<method_state> find(std::string_view name) const;
    void invert();
    [[nodiscard]] std::vector<std::string> unhandled_calls() const;

    // What comes: delivery.cpp
    [[nodiscard]] result<value> deliver(arrival came);
    [[nodiscard]] bool is_own_echo(const method_state& method) const;
    [[nodiscard]] result<value> run(const method_state& method, const arrival& came);
    void take_stray(const arrival& came);
    void tell_error(const std::string& sender, const error& failure, std::string_view method);
    /// No more deliveries; waits for those of other threads.
    void retire() noexcept;

    // What goes: sending.cpp
    std::optional<promise<value>> call(const std::shared_ptr<method_state>& method,
                                       const receivers& whom, const value& by_position,
                                       value named);
    void set_transport(std::shared_ptr<quickrpc::transport> chosen);
    [[nodiscard]] std::shared_ptr<quickrpc::transport> current_transport() const;
    [[nodiscard]] promise_core::test setter();
    /// In a context without threads: the one that serves it, as far as is known; no thread otherwise. It cannot wait for
    /// what it alone brings.
    [[nodiscard]] std::thread::id serving_thread() const noexcept {
        return serving_thread_.load(std::memory_order_relaxed);
    }
    void note_serving_thread() noexcept;

    /// An error now, not at the first conversation: the codec carries none, or neither side has what it needs for it.
    [[nodiscard]] result<void> check_security();

    const api_options options;
    std::shared_ptr<context> in_context;
    message_security_maker security;   ///< Null: none.
    bool security_between_two = false; ///< See security_words.
    std::shared_ptr<const quickrpc::codec> codec;
    log_sink* log = &null_log();
    remote_api* owner = nullptr;   ///< While anything is delivered.
    intrusive_ptr<servant> serves; ///< One message after another.
    action_queue background;

private:
    struct broadcast;
    [[nodiscard]] promise<value> begin(const std::shared_ptr<method_state>& method,
                                       const std::vector<connected>& targets,
                                       dynamic_request request, bool is_for_all);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::shared_ptr<method_state>, std::less<>> methods_;
    std::set<std::string, std::less<>> local_;
    std::shared_ptr<quickrpc::transport> transport_;
    bool inverted_ = false;
    bool retired_ = false;
    std::size_t delivering_ = 0;
    std::atomic<std::thread::id> serving_thread_{};
    std::uint64_t last_id_ = 0;
    /// Calls to everybody, whose answers may come from conversations that they did not leave by.
    std::unordered_map<std::uint64_t, std::shared_ptr<broadcast>> broadcasts_;

    friend class delivery;
    friend class quickrpc::remote_api;
};

/// While something is delivered for an API on this thread: who waits here for one of its promises waits for himself.
class delivery {
public:
    /// `runs_handlers_apart`: what is delivered is not where answers are read.
    delivery(api_state& to, bool runs_handlers_apart);
    ~delivery();
    delivery(const delivery&) = delete;
    delivery& operator=(const delivery&) = delete;
    /// Whether the API still takes anything.
    [[nodiscard]] bool is_open() const noexcept { return open_; }
    /// Whether this thread reads answers for the API.
    [[nodiscard]] static bool reads_for(const api_state& api) noexcept;
    /// How many deliveries to it this thread is in.
    [[nodiscard]] static std::size_t depth_of(const api_state& api) noexcept;

private:
    api_state& to_;
    const bool reads_;
    bool open_ = false;
    delivery* const below_;
};

/// What the conversations of one transport show, whichever API has it now.
class api_port {
public:
    [[nodiscard]] std::shared_ptr<api_state> api() const {
        const std::lock_guard lock(mutex_);
        return api_.lock();
    }
    /// Gives it to an API, or to none; only takes it off `only_from` where that is given.
    void give_to(const std::shared_ptr<api_state>& api) {
        const std::lock_guard lock(mutex_);
        api_ = api;
    }
    void take_from(const api_state& api) {
        const std::lock_guard lock(mutex_);
        if (api_.lock().get() == &api) api_.reset();
    }
    /// `side`: nothing, where only what it is like is asked.
    [[nodiscard]] result<std::unique_ptr<protocol>>
    make_protocol(std::optional<security_side> side) const;
    /// A servant that passes each call on to the API.
    [[nodiscard]] static intrusive_ptr<servant> make_servant(std::shared_ptr<api_port> port);

private:
    mutable std::mutex mutex_;
    std::weak_ptr<api_state> api_;
};

/// While a call is sent, its id in all the conversations that it goes to.
class call_id_scope {
public:
    explicit call_id_scope(std::uint64_t id) noexcept;
    ~call_id_scope();
    call_id_scope(const call_id_scope&) = delete;
    call_id_scope& operator=(const call_id_scope&) = delete;

private:
    const std::uint64_t before_;
};

/// What an expression for an API's security stands for; null: nothing.
///
/// Errors: unsupported, invalid_argument.
[[nodiscard]] result<message_security_maker>
find_api_security(const std::shared_ptr<context>& inside, std::string_view expression,
                  const std::string& user);

[[nodiscard]] intrusive_ptr<servant> make_api_servant(std::weak_ptr<api_state> api, bool apart);

} // namespace beckon::quickrpc::detail
