// Which types a recorded conversation has: what its directory tells, what somebody else knew beforehand, and what follows.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/schema/schema.hpp"
#include "protocol/native/told_values.hpp"
#include "session/teller.hpp"

namespace beckon::native {

/// Thread-safety: none.
class told_types {
public:
    /// What an object, a call or a stream is typed by. The pointers lie in `types`.
    struct typed {
        std::shared_ptr<const schema::document> types{};
        const schema::interface* interface = nullptr; ///< Of an object.
        const schema::method* method = nullptr;       ///< Of a call.
        const schema::type* item = nullptr;           ///< Of a stream.
    };

    explicit told_types(const told_interfaces& known);

    // --- The server's directory ---
    /// The client asks for a published object; an empty interface says nothing.
    void get(std::uint32_t call, std::string name, std::string interface);
    void list(std::uint32_t call);
    void describe(std::uint32_t call, std::string name);
    struct directory_answer {
        std::string text;         ///< What it says, for people.
        std::uint32_t object = 0; ///< That it is; 0: none.
        std::string published{};  ///< As what.
    };
    /// The answer to one of these. Nothing for calls of other objects, and for what is no such answer.
    [[nodiscard]] std::optional<directory_answer> answer(std::uint32_t call, byte_view content);
    /// Published objects that the client got, of whose types nothing is known.
    [[nodiscard]] std::vector<std::string> untyped() const;

    // --- Everything else ---
    [[nodiscard]] typed object(speaker owner, std::uint32_t number) const;
    /// Null where the type is not known, or the interface has no such method.
    [[nodiscard]] typed call_of(speaker owner, std::uint32_t object, std::uint16_t method) const;
    /// A call that waits for its answer. `promised`: the number that its result will have; 0: none.
    void called(speaker by, std::uint32_t call, const typed& as, std::uint32_t promised);
    [[nodiscard]] typed call(speaker by, std::uint32_t number) const;
    void answered(speaker by, std::uint32_t number);
    [[nodiscard]] typed stream(speaker producer, std::uint32_t number) const;
    void ended(speaker producer, std::uint32_t number) { streams_.erase({producer, number}); }
    /// The objects and streams in a message.
    void learn(speaker who, const told_values& from,
               const std::shared_ptr<const schema::document>& types);

private:
    enum class question : std::uint8_t { get, list, describe };
    struct asked {
        question what;
        std::string name;
    };
    struct published {
        std::string interface;
        std::shared_ptr<const schema::document> types{};
    };
    using key = std::pair<speaker, std::uint32_t>;

    void ask(std::uint32_t call, asked what);
    [[nodiscard]] std::optional<directory_answer> take_list(byte_view content);
    [[nodiscard]] std::optional<directory_answer> take_schema(const std::string& of,
                                                              byte_view content);

    std::map<std::string, published, std::less<>> published_;
    std::map<std::uint32_t, asked> asked_;
    std::map<key, typed> objects_;
    std::map<std::uint32_t, std::string> names_; ///< Of published objects, by their numbers.
    std::map<key, typed> calls_;
    std::map<key, typed> streams_;
};

} // namespace beckon::native
