# Fuzz targets: src/**/NAME_fuzz.cpp defines LLVMFuzzerTestOneInput; its corpus lies beside it in corpus/NAME/.

# Calls visitor(NAME SOURCE CORPUS) for each fuzz target.
function(beckon_for_each_fuzz_target visitor)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*_fuzz.cpp)
    beckon_drop_missing_leaves(sources)
    foreach(source IN LISTS sources)
        cmake_path(GET source PARENT_PATH folder)
        cmake_path(GET source STEM name)
        string(REGEX REPLACE "_fuzz$" "" name ${name})
        cmake_language(CALL ${visitor} ${name} ${source} ${folder}/corpus/${name})
    endforeach()
endfunction()

# Each target over its corpus, and over truncations and bit flips of it, as an ordinary test.
function(beckon_corpus_test name source corpus)
    add_executable(${name}_fuzz_corpus ${source} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus_main.cpp)
    target_include_directories(${name}_fuzz_corpus PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${name}_fuzz_corpus PRIVATE beckon beckon_warnings)
    add_test(NAME fuzz.${name} COMMAND ${name}_fuzz_corpus ${corpus})
    beckon_test_properties(fuzz.${name} fuzz)
    set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 900)
endfunction()

function(beckon_add_corpus_tests)
    beckon_for_each_fuzz_target(beckon_corpus_test)
endfunction()

# The same targets with libFuzzer, for `./test --fuzz SECONDS`.
function(beckon_fuzzer name source corpus)
    add_executable(${name}_fuzz ${source})
    target_include_directories(${name}_fuzz PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    target_link_libraries(${name}_fuzz PRIVATE beckon beckon_warnings)
    set_target_properties(${name}_fuzz PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzzers)
    file(APPEND ${PROJECT_BINARY_DIR}/fuzzers.txt "${name}_fuzz ${corpus}\n")
endfunction()

function(beckon_add_fuzzers)
    file(WRITE ${PROJECT_BINARY_DIR}/fuzzers.txt "")
    get_property(parts GLOBAL PROPERTY beckon_objects)
    foreach(part IN LISTS parts)
        target_compile_options(${part} PRIVATE -fsanitize=fuzzer-no-link)
    endforeach()
    beckon_for_each_fuzz_target(beckon_fuzzer)
endfunction()
