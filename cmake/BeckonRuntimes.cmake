# Runtimes of generated code, as the command carries them: files of a folder as strings of a C++ source.

# beckon_embed_runtime(TARGET NAME FOLDER) gives TARGET a function command::NAME() (tools/beckon/runtimes.hpp) with the
# files of FOLDER, named from the folder that holds it.
function(beckon_embed_runtime target name folder)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
    list(FILTER files EXCLUDE REGEX "__pycache__|\\.mypy_cache|\\.pyc$")
    set(source ${PROJECT_BINARY_DIR}/runtimes/${name}.cpp)
    list(JOIN files "|" listed)
    add_custom_command(OUTPUT ${source}
        COMMAND ${CMAKE_COMMAND} -DNAME=${name} "-DFILES=${listed}" -DFOLDER=${folder} -DOUTPUT=${source}
            -P ${PROJECT_SOURCE_DIR}/cmake/BeckonEmbed.cmake
        DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/BeckonEmbed.cmake VERBATIM)
    target_sources(${target} PRIVATE ${source})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tools/beckon)
endfunction()
