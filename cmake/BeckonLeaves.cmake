# Leaves that stand on somebody else's library, one line each below. Where the library is missing, the leaf is left out
# with its headers, tests and fuzz targets, and all else is built; -DCMAKE_DISABLE_FIND_PACKAGE_NAME=ON leaves it out on
# purpose. src/service/connect.cpp, listen.cpp and protocols.cpp see BECKON_HAS_PROTOCOL_RPYC and its like as 1 or 0.

set(beckon_missing_leaves "")   # folders, such as protocol/rpyc
set(beckon_leaf_packages "")    # what a user's find_package(beckon) must find as well
set(beckon_leaf_libraries "")   # what the library links with
set(beckon_leaf_debian "")      # what the Debian package depends on
set(beckon_leaf_definitions "")

# beckon_leaf_needs(LEAF PACKAGE TARGET DEBIAN [VERSION]): the leaf needs the target of a CMake package, which a package of
# Debian brings. A leaf of several needs has a line for each.
macro(beckon_leaf_needs leaf package target debian)
    find_package(${package} ${ARGN} QUIET)
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

# Those that need nothing are there, but not in beckon::core.
list(APPEND beckon_leaf_definitions BECKON_HAS_PROTOCOL_JSONRPC=1)

beckon_leaf_needs(protocol/rpyc ZLIB ZLIB::ZLIB zlib1g-dev)
beckon_leaf_needs(security/keys sodium sodium::sodium libsodium-dev)
beckon_leaf_needs(storage/sqlite SQLite3 SQLite::SQLite3 libsqlite3-dev)
beckon_leaf_needs(transport/tls OpenSSL OpenSSL::SSL libssl-dev 3.0)

# Leaves that need nothing, and yet are no part of beckon::core.
list(APPEND beckon_leaf_definitions BECKON_HAS_PROTOCOL_BASIC=1)
list(APPEND beckon_leaf_definitions BECKON_HAS_PROTOCOL_MSGPACKRPC=1)
list(APPEND beckon_leaf_definitions BECKON_HAS_PROTOCOL_PYRPC=1)
list(APPEND beckon_leaf_definitions BECKON_HAS_PROTOCOL_REMCALL=1)
list(APPEND beckon_leaf_definitions BECKON_HAS_TRANSPORT_WS=1)
list(APPEND beckon_leaf_definitions BECKON_HAS_SECURITY_UNPROVEN=1)
list(APPEND beckon_leaf_definitions BECKON_HAS_TRANSPORT_HTTP=1)
list(APPEND beckon_leaf_definitions BECKON_HAS_TRANSPORT_UDP=1)
list(APPEND beckon_leaf_definitions BECKON_HAS_NAMING_ANNOUNCER=1)

# quickrpc as well.
list(APPEND beckon_leaf_definitions BECKON_HAS_PROTOCOL_QUICKRPC=1)

list(REMOVE_DUPLICATES beckon_leaf_packages)
list(REMOVE_DUPLICATES beckon_leaf_libraries)
list(REMOVE_DUPLICATES beckon_leaf_debian)

# beckon_drop_missing_leaves(LIST) takes the files of missing leaves off a list of paths.
function(beckon_drop_missing_leaves files)
    set(kept ${${files}})
    foreach(leaf IN LISTS beckon_missing_leaves)
        cmake_path(GET leaf FILENAME name)
        list(FILTER kept EXCLUDE REGEX "(^|/)(src|include/beckon)/${leaf}/|(^|/)include/beckon/${name}\\.hpp$")
    endforeach()
    set(${files} ${kept} PARENT_SCOPE)
endfunction()
