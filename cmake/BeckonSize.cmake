# Keeps programs that link the library small: what runs once for a connection, a schema or an error is compiled for
# size (it shrinks to half), and what a program does not use is left out by the linker.

set(beckon_rarely_run
    "/src/(schema|generate|service)/"
    "/src/value/(describe|coerce|iso8601|value_text|plain)"
    "/src/transport/(exec|stdio|tcp|unix)/"
    "/src/io/(endpoint|os_error|socket_listener|split_command)"
    "/src/object/(dynamic_|schema_|exception)"
    "/src/codec/native/typed_"
    "/src/protocol/rpyc/(exception|python_text)"
    "/src/base/(error|log|text)")
list(JOIN beckon_rarely_run "|" beckon_rarely_run)

# beckon_add_sources(TARGET SOURCE...) compiles the sources into the library, each for what it is used.
function(beckon_add_sources target)
    set(rarely ${ARGN})
    set(often ${ARGN})
    list(FILTER rarely INCLUDE REGEX "${beckon_rarely_run}")
    list(FILTER often EXCLUDE REGEX "${beckon_rarely_run}")
    # Each has a precompiled header of its own, since that must be compiled as its users are.
    add_library(${target}_often OBJECT ${often})
    add_library(${target}_rarely OBJECT ${rarely})
    target_compile_options(${target}_rarely PRIVATE $<$<CONFIG:Release,RelWithDebInfo>:-Os>)
    foreach(part ${target}_often ${target}_rarely)
        target_include_directories(${part} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
        target_compile_features(${part} PUBLIC cxx_std_20)
        target_compile_options(${part} PRIVATE -ffunction-sections -fdata-sections)
        target_link_libraries(${part} PRIVATE Threads::Threads ${beckon_leaf_libraries} beckon_warnings)
        if(BECKON_PCH)
            target_precompile_headers(${part} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.hpp)
        endif()
        target_sources(${target} PRIVATE $<TARGET_OBJECTS:${part}>)
    endforeach()
    target_link_options(${target} INTERFACE LINKER:--gc-sections)
endfunction()
