// What the bytes of a conversation say: to people who read a recording of it, and to a comparison with another run of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// Who says something: the side that connected, or the one that accepted.
enum class speaker : std::uint8_t { client, server };

[[nodiscard]] constexpr speaker other_than(speaker who) noexcept {
    return who == speaker::client ? speaker::server : speaker::client;
}

/// What each run of a conversation has a name of its own for. The server chooses them, so that what a client says of them has
/// to be said in other words to another server.
enum class told_name : std::uint8_t {
    object,
    perhaps_object, ///< An object if the client ever speaks of that name; else a part of a value. One that is has its name.
    stream,
    thread,
};

/// Stands in told_message::content for such a name.
[[nodiscard]] value name_in_content(told_name kind, byte_view name);
[[nodiscard]] value name_in_content(told_name kind, std::uint64_t number);
/// Which one a value stands for, if any; the view lies in the value.
[[nodiscard]] std::optional<std::pair<told_name, byte_view>> name_of_content(const value& part);

/// How the names of one run are called in another.
///
/// Thread-safety: none.
class other_names {
public:
    /// Later ones take the place of earlier ones: names are used again.
    void bind(told_name kind, byte_view recorded, byte_view actual);
    /// Nothing where the other run has named no such thing.
    [[nodiscard]] std::optional<byte_view> find(told_name kind, byte_view recorded) const;
    /// The same for numbers; the number itself where nothing is known.
    [[nodiscard]] std::uint64_t number(told_name kind, std::uint64_t recorded) const;

    /// The number of a call of the server's, which the client answers; null where the other run has made no such call.
    void bind_call(const value& recorded, value actual);
    [[nodiscard]] const value* find_call(const value& recorded) const;
    [[nodiscard]] std::uint64_t call(std::uint64_t recorded) const;

private:
    std::map<std::pair<told_name, bytes>, bytes> names_;
    std::map<std::string, value> calls_; ///< By the text of the number.
};

/// What a message is to those who wait for it.
enum class told_part : std::uint8_t {
    call,   ///< It has an answer.
    answer, ///< To the call of that number.
    other,  ///< It comes in its order.
    /// Whether and when it comes is no part of what is said: pings, credit, releases.
    aside,
};

struct told_message {
    std::size_t bytes = 0; ///< So many of the input; 0: no message is whole yet.
    /// What of them is the protocol's, where a stream puts something before each message.
    byte_view message{};
    told_part part = told_part::other;
    value number{};     ///< Of a call, or of the one that is answered.
    std::string text{}; ///< For people, in one line.
    /// All that another run of the conversation says again, with `name_in_content` for names of the run.
    value content{};
    std::vector<beckon::bytes> speaks_of{}; ///< Of the client: objects of the server.
    /// Of protocols with a connection for each call: which one.
    std::optional<std::uint32_t> exchange{};
};

/// The interface that a published object has.
struct told_interface {
    std::string interface {};
    std::shared_ptr<const schema::document> types{};
};
/// By the names of the objects.
using told_interfaces = std::map<std::string, told_interface, std::less<>>;

/// One conversation, as far as it was heard. Hears both sides, each in its order.
///
/// Thread-safety: none.
class teller {
public:
    teller() = default;
    teller(const teller&) = delete;
    teller& operator=(const teller&) = delete;
    virtual ~teller() = default;

    /// Before all else: input is one whole message of the transport each time, or what is left of it.
    virtual void use_messages() {}

    /// The message that the input begins with. What was looked at and held none comes again, with more behind it.
    ///
    /// Errors: the input cannot be taken apart from here on, and nothing more is to be asked of that side.
    [[nodiscard]] virtual result<told_message> take(speaker who, byte_view input, bool is_last) = 0;

    /// A whole message of the client's as it has to be said where things are called otherwise.
    [[nodiscard]] virtual result<bytes> renamed(byte_view message, const other_names& names) = 0;

    /// Appends a message as the stream wants it.
    virtual void put(buffer& out, byte_view message, std::uint32_t exchange) {
        static_cast<void>(exchange);
        out.append(message);
    }

    /// Published objects of the server that the conversation was about, and of whose types it told nothing. Who can ask the
    /// server gives them to a teller that begins anew.
    [[nodiscard]] virtual std::vector<std::string> untyped() const { return {}; }

    /// Where messages are JSON texts: the one in a message, and a message around one.
    [[nodiscard]] virtual std::optional<std::string_view> text_in(byte_view message) const {
        static_cast<void>(message);
        return {};
    }
    [[nodiscard]] virtual bytes around(std::string_view text) const { return to_bytes(text); }
};

/// Names that people give to objects as they meet them: "root", "root.add", "<Counter 1>".
///
/// Limits: so many as a conversation may lend; further ones have no names of their own.
/// Thread-safety: none.
class told_labels {
public:
    /// The label of an object that was met before, or a new one from what it is.
    [[nodiscard]] std::string of(byte_view object, std::string_view what);
    void set(byte_view object, std::string label);
    void forget(byte_view object);

private:
    std::map<bytes, std::string> labels_;
    std::map<std::string, std::size_t, std::less<>> counts_;
};

/// Values as people read them in a recording: at most so many characters.
[[nodiscard]] std::string told_text(const value& what, std::size_t most = 300);
/// Items in parentheses, as of a call: "(1, \"x\")".
[[nodiscard]] std::string told_arguments(const value& arguments, const value& named = {});

} // namespace beckon
