# The conformance service and its client in C++ for the matrix of languages: their types are what `beckon compile` makes of the
# IDL, in place of those that tools/conformance has by hand.
function(beckon_add_matrix)
    if(NOT TARGET beckon_command)
        return()
    endif()
    set(made ${PROJECT_BINARY_DIR}/matrix)
    set(idl ${PROJECT_SOURCE_DIR}/src/schema/testdata/conformance.bk)
    add_custom_command(OUTPUT ${made}/conformance.hpp
        COMMAND beckon_command compile ${idl} --cpp --namespace conformance -o ${made}
        DEPENDS beckon_command ${idl} VERBATIM)
    # Found before the other file of that name.
    file(CONFIGURE OUTPUT ${made}/conformance/types.hpp CONTENT "#pragma once\n#include \"../conformance.hpp\"\n")
    file(GLOB service CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/conformance/*.cpp)
    set(matrix ${PROJECT_SOURCE_DIR}/tests/matrix)
    add_library(matrix_service STATIC ${service} ${made}/conformance.hpp)
    add_executable(matrix_cpp_client ${matrix}/cpp_client.cpp ${matrix}/calls.cpp
        ${matrix}/remcall_calls.cpp)
    add_executable(matrix_cpp_server ${matrix}/cpp_server.cpp)
    foreach(target matrix_service matrix_cpp_client matrix_cpp_server)
        target_include_directories(${target} BEFORE PRIVATE ${made})
        target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tools ${PROJECT_SOURCE_DIR}/tests)
        target_compile_options(${target} PRIVATE ${beckon_test_options})
        target_link_libraries(${target} PRIVATE beckon beckon_warnings)
    endforeach()
    target_link_libraries(matrix_cpp_client PRIVATE matrix_service)
    target_link_libraries(matrix_cpp_server PRIVATE matrix_service)
endfunction()
