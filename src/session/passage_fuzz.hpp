// Feeds what a client and a server say to a passage, in pieces of any size: what comes out must not depend on these.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "beckon/base/assert.hpp"
#include "session/passage.hpp"

namespace beckon::fuzz {

/// One conversation: the client says its part, then the server. One that is called again says nothing.
class passing {
public:
    passing(std::unique_ptr<passage> by, std::size_t piece) : by_(std::move(by)), piece_(piece) {}

    void say(sender from, byte_view said) {
        side& of = from == sender::client ? client_ : server_;
        const bool had_called = has_called_again_;
        while (!said.empty() && !is_over_ && has_called_again_ == had_called) {
            const std::size_t size = std::min(piece_, said.size());
            of.input.append(said.first(size));
            said = said.subspan(size);
            pass(from, of, false);
        }
    }
    void end(sender from) {
        if (!is_over_) pass(from, from == sender::client ? client_ : server_, true);
    }
    /// What both have heard, and whether it was an error that ended it.
    [[nodiscard]] bool operator==(const passing& other) const {
        return client_.output == other.client_.output && server_.output == other.server_.output &&
               has_failed_ == other.has_failed_;
    }

private:
    struct side {
        buffer input;
        std::string output; ///< What the other side hears of it.
    };

    void pass(sender from, side& of, bool is_last) {
        if (by_->is_transparent(from)) {
            of.output += as_text(of.input.view());
            return of.input.clear();
        }
        buffer out;
        const auto done = by_->pass(from, of.input.view(), is_last, out);
        of.output += as_text(out.view());
        if (!done) {
            has_failed_ = is_over_ = true;
            return;
        }
        BECKON_ASSERT(done->bytes <= of.input.size(), "more is taken than there is");
        of.input.consume(done->bytes);
        static_cast<void>(by_->size(from, of.input.view()));
        static_cast<void>(by_->found_way());
        if (done->next != passage::next::dial_again) return;
        BECKON_ASSERT(!std::exchange(has_called_again_, true), "a server is called twice again");
        buffer said = by_->begin_again();
        said.append(client_.input.view());
        client_.input = std::move(said);
        client_.output.clear();
        server_.input.clear();
        server_.output.clear();
        pass(sender::client, client_, false);
    }

    const std::unique_ptr<passage> by_;
    const std::size_t piece_;
    side client_;
    side server_;
    bool is_over_ = false;
    bool has_failed_ = false;
    bool has_called_again_ = false;
};

/// Its first byte says where the server's part begins. Whole, in single bytes and in pieces of seven.
inline void check_passing(byte_view said, const std::function<std::unique_ptr<passage>()>& make) {
    if (said.empty()) return;
    const auto mark = std::to_integer<std::size_t>(said[0]);
    said = said.subspan(1);
    const byte_view client = said.first(said.size() * mark / 255);
    const byte_view server = said.subspan(client.size());
    const auto converse = [&](std::size_t piece) {
        auto made = std::make_unique<passing>(make(), piece);
        made->say(sender::client, client);
        made->say(sender::server, server);
        made->end(sender::client);
        made->end(sender::server);
        return made;
    };
    const auto whole = converse(std::max<std::size_t>(said.size(), 1));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}})
        BECKON_ASSERT(*converse(piece) == *whole, "what comes out depends on how it comes in");
}

} // namespace beckon::fuzz
