# The library, twice: beckon::beckon has every leaf, so that any endpoint can be named at run time; beckon::core has the
# native protocol over tcp, unix, exec, stdio and memory, needs the C and C++ libraries alone, and makes small programs.
# Each stands by itself. What both have is compiled once.
#
# What runs once for a connection, a schema or an error is compiled for size (it shrinks to half), and what a program does
# not use is left out by the linker.

set(beckon_rarely_run
    "/src/(schema|generate|security|service|storage)/"
    "/src/session/jobs/"
    "/src/value/(describe|coerce|iso8601|value_text|plain)"
    "/src/transport/(exec|stdio|tcp|unix)/"
    "/src/io/(endpoint|os_error|socket_listener|split_command)"
    "/src/object/(dynamic_|schema_|exception)"
    "/src/codec/native/typed_"
    "/src/protocol/rpyc/(exception|python_text)"
    "/src/base/(error|log|text)")
list(JOIN beckon_rarely_run "|" beckon_rarely_run)

set(beckon_core_leaves "/src/(transport/(exec|memory|stdio|tcp|unix)|protocol/native)/")
set(beckon_leaves "/src/(transport|protocol|security|naming|storage)/[a-z]")
set(beckon_joins "/src/service/(connect|listen|protocols)\\.cpp$") # compiled for each: they know which leaves there are
# In beckon::core one file stands for those that dynamic protocols enter by, and what these use is not linked. Nor is what
# bridges alone use: the native protocol's part of it is named here, the others' is in their leaves.
set(beckon_dynamic "/src/(object/(carried_value|forwarded_method|typed_operations|fetched_result|operation_forwarder|python_errors|value_streams)|service/(root_object|carrier|carrier_part|carrying|keepalive_stream|leaf_parts|mux_part|restart_part)|(session|service)/jobs/[a-z_]+|service/(bridge|detection)/[a-z_]+|protocol/native/(readable|renamed|told_[a-z_]+|call_extras))\\.cpp$")
set(beckon_not_dynamic "/src/service/no_dynamic_protocols\\.cpp$")

# beckon_add_objects(NAME SOURCE...) compiles the sources, each for what it is used, and sets the variable of that name to the targets made.
function(beckon_add_objects name)
    set(rarely ${ARGN})
    set(often ${ARGN})
    list(FILTER rarely INCLUDE REGEX "${beckon_rarely_run}")
    list(FILTER often EXCLUDE REGEX "${beckon_rarely_run}")
    # Each has a precompiled header of its own, since that must be compiled as its users are.
    set(made "")
    foreach(part often rarely)
        if(NOT ${part})
            continue()
        endif()
        add_library(${name}_${part} OBJECT ${${part}})
        list(APPEND made ${name}_${part})
        set_property(GLOBAL APPEND PROPERTY beckon_objects ${name}_${part})
        target_include_directories(${name}_${part} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
        target_compile_features(${name}_${part} PUBLIC cxx_std_20)
        target_compile_options(${name}_${part} PRIVATE -ffunction-sections -fdata-sections)
        target_link_libraries(${name}_${part} PRIVATE Threads::Threads ${beckon_leaf_libraries} beckon_warnings)
        list(LENGTH ${part} files)
        if(BECKON_PCH AND files GREATER 4)
            target_precompile_headers(${name}_${part} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.hpp)
        endif()
    endforeach()
    if(TARGET ${name}_rarely)
        target_compile_options(${name}_rarely PRIVATE $<$<CONFIG:Release,RelWithDebInfo>:-Os>)
    endif()
    set(${name} ${made} PARENT_SCOPE)
endfunction()

# beckon_add_library(TARGET OBJECTS...) makes a library of object libraries.
function(beckon_add_library target)
    add_library(${target} STATIC)
    foreach(part IN LISTS ARGN)
        target_sources(${target} PRIVATE $<TARGET_OBJECTS:${part}>)
    endforeach()
    target_include_directories(${target} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_link_libraries(${target} PUBLIC Threads::Threads)
    target_link_options(${target} INTERFACE LINKER:--gc-sections)
endfunction()

function(beckon_add_libraries)
    set(joins ${ARGN})
    set(leaves ${ARGN})
    set(core ${ARGN})
    set(dynamic ${ARGN})
    set(not_dynamic ${ARGN})
    list(FILTER joins INCLUDE REGEX "${beckon_joins}")
    list(FILTER leaves INCLUDE REGEX "${beckon_leaves}")
    list(FILTER leaves EXCLUDE REGEX "${beckon_core_leaves}")
    list(FILTER dynamic INCLUDE REGEX "${beckon_dynamic}")
    list(FILTER not_dynamic INCLUDE REGEX "${beckon_not_dynamic}")
    list(REMOVE_ITEM core ${joins} ${leaves} ${dynamic} ${not_dynamic})
    beckon_add_objects(beckon_common ${core})
    beckon_add_objects(beckon_leaf ${leaves} ${dynamic})
    beckon_add_objects(beckon_not_dynamic ${not_dynamic})
    beckon_add_objects(beckon_join_all ${joins})
    beckon_add_objects(beckon_join_core ${joins})
    target_compile_definitions(beckon_join_all_rarely PRIVATE ${beckon_leaf_definitions} BECKON_HAS_BRIDGES=1)
    foreach(definition IN LISTS beckon_leaf_definitions)
        string(REGEX REPLACE "=.*" "=0" without ${definition})
        target_compile_definitions(beckon_join_core_rarely PRIVATE ${without})
    endforeach()
    target_compile_definitions(beckon_join_core_rarely PRIVATE BECKON_HAS_BRIDGES=0)

    beckon_add_library(beckon ${beckon_common} ${beckon_leaf} ${beckon_join_all})
    target_link_libraries(beckon PRIVATE ${beckon_leaf_libraries})
    add_library(beckon::beckon ALIAS beckon)
    beckon_add_library(beckon_core ${beckon_common} ${beckon_not_dynamic} ${beckon_join_core})
    set_target_properties(beckon_core PROPERTIES EXPORT_NAME core)
    add_library(beckon::core ALIAS beckon_core)
endfunction()
