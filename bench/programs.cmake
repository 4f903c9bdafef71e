# The driver finds every program here, whoever built it.
set(BENCH_PROGRAMS "${CMAKE_CURRENT_BINARY_DIR}/programs")
set(BENCH_SOURCES "${CMAKE_CURRENT_SOURCE_DIR}")
set(BENCH_WARNINGS -Wall -Wextra -Wconversion -Wshadow)

# What a whole build makes, so that the driver can tell what is not built from what was left out.
set(BENCH_EXPECTED "${CMAKE_CURRENT_BINARY_DIR}/programs.list")
file(WRITE "${BENCH_EXPECTED}" "")
function(bench_expect file)
    file(APPEND "${BENCH_EXPECTED}" "${file}\n")
endfunction()

# bench_program(NAME SOURCES... ) makes an executable that the driver can run.
function(bench_program name)
    add_executable(${name} ${ARGN})
    target_include_directories(${name} PRIVATE "${BENCH_SOURCES}" "${CMAKE_CURRENT_SOURCE_DIR}")
    target_compile_options(${name} PRIVATE ${BENCH_WARNINGS})
    target_link_libraries(${name} PRIVATE Threads::Threads)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${BENCH_PROGRAMS}")
    bench_expect(${name})
endfunction()

# bench_hello(SYSTEM SOURCES... ) makes SYSTEM-hello, the smallest server a user would write, linked
# statically down to the C library: its stripped size is hello_size. The driver repeats its compile
# commands, which compile_commands.json tells, for hello_compile.
function(bench_hello system)
    add_executable(${system}-hello ${ARGN})
    target_link_options(${system}-hello PRIVATE -static)
    set_target_properties(${system}-hello PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${BENCH_PROGRAMS}"
        EXPORT_COMPILE_COMMANDS ON)
    bench_expect(${system}-hello)
endfunction()

# bench_generated(TARGET SOURCES... ) compiles other people's generated code, without our warnings.
function(bench_generated target)
    add_library(${target} OBJECT ${ARGN})
    target_include_directories(${target} SYSTEM PUBLIC "${CMAKE_CURRENT_BINARY_DIR}")
endfunction()

# bench_missing(PEER WHAT) reports that a peer is left out.
function(bench_missing peer what)
    message(STATUS "bench: ${peer} is left out, ${what} not found (bench/install-peers gets it)")
endfunction()
