# Leaves that stand on somebody else's library, one line each below. Where the library is missing, the leaf is left out
# with its headers, tests and fuzz targets, and all else is built; -DCMAKE_DISABLE_FIND_PACKAGE_NAME=ON leaves it out on
# purpose. src/service/connect.cpp and listen.cpp see BECKON_HAS_PROTOCOL_RPYC and its like as 1 or 0.

set(beckon_missing_leaves "")   # folders, such as protocol/rpyc
set(beckon_leaf_packages "")    # what a user's find_package(beckon) must find as well
set(beckon_leaf_libraries "")   # what the library links with
set(beckon_leaf_debian "")      # what the Debian package depends on
set(beckon_leaf_definitions "")

# beckon_leaf_needs(LEAF PACKAGE TARGET DEBIAN): the leaf needs the target of a CMake package, which a package of Debian
# brings. A leaf of several needs has a line for each.
macro(beckon_leaf_needs leaf package target debian)
    find_package(${package} QUIET)
    string(MAKE_C_IDENTIFIER "BECKON_HAS_${leaf}" beckon_definition)
    string(TOUPPER ${beckon_definition} beckon_definition)
    if(TARGET ${target})
        list(APPEND beckon_leaf_packages ${package})
        list(APPEND beckon_leaf_libraries ${target})
        list(APPEND beckon_leaf_debian ${debian})
    else()
        message(STATUS "beckon: ${leaf} is left out; it needs ${package} (${debian} on Debian)")
        list(APPEND beckon_missing_leaves ${leaf})
        list(REMOVE_ITEM beckon_leaf_definitions ${beckon_definition}=1)
    endif()
    if("${leaf}" IN_LIST beckon_missing_leaves)
        list(APPEND beckon_leaf_definitions ${beckon_definition}=0)
    else()
        list(APPEND beckon_leaf_definitions ${beckon_definition}=1)
    endif()
    list(REMOVE_DUPLICATES beckon_leaf_definitions)
endmacro()

if(BECKON_BUILD_BENCH)
    set(ZLIB_USE_STATIC_LIBS ON) # hello_size is that of a static program
endif()
beckon_leaf_needs(protocol/rpyc ZLIB ZLIB::ZLIB zlib1g-dev)

list(REMOVE_DUPLICATES beckon_leaf_packages)
list(REMOVE_DUPLICATES beckon_leaf_libraries)
list(REMOVE_DUPLICATES beckon_leaf_debian)
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/service/connect.cpp ${PROJECT_SOURCE_DIR}/src/service/listen.cpp
    PROPERTIES COMPILE_DEFINITIONS "${beckon_leaf_definitions}")

# beckon_drop_missing_leaves(LIST) takes the files of missing leaves off a list of paths.
function(beckon_drop_missing_leaves files)
    set(kept ${${files}})
    foreach(leaf IN LISTS beckon_missing_leaves)
        cmake_path(GET leaf FILENAME name)
        list(FILTER kept EXCLUDE REGEX "(^|/)(src|include/beckon)/${leaf}/|(^|/)include/beckon/${name}\\.hpp$")
    endforeach()
    set(${files} ${kept} PARENT_SCOPE)
endfunction()
