#include "protocol/rpyc/arguments.hpp"

#include "protocol/rpyc/boxing.hpp"

namespace beckon::rpyc {

result<std::size_t> argument_reader::open() {
    const std::size_t begin = in_.offset();
    in_.get_tuple_of(2);
    in_.enter();
    const std::int64_t found = in_.get_integer();
    boxed_ = found == static_cast<std::int64_t>(label::tuple);
    if (!in_.failed() && !boxed_ && found != static_cast<std::int64_t>(label::value)) {
        return fail(errc::protocol_error, "peer sent label ", found, " at byte ", begin + 1,
                    "; expected the tuple of a request's arguments, 1 or 2");
    }
    left_ = in_.get_tuple();
    in_.enter();
    if (in_.failed()) return in_.take_failure();
    return left_;
}

result<void> argument_reader::take_one() {
    if (left_ == 0) {
        error failure = fail(errc::invalid_argument, "peer sent a request with too few arguments");
        failure.set_type_name("builtins.TypeError");
        return failure;
    }
    --left_;
    return {};
}

result<id_pack> argument_reader::object() {
    BECKON_TRY(take_one());
    const std::size_t begin = in_.offset();
    std::int64_t found = 0;
    if (boxed_) {
        in_.get_tuple_of(2);
        found = in_.get_integer();
        if (in_.failed()) return in_.take_failure();
    }
    if (found != static_cast<std::int64_t>(label::local_ref)) {
        return fail(errc::type_mismatch, "peer sent a request for something at byte ", begin,
                    " that is no object of ours");
    }
    return read_id_pack(in_, brine_);
}

result<value> argument_reader::next() {
    BECKON_TRY(take_one());
    if (boxed_) return unbox(in_, brine_, finds_);
    value plain = in_.get_value();
    if (in_.failed()) return in_.take_failure();
    return plain;
}

} // namespace beckon::rpyc
