# How everything of ours is compiled: warnings, sanitizers, ccache where it is present.

add_library(beckon_warnings INTERFACE)
target_compile_options(beckon_warnings INTERFACE
    -Wall -Wextra -Wconversion -Wshadow $<$<BOOL:${BECKON_WERROR}>:-Werror>
    # With optimisation GCC 12 sees out-of-bounds copies and uninitialised values inside inlined std::string and
    # std::optional that are not there (its bugs 105651, 105562, 80635). Clang and the sanitizers look for the real ones.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-maybe-uninitialized>)

# The sanitizers' flags belong to the whole build: code with and without them does not mix.
if(BECKON_SANITIZE)
    # Checking vptrs, the sanitizer asks through a pipe of its own whether memory is readable, and takes a failure to
    # make one for a bad object: tests that use up all descriptors would fail.
    add_compile_options(-fsanitize=${BECKON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -fno-sanitize=vptr)
    # Clang 14's check of calls through pointers cannot be written out for coroutines that are methods.
    add_compile_options($<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
    add_link_options(-fsanitize=${BECKON_SANITIZE})
    if(BECKON_SANITIZE MATCHES "address")
        # What the two sanitizers say of each global and line are millions of pointers: to move a program to another address
        # took it as long as all else of a short run.
        add_link_options(-no-pie)
    endif()
endif()

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(ccache_program ccache)
    mark_as_advanced(ccache_program)
    if(ccache_program)
        # Without the sloppiness ccache would not cache what uses a precompiled header. Paths count from the top folder, so
        # that a second checkout compiles nothing anew.
        set(CMAKE_CXX_COMPILER_LAUNCHER
            ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
            CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${ccache_program})
        add_compile_options(
            $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
            "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
    endif()
endif()
