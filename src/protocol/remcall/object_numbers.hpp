// The numbers that objects have in one conversation: positive ones live at the server, negative ones at the client.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "beckon/base/ref_counted.hpp"
#include "beckon/codec/reference.hpp"
#include "beckon/protocol/remcall/options.hpp"
#include "codec/remcall/values.hpp"

namespace beckon::remcall {

/// The server's main object.
inline constexpr std::int64_t main_number = 1;

/// Translates between the numbers of the session's tables and those of the wire, which are given once and never again.
///
/// Thread-safety: none; REQUIRES: the session's lock is held.
class object_numbers final : public object_forms {
public:
    explicit object_numbers(role plays) noexcept : plays_(plays) {}

    /// The server's own main object; its interface's name on either side.
    void set_main(intrusive_ptr<referent> object) noexcept { main_ = std::move(object); }
    void set_width(std::size_t bytes, std::string main_interface) {
        width_ = bytes;
        main_interface_ = std::move(main_interface);
    }
    /// To be called before each message is read or written: the tables are known only while a protocol is asked.
    void use(reference_exchange& references) noexcept { references_ = &references; }
    /// Before each message that is written, and when it is not sent after all: what it numbered is taken back.
    void begin_message() noexcept { sent_now_.clear(); }
    void take_back();

    [[nodiscard]] result<std::int64_t> number_of(referent& object,
                                                 std::string_view interface) override;
    [[nodiscard]] result<value> object_of(std::int64_t number, std::string_view interface) override;

    /// Whether an object of that number would live at this side.
    [[nodiscard]] bool is_ours(std::int64_t number) const noexcept {
        return plays_ == role::server ? number > 0 : number < 0;
    }
    /// An object of ours that the peer calls; null where it is the main one.
    ///
    /// Errors: unknown_object, for 0 and for numbers of the peer's objects too.
    struct lent_object {
        std::uint32_t id = 0; ///< In the session's table; 0: the main object.
        referent* object = nullptr;
    };
    [[nodiscard]] result<lent_object> find_ours(std::int64_t number);
    /// The number of an object of the peer; of its main object for 0. Errors: internal.
    [[nodiscard]] result<std::int64_t> number_of_theirs(std::uint32_t id) const;
    /// What the schema said of it where it came first; empty where it is not known.
    [[nodiscard]] std::string_view interface_of_theirs(std::uint32_t id) const noexcept;

    /// The peer received an object of ours so many times less. The session's number of it, 0 where there is none.
    [[nodiscard]] std::uint32_t released_by_peer(std::int64_t number, std::uint32_t& count);
    /// This side lets go of an object that it received so many times: the number that the peer is to be told, 0 where nothing is.
    [[nodiscard]] std::int64_t release_theirs(std::uint32_t id, std::uint32_t count);

private:
    struct ours {
        std::int64_t number = 0;
        std::uint64_t sent = 0;
        const referent* object = nullptr; ///< To know it by, not to use.
    };
    struct theirs {
        std::int64_t number = 0;
        std::uint64_t received = 0;
        std::string interface;
    };
    struct sent_one {
        std::uint32_t id = 0;
        bool is_new = false;
    };
    [[nodiscard]] result<std::int64_t> number_lent(std::uint32_t id, const referent& object);
    void forget_ours(std::uint32_t id);

    const role plays_;
    std::size_t width_ = 4;
    std::string main_interface_;
    intrusive_ptr<referent> main_;
    reference_exchange* references_ = nullptr;
    std::unordered_map<std::uint32_t, ours> ours_; ///< By the session's number.
    std::unordered_map<std::int64_t, std::uint32_t> our_ids_;
    std::int64_t last_ours_ = 0;
    std::unordered_map<std::uint32_t, theirs> theirs_;
    std::unordered_map<std::int64_t, std::uint32_t> their_ids_;
    std::uint32_t last_id_ = 0;
    std::vector<sent_one> sent_now_;
};

} // namespace beckon::remcall
