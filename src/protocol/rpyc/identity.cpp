#include "protocol/rpyc/identity.hpp"

#include "beckon/base/assert.hpp"
#include "beckon/codec/brine.hpp"

namespace beckon::rpyc {

namespace {

void put_id(buffer& out, std::uint64_t id) {
    const auto written = brine::write(out, value(id));
    BECKON_ASSERT(written.has_value(), "an integer of 64 bits has a form in brine");
}

value get_id(brine::reader& in, std::string_view what) {
    if (in.peek() == brine::item::integer) return in.get_value();
    in.fail(fail(errc::protocol_error, "peer sent an identity whose ", what,
                 " is no integer, at byte ", in.offset()));
    return {};
}

} // namespace

void put_id_pack(buffer& out, std::string_view name, std::uint64_t type_id,
                 std::uint64_t object_id) {
    brine::put_tuple(out, 3);
    const auto written = brine::put_text(out, name);
    BECKON_ASSERT(written.has_value(), "the name of an object is utf-8");
    put_id(out, type_id);
    put_id(out, object_id);
}

result<id_pack> read_id_pack(brine::reader& in, byte_view brine) {
    const std::size_t begin = in.offset();
    in.get_tuple_of(3);
    if (in.enter()) {
        id_pack made{in.get_text(), get_id(in, "type"), get_id(in, "object"), {}};
        in.leave();
        const std::size_t size = in.offset() - begin;
        if (!in.failed() && size <= most_id_pack_bytes) {
            made.encoded = brine.subspan(begin, size);
            return made;
        }
        in.fail(fail(errc::limit_exceeded, "peer sent an identity of ", size, " bytes at byte ",
                     begin, "; limit is ", most_id_pack_bytes, " bytes"));
    }
    return in.take_failure();
}

} // namespace beckon::rpyc
