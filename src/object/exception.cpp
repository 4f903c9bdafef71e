#include "beckon/object/exception.hpp"

#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <typeinfo>

#include "beckon/object/python_errors.hpp"

namespace beckon {

namespace {

std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(
        abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
    return status == 0 ? std::string(text.get()) : std::string(name);
}

} // namespace

void throw_error(error failure) {
    switch (failure.code()) {
    case errc::timeout: throw timeout_error(std::move(failure));
    case errc::cancelled: throw cancelled_error(std::move(failure));
    case errc::disconnected: throw disconnected_error(std::move(failure));
    case errc::protocol_error: throw protocol_error(std::move(failure));
    case errc::schema_mismatch: throw schema_mismatch(std::move(failure));
    case errc::unknown_method: throw unknown_method(std::move(failure));
    case errc::unknown_object: throw unknown_object(std::move(failure));
    case errc::access_denied: throw access_denied(std::move(failure));
    case errc::overloaded: throw overloaded_error(std::move(failure));
    case errc::limit_exceeded: throw limit_exceeded(std::move(failure));
    case errc::would_deadlock: throw deadlock_error(std::move(failure));
    case errc::invalid_argument: throw invalid_argument(std::move(failure));
    case errc::remote_error: python::throw_if_python(failure); [[fallthrough]];
    case errc::declared: throw remote_error(std::move(failure));
    default: throw exception(std::move(failure));
    }
}

error error_of_current_exception() {
    try {
        throw;
    } catch (const exception& own) {
        return own.failure();
    } catch (const std::exception& other) {
        error failure(errc::remote_error, other.what());
        failure.set_type_name(demangled(typeid(other).name()));
        return failure;
    } catch (...) {
        error failure(errc::remote_error, "handler threw something that is no std::exception");
        const std::type_info* const type = abi::__cxa_current_exception_type();
        if (type != nullptr) failure.set_type_name(demangled(type->name()));
        return failure;
    }
}

} // namespace beckon
