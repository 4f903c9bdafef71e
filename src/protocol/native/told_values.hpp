// What messages of the native protocol hold, where their types are known: for recordings, outside of any session.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/codec/native/reader.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/value.hpp"
#include "session/teller.hpp"

namespace beckon::native {

/// Takes values off a message, and keeps which objects and streams they name.
///
/// Thread-safety: none.
class told_values final : private reference_exchange {
public:
    /// From byte `at` of a frame on; `who` sends it.
    told_values(speaker who, byte_view frame, std::size_t at)
        : who_(who), reader_(frame, allowed_, this) {
        reader_.skip_to(at);
    }
    told_values(const told_values&) = delete;
    told_values& operator=(const told_values&) = delete;

    /// The next one. Objects and streams in it are of no use but for `compared` and `shown`, nor is anything after a failure.
    [[nodiscard]] value get(const schema::document& types, const schema::type& type);
    [[nodiscard]] reader& in() noexcept { return reader_; }
    /// As two runs can be compared in it: records and variants are maps, and `name_in_content` stands for objects and streams
    /// of the server.
    [[nodiscard]] static value compared(const value& from);
    /// As people read it.
    [[nodiscard]] static value shown(const value& from);
    /// Whether all was read, and nothing was wrong.
    [[nodiscard]] bool ended_well() const noexcept {
        return !reader_.failed() && reader_.left() == 0;
    }

    /// An object that the sender lends.
    struct lent_object {
        std::uint32_t number = 0;
        std::string interface; ///< Empty where nothing says what it is.
    };
    [[nodiscard]] const std::vector<lent_object>& lent() const noexcept { return lent_; }
    /// A stream that the sender produces, and what its items are.
    struct begun_stream {
        std::uint32_t number = 0;
        const schema::type* item = nullptr;
    };
    [[nodiscard]] const std::vector<begun_stream>& streams() const noexcept { return streams_; }
    /// Where in the frame the number of an object of the receiver stands.
    [[nodiscard]] const std::vector<std::size_t>& homecoming() const noexcept {
        return homecoming_;
    }

private:
    [[nodiscard]] result<wire_reference> lend(referent* object) override;
    [[nodiscard]] result<intrusive_ptr<referent>> borrow(wire_reference from,
                                                         std::string_view interface_name) override;
    [[nodiscard]] referent* find_lent(std::uint32_t) noexcept override { return nullptr; }
    [[nodiscard]] result<std::uint32_t> lend_stream(referent* producer) override;
    [[nodiscard]] result<intrusive_ptr<referent>> borrow_stream(std::uint32_t stream) override;
    [[nodiscard]] result<void> borrow_stream(std::uint32_t stream, stream_sink& sink) override;

    [[nodiscard]] intrusive_ptr<referent> stream_named(std::uint32_t number,
                                                       const schema::type* item);

    const speaker who_;
    const limits allowed_;
    reader reader_;
    std::vector<lent_object> lent_;
    std::vector<begun_stream> streams_;
    std::vector<std::size_t> homecoming_;
};

} // namespace beckon::native
