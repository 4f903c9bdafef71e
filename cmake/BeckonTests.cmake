# Every kind of test, found by where it stands. `ctest -L LABEL` runs one kind:
#   a layer's name        src/LAYER/**/*_test.cpp, one program a layer
#   interop               tests/**/*_test.{cpp,py,sh}, across layers
#   peer                  those of them that need somebody else's program
#   fuzz                  each *_fuzz.cpp over its corpus
#   example, check        the examples run; the sources checked
#   slow                  what takes more than some seconds
include(GoogleTest)
include(BeckonFuzz)
include(BeckonPrograms)
find_package(GTest REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# beckon_test_properties(TEST LABELS...) gives a script's or program's test what all of them have.
function(beckon_test_properties test)
    set_tests_properties(${test} PROPERTIES
        LABELS "${ARGN}" TIMEOUT 300 SKIP_RETURN_CODE 77
        ENVIRONMENT "BECKON_BUILD_DIR=${PROJECT_BINARY_DIR};BECKON_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
endfunction()

# The library is tested as it is installed or as a sanitizer sees it best; the tests themselves are compiled for less, since
# that is most of the time that all of this takes.
set(beckon_test_options $<IF:$<CONFIG:Release>,-O1,-O0>)

# One precompiled header for all test programs: GoogleTest costs most of a small test file's time.
if(BECKON_PCH)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "// Exists to precompile for.\n")
    add_library(beckon_test_headers OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
    target_precompile_headers(beckon_test_headers PRIVATE <gtest/gtest.h> ${PROJECT_SOURCE_DIR}/cmake/precompiled.hpp)
    target_compile_options(beckon_test_headers PRIVATE ${beckon_test_options})
    target_link_libraries(beckon_test_headers PRIVATE beckon beckon_warnings GTest::gtest)
endif()

# beckon_test_program(NAME LABEL SOURCES...) makes one GoogleTest program and a ctest test of each TEST in it.
function(beckon_test_program name label)
    add_executable(${name} ${ARGN})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(${name} PRIVATE ${beckon_test_options})
    target_link_libraries(${name} PRIVATE beckon beckon_warnings GTest::gtest GTest::gtest_main)
    if(BECKON_PCH)
        target_precompile_headers(${name} REUSE_FROM beckon_test_headers)
    endif()
    gtest_discover_tests(${name} TEST_PREFIX ${label}. DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
        PROPERTIES LABELS ${label}
        # Two properties for two variables: a list does not survive the way to the discovered tests.
        ENVIRONMENT BECKON_BUILD_DIR=${PROJECT_BINARY_DIR}
        ENVIRONMENT_MODIFICATION BECKON_SOURCE_DIR=set:${PROJECT_SOURCE_DIR})
endfunction()

# One program a layer: LAYER_tests holds src/LAYER/**/*_test.cpp.
file(GLOB layers LIST_DIRECTORIES true RELATIVE ${PROJECT_SOURCE_DIR}/src CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*)
foreach(layer IN LISTS layers)
    file(GLOB_RECURSE tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${layer}/*_test.cpp)
    beckon_drop_missing_leaves(tests)
    if(tests)
        beckon_test_program(${layer}_tests ${layer} ${tests})
        target_link_libraries(${layer}_tests PRIVATE ${beckon_leaf_libraries})
    endif()
endforeach()

# Tests across layers: tests/FOLDER/**/*_test.cpp, with what else they share there, is the program FOLDER_tests; each script
# is a test.
file(GLOB folders LIST_DIRECTORIES true RELATIVE ${PROJECT_SOURCE_DIR}/tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*)
foreach(folder IN LISTS folders)
    file(GLOB_RECURSE tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/*_test.cpp)
    if(tests)
        file(GLOB_RECURSE shared CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/*.cpp)
        list(REMOVE_ITEM shared ${tests})
        beckon_test_program(${folder}_tests ${folder} ${tests} ${shared})
        target_link_libraries(${folder}_tests PRIVATE beckon_conformance ${beckon_leaf_libraries})
        target_compile_definitions(${folder}_tests PRIVATE ${beckon_leaf_definitions}) # BECKON_HAS_TRANSPORT_TLS and the like
    endif()
    file(GLOB_RECURSE scripts CONFIGURE_DEPENDS
        ${PROJECT_SOURCE_DIR}/tests/${folder}/*_test.py ${PROJECT_SOURCE_DIR}/tests/${folder}/*_test.sh)
    foreach(script IN LISTS scripts)
        cmake_path(GET script STEM name)
        set(runner bash)
        if(script MATCHES "\\.py$")
            set(runner ${Python3_EXECUTABLE})
        endif()
        add_test(NAME ${folder}.${name} COMMAND ${runner} ${script})
        # A script that needs somebody else's program says so in its first lines: "# peer: NAME".
        file(STRINGS ${script} peer LIMIT_COUNT 1 REGEX "^# peer: [A-Za-z0-9_.-]+$")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
        if(peer)
            string(REPLACE "# peer: " "" peer "${peer}")
            beckon_test_properties(${folder}.${name} ${folder} peer peer=${peer})
        else()
            beckon_test_properties(${folder}.${name} ${folder})
        endif()
        # "# also at one port": once more, with a server that tells every protocol by its first bytes.
        file(STRINGS ${script} again LIMIT_COUNT 1 REGEX "^# also at one port$")
        if(again)
            add_test(NAME one_port.${name} COMMAND ${CMAKE_COMMAND} -E env BECKON_ONE_PORT=1 ${runner} ${script})
            if(peer)
                beckon_test_properties(one_port.${name} one_port peer peer=${peer})
            else()
                beckon_test_properties(one_port.${name} one_port)
            endif()
        endif()
    endforeach()
endforeach()

include(BeckonMatrix)
beckon_add_matrix()

# The layers whose tests run under the thread sanitizer too, built by one target and told to ./test by a file.
set(threaded_layers object io session transport service core jobs)
add_custom_target(threaded_tests)
foreach(layer IN LISTS threaded_layers)
    if(TARGET ${layer}_tests)
        add_dependencies(threaded_tests ${layer}_tests)
    endif()
endforeach()
list(JOIN threaded_layers "|" threaded_layers)
file(WRITE ${PROJECT_BINARY_DIR}/threaded_layers.txt "${threaded_layers}")

beckon_add_corpus_tests()

# What `./test --delays` loads before each program.
add_library(beckon_delays MODULE EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/delays/delays.cpp)
target_link_libraries(beckon_delays PRIVATE beckon_warnings ${CMAKE_DL_LIBS})

# The library as its users meet it: installed, as a sub-project, as a Debian package.
if(BECKON_INSTALL AND NOT BECKON_SANITIZE)
    foreach(way find_package add_subdirectory deb)
        add_test(NAME consumer.${way} COMMAND bash ${PROJECT_SOURCE_DIR}/tests/consumer/run ${way})
        beckon_test_properties(consumer.${way} consumer slow)
        set_tests_properties(consumer.${way} PROPERTIES TIMEOUT 1200)
    endforeach()
    set_tests_properties(consumer.find_package consumer.deb PROPERTIES RESOURCE_LOCK beckon_build_folder)
endif()

foreach(check includes layers text statics)
    set(command ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/checks/${check}.py)
    set(looked_at)
    if(check STREQUAL statics)
        set(looked_at $<TARGET_FILE:beckon>)
    endif()
    add_test(NAME check.${check} COMMAND ${command} ${looked_at})
    add_test(NAME check.${check}_sees_planted_breaches COMMAND ${command} --self-test)
    beckon_test_properties(check.${check} check)
    beckon_test_properties(check.${check}_sees_planted_breaches check)
endforeach()
add_test(NAME check.format COMMAND ${PROJECT_SOURCE_DIR}/tools/checks/format.sh)
beckon_test_properties(check.format check)
