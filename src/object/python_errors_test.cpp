// Python's exceptions as C++ types, from an error and back.
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <future>
#include <ios>
#include <stdexcept>
#include <system_error>

#include "beckon/object/python_errors.hpp"

namespace beckon {

namespace {

[[nodiscard]] error named(const char* type) {
    error failure(errc::remote_error, "text");
    failure.set_type_name(type);
    return failure;
}

template <typename Exception>
[[nodiscard]] bool throws(const char* type) {
    try {
        throw_error(named(type));
    } catch (const Exception&) {
        return true;
    } catch (const exception&) {
        return false;
    }
}

TEST(python_errors, are_thrown_as_their_types_and_caught_as_those_above) {
    EXPECT_TRUE(throws<python::key_error>("builtins.KeyError"));
    EXPECT_TRUE(throws<python::lookup_error>("builtins.KeyError"));
    EXPECT_TRUE(throws<python::exception>("builtins.KeyError"));
    EXPECT_TRUE(throws<remote_error>("builtins.KeyError"));
    EXPECT_FALSE(throws<python::index_error>("builtins.KeyError"));
    EXPECT_TRUE(throws<python::stop_iteration>("builtins.StopIteration"));
    EXPECT_TRUE(throws<python::file_not_found_error>("builtins.FileNotFoundError"));
    EXPECT_TRUE(throws<python::os_error>("builtins.FileNotFoundError"));
    EXPECT_TRUE(throws<python::connection_error>("builtins.ConnectionResetError"));
    EXPECT_TRUE(throws<python::os_error>("builtins.IsADirectoryError"));
    EXPECT_TRUE(throws<python::value_error>("builtins.UnicodeDecodeError"));
    EXPECT_TRUE(throws<python::not_implemented_error>("builtins.NotImplementedError"));
    EXPECT_TRUE(throws<python::zero_division_error>("builtins.ZeroDivisionError"));
    EXPECT_TRUE(throws<python::system_exit>("builtins.SystemExit"));
    // Python's own, but without a type here.
    EXPECT_TRUE(throws<python::exception>("builtins.Warning"));
    // Of others only what carries more than a name.
    EXPECT_FALSE(throws<python::exception>("shop.KeyError"));
    EXPECT_FALSE(throws<python::exception>("KeyError"));
    EXPECT_TRUE(throws<remote_error>("std::runtime_error"));
    EXPECT_THROW(throw_error(python::to_error({.type = "shop.KeyError"})), python::exception);
}

TEST(python_errors, carry_type_arguments_attributes_and_trace) {
    const error failure = python::to_error({.type = "builtins.FileNotFoundError",
                                            .text = "[Errno 2] no such file",
                                            .arguments = value::tuple({2, "no such file"}),
                                            .fields = value::map({{"errno", 2}}),
                                            .trace = "Traceback: line 1"});
    try {
        throw_error(failure);
    } catch (const python::os_error& caught) {
        EXPECT_EQ(caught.type_name(), "builtins.FileNotFoundError");
        EXPECT_EQ(caught.message(), "[Errno 2] no such file");
        EXPECT_EQ(caught.arguments(), value::tuple({2, "no such file"}));
        EXPECT_EQ(caught.attributes()["errno"], value(2));
        EXPECT_EQ(caught.trace(), "Traceback: line 1");
        EXPECT_EQ(caught.code(), errc::remote_error);
    }
    // An error that was never Python's has its text for an argument.
    EXPECT_EQ(python::parts_of(named("x.Y")).arguments, value::tuple({"text"}));
    EXPECT_EQ(python::parts_of(named("x.Y")).type, "x.Y");
}

TEST(python_errors, make_arguments_and_attributes_of_whatever_a_program_gives) {
    const auto parts = [](value arguments, value fields) {
        return python::parts_of(python::to_error({.type = "builtins.ValueError",
                                                  .arguments = std::move(arguments),
                                                  .fields = std::move(fields)}));
    };
    EXPECT_EQ(parts(value::list({1, "x"}), value::map({{"a", 1}})).arguments,
              value::tuple({1, "x"}));
    EXPECT_EQ(parts("alone", {}).arguments, value::tuple({"alone"}));
    EXPECT_EQ(parts({}, {}).arguments, value::tuple());
    EXPECT_EQ(parts({}, value::map({{"a", 1}})).fields, value::map({{"a", 1}}));
    EXPECT_EQ(parts({}, value::record("R", {{"a", 1}})).fields, value::map({{"a", 1}}));
    EXPECT_EQ(parts({}, value::list({1})).fields, value::map());
}

TEST(python_errors, thrown_by_a_handler_keep_their_type) {
    try {
        throw python::key_error(value(5));
    } catch (...) {
        const error failure = error_of_current_exception();
        EXPECT_EQ(failure.code(), errc::remote_error);
        EXPECT_EQ(failure.type_name(), "builtins.KeyError");
        EXPECT_EQ(python::parts_of(failure).arguments, value::tuple({5}));
        EXPECT_THROW(throw_error(failure), python::key_error);
    }
    EXPECT_EQ(python::value_error("bad").message(), "bad");
    EXPECT_EQ(python::module_not_found_error("no lucy").type_name(),
              "builtins.ModuleNotFoundError");
    EXPECT_EQ(python::exception({.type = "shop.OutOfStock"}).type_name(), "shop.OutOfStock");
}

TEST(python_errors, stand_for_what_the_system_refused) {
    const auto error_of = [](const auto& thrown) {
        try {
            throw thrown;
        } catch (...) {
            return error_of_current_exception();
        }
    };
    const error file = error_of(std::filesystem::filesystem_error(
        "cannot get size", "/no/such", std::make_error_code(std::errc::no_such_file_or_directory)));
    EXPECT_EQ(file.type_name(), "builtins.FileNotFoundError");
    EXPECT_EQ(python::parts_of(file).arguments, value::tuple({2, "No such file or directory"}));
    EXPECT_EQ(python::parts_of(file).fields, value::map({{"errno", 2},
                                                         {"strerror", "No such file or directory"},
                                                         {"filename", "/no/such"}}));
    EXPECT_THROW(throw_error(file), python::file_not_found_error);
    const error plain =
        error_of(std::system_error(ECONNRESET, std::system_category(), "asking the printer"));
    EXPECT_EQ(plain.type_name(), "builtins.ConnectionResetError");
    EXPECT_EQ(plain.message(), "asking the printer: Connection reset by peer");
    EXPECT_EQ(python::parts_of(plain).fields["strerror"], value(plain.message()));
    EXPECT_EQ(error_of(std::system_error(ENOSPC, std::generic_category())).type_name(),
              "builtins.OSError");
    // Numbers of other categories are none that Python knows.
    EXPECT_EQ(error_of(std::future_error(std::future_errc::no_state)).type_name(),
              "std::future_error");
    EXPECT_EQ(error_of(std::ios_base::failure("stream")).type_name(), "std::ios_base::failure");
}

TEST(python_errors, know_what_derives_from_what) {
    EXPECT_TRUE(python::is_a(named("builtins.KeyError"), "KeyError"));
    EXPECT_TRUE(python::is_a(named("builtins.KeyError"), "LookupError"));
    EXPECT_TRUE(python::is_a(named("builtins.ConnectionResetError"), "OSError"));
    EXPECT_FALSE(python::is_a(named("builtins.KeyError"), "IndexError"));
    EXPECT_FALSE(python::is_a(named("shop.KeyError"), "KeyError"));
    EXPECT_FALSE(python::is_a(fail(errc::timeout, "late"), "TimeoutError"));
}

TEST(python_errors, every_error_has_a_name_for_python) {
    EXPECT_EQ(python::type_name_of(fail(errc::timeout, "")), "builtins.TimeoutError");
    EXPECT_EQ(python::type_name_of(fail(errc::unknown_method, "")), "builtins.AttributeError");
    EXPECT_EQ(python::type_name_of(fail(errc::access_denied, "")), "builtins.PermissionError");
    EXPECT_EQ(python::type_name_of(fail(errc::invalid_argument, "")), "builtins.ValueError");
    EXPECT_EQ(python::type_name_of(fail(errc::internal, "")), "builtins.RuntimeError");
    EXPECT_EQ(python::type_name_of(named("shop.OutOfStock")), "shop.OutOfStock");
    EXPECT_EQ(python::type_name_of(named("std::out_of_range")), "builtins.IndexError");
    EXPECT_EQ(python::type_name_of(named("std::logic_error")), "builtins.RuntimeError");
    for (int i = 0; i <= static_cast<int>(python::builtin::system_exit); ++i)
        EXPECT_TRUE(python::type_name(static_cast<python::builtin>(i)).starts_with("builtins."));
}

} // namespace
} // namespace beckon
