#include "beckon/service/process_server.hpp"

#include "beckon/io/forked_children.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/session/runtime.hpp"
#include "service/end_signals.hpp"
#include "service/listen.hpp"
#include "service/session_factory.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

namespace {

constexpr std::chrono::milliseconds look_every{100}; // for children that ended, and signals

} // namespace

class process_server::state {
public:
    state(set_up prepares, process_server_options settings)
        : each(std::move(prepares)), options(std::move(settings)) {
        // Without threads; it opens listeners and is never run.
        auto made = context::create({.embedded = true});
        if (!made) throw_error(std::move(made).error());
        inside = std::move(made).value();
    }

    result<std::string> listen(std::string_view text);
    void run();

    const set_up each;
    const process_server_options options;

private:
    struct place {
        std::unique_ptr<io::listener> accepts;
        io::endpoint where;
    };
    void accept(place& at);
    [[noreturn]] void serve(place& at);
    [[nodiscard]] log_sink& log() const { return inside->runtime()->log(); }
    [[nodiscard]] bool has_all() const {
        const std::size_t all = options.serving.connections_in_all;
        return all != 0 && taken >= all;
    }

    std::shared_ptr<context> inside;
    std::vector<place> places;
    io::forked_children children;
    std::size_t taken = 0;
};

result<std::string> process_server::state::listen(std::string_view text) {
    BECKON_ASSIGN(io::endpoint where, io::parse_endpoint(text));
    BECKON_ASSIGN(const auto spoken, make_protocol(*inside, where));
    if (!where.security.empty() || options.serving.security) {
        return fail(errc::unsupported, "a process for each client cannot protect messages: none "
                                       "knows what came to the others, and could be replayed");
    }
    const transport_facts* const known = facts_of(where.transport);
    if (known != nullptr && known->one_process) {
        return fail(errc::unsupported, "processes cannot share ", quoted(where.transport),
                    "; expected an endpoint that others connect to");
    }
    // A connection comes out of the listener once it has greeted: then the process that forks would hold its keys as well.
    if (known != nullptr && known->greets) {
        return fail(errc::unsupported, "a process for each client cannot listen on ", known->name,
                    "; expected tcp or unix");
    }
    BECKON_ASSIGN(auto opened, open_listener(*inside, where, options.serving.limits, *spoken)
                                   .note(concat("listening on ", text)));
    io::endpoint real = where;
    real.address = opened->local_endpoint().address;
    places.push_back({std::move(opened), std::move(where)});
    return io::to_string(as_peers_connect(real));
}

void process_server::state::run() {
    const end_signals signals;
    std::optional<error> failure;
    while (!signals.asked() && !failure) {
        for (const std::string& each_failure : children.reap())
            log().write(log_level::warning, "BKN-PROCESS-ENDED", each_failure);
        if (has_all() && children.count() == 0) break;
        std::vector<int> readable;
        if (!has_all() && children.count() < options.max_processes) {
            for (const place& one : places) readable.push_back(one.accepts->descriptor());
        }
        const int ready = io::wait_for_any(readable, look_every);
        for (place& one : places) {
            if (one.accepts->descriptor() != ready) continue;
            try {
                accept(one);
            } catch (...) {
                failure.emplace(error_of_current_exception());
            }
        }
    }
    children.ask_to_end();
    const time_point until = deadline_after(inside->runtime()->clock().now(), options.end_within);
    while (children.count() != 0) {
        if (inside->runtime()->clock().now() >= until) children.kill();
        static_cast<void>(io::wait_for_any({}, std::chrono::milliseconds(5)));
        static_cast<void>(children.reap());
    }
    if (failure) throw_error(std::move(*failure));
}

void process_server::state::accept(place& at) {
    auto forked = children.fork();
    if (!forked && forked.error().code() == errc::unsupported)
        throw_error(std::move(forked).error());
    if (!forked) {
        log().write(log_level::warning, "BKN-FORK-FAILED", forked.error().to_string());
        static_cast<void>(io::wait_for_any({}, io::retry_accept_after));
    } else if (*forked) {
        serve(at);
    } else {
        ++taken;
    }
}

/// The whole life of a child. The parent's objects are only copies here: nothing of them is destroyed.
void process_server::state::serve(place& at) {
    int status = 0;
    try {
        // The connection is never in the parent's hands, where to drop it could end it for both.
        auto accepted = at.accepts->accept();
        for (const place& one : places) io::close_inherited(one.accepts->descriptor());
        children.go_on_in_parent();
        if (!accepted) throw_error(std::move(accepted).error());
        if (*accepted == nullptr) io::end_forked_child(0);
        server_options settings = options.serving;
        settings.context = nullptr;
        settings.connections_in_all = 1;
        server one(std::move(settings));
        each(one);
        one.adopt(std::move(*accepted), io::to_string(at.where));
        one.run();
    } catch (...) {
        log().write(log_level::warning, "BKN-PROCESS-FAILED",
                    error_of_current_exception().to_string());
        status = 1;
    }
    io::end_forked_child(status);
}

process_server::process_server(set_up each, process_server_options options)
    : state_(std::make_unique<state>(std::move(each), std::move(options))) {}
process_server::~process_server() = default;

std::string process_server::listen(std::string_view endpoint) {
    auto real = state_->listen(endpoint);
    if (!real) throw_error(std::move(real).error());
    return std::move(real).value();
}
void process_server::run() { state_->run(); }

} // namespace beckon
