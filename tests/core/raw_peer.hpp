// The other side of a session, by hand: it speaks bytes, and breaks every rule it likes.
#pragma once

#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "beckon/codec/native/codec.hpp"
#include "beckon/object/object.hpp"
#include "beckon/protocol/native/native.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "core/fixture.hpp"
#include "protocol/native/error_frame.hpp"
#include "protocol/native/frame.hpp"

namespace beckon::core_test {

using native::frame_header;
using native::frame_type;

/// One frame as it came.
struct raw_frame {
    frame_header header;
    bytes content; ///< After the header, extras of a call included.

    [[nodiscard]] frame_type type() const noexcept { return header.type; }
    /// What an error or go-away frame says: "code: message; while ...".
    [[nodiscard]] std::string error_text() const {
        const limits allowed;
        native::reader in(content, allowed);
        const error failure = native::read_error(in);
        return in.failed() ? "unreadable" : failure.to_string();
    }
};

/// Appends values to a message, as the codec writes them.
template <typename... Values>
[[nodiscard]] bytes content_of(const Values&... values) {
    buffer out;
    native::writer to(out);
    (native::write(to, values), ...);
    return {out.view().begin(), out.view().end()};
}
[[nodiscard]] inline bytes operator+(bytes a, const bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
/// Numbers as they lie on the wire.
template <typename... Numbers>
[[nodiscard]] bytes raw(Numbers... numbers) {
    bytes all;
    const auto add = [&all](auto number) {
        const auto* const first = reinterpret_cast<const std::byte*>(&number);
        all.insert(all.end(), first, first + sizeof number);
    };
    (add(numbers), ...);
    return all;
}
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
/// Text as it is, also where it is no UTF-8.
[[nodiscard]] inline bytes text(std::string_view content) {
    const byte_view all = as_bytes(content);
    return raw(static_cast<u32>(content.size())) + bytes(all.begin(), all.end());
}

/// What a call frame says for a method.
template <typename Interface>
[[nodiscard]] consteval u16 method_number(std::string_view name) {
    u16 number = 0;
    for (const method_descriptor& each : descriptor_of<Interface>().methods) {
        if (each.name == name) return number;
        ++number;
    }
    throw "no such method"; // a compile error
}

/// A peer that says what the test tells it to, and hears everything.
class raw_peer {
public:
    explicit raw_peer(std::unique_ptr<io::byte_stream> stream) : stream_(std::move(stream)) {}

    void send(byte_view all) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!all.empty()) {
            const auto wrote = stream_->write({&all, 1});
            if (wrote.status == io::io_status::failed) return; // what follows finds the end
            if (wrote.status == io::io_status::ok) all = all.subspan(wrote.size);
            if (std::chrono::steady_clock::now() > end) {
                ADD_FAILURE() << "the peer takes nothing";
                return;
            }
            if (wrote.status == io::io_status::would_block) std::this_thread::yield();
        }
    }
    /// A whole frame; `declared` instead of its size where that is not 0.
    [[nodiscard]] static bytes frame(frame_type type, u8 flags, u16 method, u32 call, u32 object,
                                     bytes content = {}, u32 declared = 0) {
        frame_header header{static_cast<u32>(sizeof(frame_header) + content.size()),
                            type,
                            flags,
                            method,
                            call,
                            object};
        if (declared != 0) header.size = declared;
        bytes all = raw(header.size, static_cast<u8>(type), flags, method, call, object) + content;
        all.resize(native::padded(all.size()));
        return all;
    }
    void send_frame(frame_type type, u8 flags, u16 method, u32 call, u32 object, bytes content = {},
                    u32 declared = 0) {
        send(frame(type, flags, method, call, object, std::move(content), declared));
    }

    struct hello_content {
        u16 oldest = 1, newest = 1;
        u32 max_message_bytes = 16u << 20, max_calls = 1024, max_call_bytes = 32u << 20,
            stream_window = 256u << 10;
        std::string software = "raw", user = "";
    };
    [[nodiscard]] static bytes hello_frame(const hello_content& say) {
        return frame(frame_type::hello, 0, 0, 0, 0,
                     raw(say.oldest, say.newest, u32{0}, u64{0}, say.max_message_bytes,
                         say.max_calls, say.max_call_bytes, say.stream_window) +
                         text(say.software) + text(say.user) + raw(u32{0}));
    }
    void send_hello(const hello_content& say) {
        send(magic());
        send(hello_frame(say));
    }
    void send_hello() { send_hello(hello_content{}); }
    [[nodiscard]] static bytes magic() {
        const byte_view all = std::as_bytes(std::span(native_magic));
        return {all.begin(), all.end()};
    }

    /// The next frame; nothing where the other side has ended. Its magic is skipped.
    [[nodiscard]] std::optional<raw_frame> read() {
        if (!magic_seen_) {
            if (!gather(sizeof native_magic)) return {};
            EXPECT_EQ(std::memcmp(input_.data(), native_magic, sizeof native_magic), 0);
            input_.erase(input_.begin(), input_.begin() + sizeof native_magic);
            magic_seen_ = true;
        }
        raw_frame frame;
        if (!gather(sizeof frame.header)) return {};
        std::memcpy(&frame.header, input_.data(), sizeof frame.header);
        const std::size_t whole = native::padded(frame.header.size);
        if (!gather(whole)) return {};
        frame.content.assign(input_.begin() + sizeof frame.header,
                             input_.begin() + frame.header.size);
        input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(whole));
        return frame;
    }
    /// The next frame of a type; others are dropped.
    [[nodiscard]] raw_frame await(frame_type type) {
        while (auto frame = read()) {
            if (frame->type() == type) return *frame;
        }
        ADD_FAILURE() << "the session ended before a frame of type " << static_cast<int>(type);
        return {};
    }
    /// The reply or error to one call; those to others wait until they are asked for.
    [[nodiscard]] raw_frame answer(u32 call) {
        for (auto at = answers_.begin(); at != answers_.end(); ++at) {
            if (at->header.call != call) continue;
            raw_frame found = std::move(*at);
            answers_.erase(at);
            return found;
        }
        while (auto frame = read()) {
            if (frame->type() != frame_type::reply && frame->type() != frame_type::error) continue;
            if (frame->header.call == call) return *frame;
            answers_.push_back(std::move(*frame));
        }
        ADD_FAILURE() << "the session ended before call " << call << " was answered";
        return {};
    }
    /// Why the other side ended the session: its go-away. Reads to the very end.
    [[nodiscard]] std::string reason_of_end() {
        std::string reason = "no go-away";
        while (auto frame = read()) {
            if (frame->type() == frame_type::go_away) reason = frame->error_text();
        }
        return reason;
    }
    /// Gets a published object; its number.
    [[nodiscard]] u32 get(const std::string& name, u32 call = 1) {
        send_frame(frame_type::call, 0, 0, call, 0, content_of(name, std::string(), bytes{}));
        const raw_frame found = answer(call);
        EXPECT_EQ(found.type(), frame_type::reply);
        u32 number = 0;
        if (found.content.size() == 5) std::memcpy(&number, found.content.data() + 1, 4);
        return number;
    }
    void close() { stream_->close(); }
    [[nodiscard]] io::byte_stream& stream() noexcept { return *stream_; }

private:
    bool gather(std::size_t size) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (input_.size() < size) {
            std::byte more[4096];
            const auto got = stream_->read_waiting(more, 100ms);
            if (got.status == io::io_status::ok) {
                input_.insert(input_.end(), more, more + got.size);
            } else if (got.status != io::io_status::would_block) {
                return false;
            } else if (std::chrono::steady_clock::now() > end) {
                ADD_FAILURE() << "nothing came for ten seconds";
                return false;
            }
        }
        return true;
    }

    std::unique_ptr<io::byte_stream> stream_;
    bytes input_;
    std::deque<raw_frame> answers_;
    bool magic_seen_ = false;
};

/// A server, one honest session to it, and as many dishonest ones as a test wants.
class raw_server_test : public ::testing::Test {
protected:
    raw_server_test() { start(); }

    void start(limits allowed = {}) {
        honest_ = {};
        far_.reset();
        far_ = std::make_unique<serving>(nullptr, allowed);
        name_ = fresh_endpoint("memory");
        url_ = far_->there.listen(name_);
        connect_options options;
        options.context = far_->inside;
        honest_ = connect(url_, options).get<Lab>("lab");
    }
    /// Nobody else noticed, and nothing is left of who misbehaved.
    void TearDown() override {
        EXPECT_EQ(honest_->add(20, 3), 23) << "other sessions go on";
        EXPECT_TRUE(eventually([&] { return far_->there.connection_count() <= expected_left_; }));
    }
    [[nodiscard]] raw_peer silent() {
        return raw_peer(*far_->inside->memory().connect(name_.substr(7)));
    }
    [[nodiscard]] raw_peer greeted() {
        raw_peer peer = silent();
        peer.send_hello();
        EXPECT_EQ(peer.read()->type(), frame_type::hello);
        return peer;
    }

    std::unique_ptr<serving> far_;
    std::string name_;
    std::string url_;
    ref<Lab> honest_;
    std::size_t expected_left_ = 1;
};

/// A client, and a server by hand that it is connected to.
class raw_client_test : public ::testing::Test {
protected:
    raw_client_test() : inside_(*context::create({.log = log_})), name_(fresh_endpoint("memory")) {
        listening_ = *inside_->memory().listen(name_.substr(7));
    }
    void open(limits allowed = {}) {
        connect_options options;
        options.context = inside_;
        options.limits = allowed;
        session_ = connect(name_, options);
        peer_.emplace(std::move(*listening_->accept()));
    }
    /// The lab, as object 5 of the peer.
    [[nodiscard]] ref<Lab> lab_of(raw_peer& peer) {
        peer.send_hello();
        auto found = session_.services().async()->get("lab", "Lab", {});
        const raw_frame asked = peer.await(frame_type::call);
        peer.send_frame(frame_type::reply, 0, 0, asked.header.call, 0, raw(u8{1}, u32{5}));
        const object core = found.get();
        EXPECT_TRUE(static_cast<bool>(core));
        static_cast<remote_object&>(*core.core()).set_interface(&descriptor_of<Lab>());
        static_cast<remote_object&>(*core.core()).set_label("lab");
        return ref<Lab>(core.core());
    }

    kept_log log_{log_level::warning};
    std::shared_ptr<context> inside_;
    std::string name_;
    std::unique_ptr<io::listener> listening_;
    connected session_;
    std::optional<raw_peer> peer_;
};

} // namespace beckon::core_test
