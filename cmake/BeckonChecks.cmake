# Targets on request: check_headers compiles each header alone, check_objects compiles everything, links nothing.

file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
    ${PROJECT_SOURCE_DIR}/include/*.hpp ${PROJECT_SOURCE_DIR}/src/*.hpp)
set(header_sources)
foreach(header IN LISTS headers)
    string(REGEX REPLACE "^(include|src)/" "" written ${header})
    string(MAKE_C_IDENTIFIER ${header} name)
    set(source ${PROJECT_BINARY_DIR}/headers/${name}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${written}\" // alone\n" @ONLY)
    list(APPEND header_sources ${source})
endforeach()
add_library(check_headers OBJECT EXCLUDE_FROM_ALL ${header_sources})
target_include_directories(check_headers PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(check_headers PRIVATE beckon beckon_warnings)
target_compile_options(check_headers PRIVATE -O0 -g0)
if(TARGET GTest::gtest)
    target_link_libraries(check_headers PRIVATE GTest::gtest) # for headers that tests share
endif()

set(objects "")
get_property(targets DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTY BUILDSYSTEM_TARGETS)
foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type MATCHES "EXECUTABLE|STATIC_LIBRARY|OBJECT_LIBRARY")
        list(APPEND objects $<TARGET_OBJECTS:${target}>)
    endif()
endforeach()
add_custom_target(check_objects DEPENDS ${objects})
