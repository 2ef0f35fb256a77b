# SPDX-License-Identifier: MIT
# Writes ${OUTPUT}: the Lua files of ${FOLDER}, named in ${FILES} in order of loading, as C arrays.
set(text "/* made by embed.cmake from lua/ */\n#include \"script/script_own.h\"\n")
set(rows "")
foreach(name ${FILES})
  file(READ ${FOLDER}/${name} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(MAKE_C_IDENTIFIER ${name} id)
  string(APPEND text "static const unsigned char ${id}[] = { ${bytes} };\n")
  string(APPEND rows "\t{ \"${name}\", ${id}, sizeof ${id} },\n")
endforeach()
string(APPEND text "const struct embedded embedded_files[] = {\n${rows}};\n")
string(APPEND text "const size_t embedded_count = sizeof embedded_files / sizeof *embedded_files;\n")
file(WRITE ${OUTPUT} "${text}")
