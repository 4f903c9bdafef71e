#include "service/bridge/link.hpp"

#include "beckon/object/exception.hpp"
#include "beckon/session/session.hpp"
#include "service/bridge/far_directory.hpp"
#include "service/bridge/far_root.hpp"
#include "service/connecting.hpp"

namespace beckon::bridging {

namespace {

[[nodiscard]] intrusive_ptr<servant> far_object(const protocol& spoken,
                                                const std::shared_ptr<far_names>& names,
                                                std::shared_ptr<void> keeps = {}) {
    return spoken.traits().dynamic ? make_far_root(names, std::move(keeps))
                                   : make_far_directory(names, std::move(keeps));
}

/// Of a server that was over before it had greeted: ": " and why, which its client can learn by nothing else.
[[nodiscard]] std::string why_not_understood(const connected& over) {
    const result<void> greeted = over.core()->await_greeting(over.core()->now());
    return greeted ? std::string() : concat(": ", greeted.error().to_string());
}

} // namespace

std::shared_ptr<link> link::make(const std::shared_ptr<known_types>& types) {
    std::shared_ptr<link> made(new link(types));
    conversation_events events;
    events.on_connect = [weak = std::weak_ptr(made)](const connected& client) {
        if (const auto self = weak.lock()) self->client_came(client);
    };
    events.on_disconnect = [weak = std::weak_ptr(made)](const connected&) {
        if (const auto self = weak.lock()) self->client_went();
    };
    made->told_->tell(std::move(events));
    made->server_names_->on_refusal([weak = std::weak_ptr(made)] {
        if (const auto self = weak.lock()) self->client_refused();
    });
    return made;
}

link::link(const std::shared_ptr<known_types>& types)
    : server_names_(std::make_shared<far_names>(types)),
      client_names_(std::make_shared<far_names>(types)) {}

link::~link() { client_went(); }

result<void>
link::reach(const std::string& there, const connect_options& options,
            function<std::unique_ptr<io::byte_stream>(std::unique_ptr<io::byte_stream>)> around,
            std::shared_ptr<const io::ready_flag> given_up) {
    connect_extras extras;
    extras.given_up = std::move(given_up);
    extras.begun = [weak = weak_from_this()](const intrusive_ptr<session>& which) {
        if (const auto self = weak.lock()) self->server_began(which);
    };
    extras.shows = [names = client_names_](const protocol& spoken) {
        return far_object(spoken, names);
    };
    extras.over = [weak = weak_from_this()](const session& which) {
        if (const auto self = weak.lock()) self->server_went(which);
    };
    if (around) {
        extras.around = [shared = std::make_shared<decltype(around)>(std::move(around))](
                            std::unique_ptr<io::byte_stream> stream) {
            return (*shared)(std::move(stream));
        };
    }
    const auto failed = [&](const error& why) -> error {
        server_names_->leave(error(errc::disconnected, why.to_string()));
        const std::lock_guard lock(mutex_);
        failed_ = true;
        return why;
    };
    {
        const std::lock_guard lock(mutex_);
        there_ = there;
    }
    result<connected> made = connect_with(there, options, extras);
    std::vector<intrusive_ptr<session>> tried; // let go of without the lock
    {
        const std::lock_guard lock(mutex_);
        tried.swap(begun_);
        if (made && !closed_) server_ = *made;
    }
    if (!made) return failed(made.error());
    if (made->is_over())
        return failed(fail(errc::disconnected, there, " has hung up", why_not_understood(*made)));
    if (!made->core()->traits().tells_types) {
        // What it is follows from what it says first.
        auto greeted =
            made->core()->await_greeting(deadline_after(made->core()->now(), options.timeout));
        if (!greeted) return failed(greeted.error());
    }
    server_names_->arrive(*made);
    try {
        sync_wait(far_names::learn(server_names_));
    } catch (...) {
        error why = error_of_current_exception().note(concat("asking ", there, " what it has"));
        made->core()->close(why);
        return failed(why);
    }
    return {};
}

intrusive_ptr<servant> link::show(const protocol& spoken) {
    return far_object(spoken, server_names_, shared_from_this());
}

void link::server_began(const intrusive_ptr<session>& which) {
    std::optional<error> why;
    {
        const std::lock_guard lock(mutex_);
        why = closed_;
        if (!why) begun_.push_back(which);
    }
    if (why) which->close(std::move(*why));
}

void link::client_came(const connected& client) {
    {
        const std::lock_guard lock(mutex_);
        client_ = client;
    }
    client_names_->arrive(client);
}

void link::client_refused() {
    connected client;
    {
        const std::lock_guard lock(mutex_);
        client = client_;
    }
    if (client == connected()) return;
    // Soon: the answer goes first.
    client.core()->run_soon([client] {
        client.core()->close(fail(errc::disconnected, "nobody is on the other side of the bridge"));
    });
}

void link::client_went() { close(fail(errc::disconnected, "the client of the bridge has gone")); }

void link::server_went(const session& which) {
    connected server;
    std::string there;
    {
        const std::lock_guard lock(mutex_);
        if (server_ == connected() || server_.core().get() != &which) return;
        if (failed_) return; // which the client is told when it calls
        server = server_;
        there = there_;
    }
    close(fail(errc::disconnected, "the other side of the bridge, ", there,
               ", has ended the conversation", why_not_understood(server)));
}

void link::close(error why) {
    connected server;
    connected client;
    std::vector<intrusive_ptr<session>> begun;
    {
        const std::lock_guard lock(mutex_);
        std::swap(server, server_);
        std::swap(client, client_);
        begun.swap(begun_);
        if (!closed_) closed_ = why;
    }
    for (const auto& each : begun) each->close(why);
    server_names_->leave(why);
    client_names_->leave(why);
    if (server != connected()) server.core()->close(why);
    if (client != connected()) client.core()->close(std::move(why));
}

} // namespace beckon::bridging
