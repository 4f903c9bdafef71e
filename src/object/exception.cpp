#include "beckon/object/exception.hpp"

#include <cstdlib>
#include <cxxabi.h>
#include <filesystem>
#include <memory>
#include <system_error>
#include <typeinfo>

#include "beckon/base/text.hpp"
#include "beckon/object/python_errors.hpp"
#include "object/python_names.hpp"

namespace beckon {

namespace {

std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(
        abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
    if (status != 0) return name;
    std::string plain = text.get();
    // How the library's versions are kept apart is nothing to a peer.
    for (const std::string_view inner :
         {std::string_view("__cxx11::"), std::string_view("[abi:cxx11]")}) {
        for (std::size_t at = 0; (at = plain.find(inner, at)) != std::string::npos;)
            plain.erase(at, inner.size());
    }
    return plain;
}

/// What the system refused, as Python's users know it: by number, text and files.
error system_failure(const std::system_error& thrown, std::string_view name) {
    const std::string_view said = thrown.what();
    const std::string meaning = thrown.code().message();
    exception_parts parts;
    parts.type = concat("builtins.", name);
    parts.text = said;
    value fields = value::map({{"errno", thrown.code().value()}});
    if (const auto* const about = dynamic_cast<const std::filesystem::filesystem_error*>(&thrown)) {
        fields.insert_or_assign("strerror", meaning);
        if (!about->path1().empty()) fields.insert_or_assign("filename", about->path1().string());
        if (!about->path2().empty()) fields.insert_or_assign("filename2", about->path2().string());
        parts.arguments = value::tuple({thrown.code().value(), meaning});
    } else {
        fields.insert_or_assign("strerror", said); // where the program says what it was about
        parts.arguments = value::tuple({thrown.code().value(), said});
    }
    parts.fields = std::move(fields);
    return python::to_error(std::move(parts));
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
    } catch (const std::system_error& refused) {
        const std::string_view name = detail::python_name(refused.code());
        if (!name.empty()) return system_failure(refused, name);
        error failure(errc::remote_error, refused.what());
        failure.set_type_name(demangled(typeid(refused).name()));
        return failure;
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
