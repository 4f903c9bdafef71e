#include "transport/tls/wire.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace beckon::transport::tls {

namespace {

wire& of(BIO* bio) noexcept { return *static_cast<wire*>(::BIO_get_data(bio)); }

int take(BIO* bio, char* into, std::size_t size, std::size_t* taken) noexcept {
    byte_view& in = of(bio).in;
    BIO_clear_retry_flags(bio);
    *taken = std::min(size, in.size());
    if (*taken == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    std::memcpy(into, in.data(), *taken);
    in = in.subspan(*taken);
    return 1;
}

int put(BIO* bio, const char* from, std::size_t size, std::size_t* written) noexcept {
    BIO_clear_retry_flags(bio);
    *written = 0;
    try {
        const auto* const first = reinterpret_cast<const std::byte*>(from);
        of(bio).out.insert(of(bio).out.end(), first, first + size);
    } catch (const std::bad_alloc&) {
        return 0;
    }
    *written = size;
    return 1;
}

long control(BIO*, int command, long, void*) noexcept { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* make_method() noexcept {
    BIO_METHOD* const made = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "beckon");
    if (made == nullptr) return nullptr;
    ::BIO_meth_set_read_ex(made, &take);
    ::BIO_meth_set_write_ex(made, &put);
    ::BIO_meth_set_ctrl(made, &control);
    return made;
}

} // namespace

BIO* make_bio(wire& over) noexcept {
    static BIO_METHOD* const method = make_method(); // a table of functions
    BIO* const made = method != nullptr ? ::BIO_new(method) : nullptr;
    if (made == nullptr) return nullptr;
    ::BIO_set_data(made, &over);
    ::BIO_set_init(made, 1);
    return made;
}

} // namespace beckon::transport::tls
