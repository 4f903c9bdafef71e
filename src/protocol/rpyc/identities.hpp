// The names that objects have in one conversation: ours as we tell them, the peer's as it told them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "beckon/base/flat_map.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/codec/reference.hpp"
#include "beckon/object/servant.hpp"
#include "protocol/rpyc/holdings.hpp"
#include "protocol/rpyc/identity.hpp"

namespace beckon::rpyc {

/// Translates between the numbers that the session's tables give to objects and RPyC's identities. An object of ours has its
/// number in the table as its object id, so that none is used twice while the peer may hold it, and no address is told.
///
/// Thread-safety: none; REQUIRES: the session's lock is held.
class identities final : public identity_exchange {
public:
    explicit identities(holdings& notes) noexcept : holdings_(notes) {}

    /// To be called before each message is read or written: a protocol knows the tables only while it is asked.
    void use(reference_exchange& references) noexcept { references_ = &references; }

    result<lent_reference> lend(referent* object) override;
    result<lent_reference> lend_container(const value& container) override;
    result<value> come_home(const id_pack& ours) override;
    result<value> borrow(const id_pack& theirs) override;

    /// One of our objects that is lent, or null.
    [[nodiscard]] const servant* find(std::uint32_t number) noexcept {
        return static_cast<const servant*>(references_->find_lent(number));
    }
    /// The number of one of our objects, by the identity that the peer calls it.
    ///
    /// Errors: unknown_object.
    [[nodiscard]] result<std::uint32_t> number_of(const id_pack& ours);
    /// The same, by an identity that came as a plain value.
    ///
    /// Errors: unknown_object; type_mismatch, for what is no identity.
    [[nodiscard]] result<std::uint32_t> number_of(const value& ours);
    /// The identity of an object of the peer's; empty where it is not known any more.
    [[nodiscard]] byte_view identity_of(std::uint32_t number) noexcept;
    /// Appends the identity of an object of the peer's, as a plain value.
    ///
    /// Errors: unsupported, for other objects.
    [[nodiscard]] result<void> put_identity(buffer& out, referent* object);
    /// Whether an object of the peer's is a class, and just the one of another object of the peer's: their identities say so.
    [[nodiscard]] bool is_class_of(std::uint32_t number, referent* object);
    /// "builtins.list", of an object of the peer's; empty where it is not known any more.
    [[nodiscard]] std::string_view name_of(std::uint32_t number) const noexcept;
    /// The peer is told that it may forget an object that it sent so many times.
    void released(std::uint32_t number, std::uint32_t count);

private:
    struct theirs {
        std::string encoded;
        std::string name;
        std::uint64_t received = 0;
    };
    /// A class of ours, as it is told.
    struct told_class {
        std::string
            name; ///< "beckon.Calculator", or what Python knows the methods of without asking.
        std::uint64_t type_id = 0;
    };
    [[nodiscard]] const told_class& class_of(const servant& object);

    holdings& holdings_;
    reference_exchange* references_ = nullptr;
    /// By the name of the interface; those that Python knows by themselves. Looked up at each request.
    std::map<std::string, told_class, std::less<>> classes_;
    std::map<std::string_view, told_class> known_classes_;
    std::unordered_map<std::uint32_t, theirs> theirs_;
    std::unordered_map<std::string_view, std::uint32_t> numbers_; ///< Keys lie in `theirs_`.
    std::uint32_t last_number_ = 0;
    buffer pack_; ///< The identity written last.
};

} // namespace beckon::rpyc
