# SPDX-License-Identifier: MIT
# Writes ${OUTPUT}: the files of ${FOLDER}, named in ${FILES}, as C arrays: the page of report/html.h.
set(text "/* made by embed.cmake from page/ */\n#include \"report/html_own.h\"\n")
set(rows "")
foreach(name ${FILES})
  file(READ ${FOLDER}/${name} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(MAKE_C_IDENTIFIER ${name} id)
  string(APPEND text "static const unsigned char ${id}[] = { ${bytes} };\n")
  string(APPEND rows "\t{ \"${name}\", ${id}, sizeof ${id} },\n")
endforeach()
string(APPEND text "const struct page_part page_parts[] = {\n${rows}};\n")
string(APPEND text "const size_t page_part_count = sizeof page_parts / sizeof *page_parts;\n")
file(WRITE ${OUTPUT} "${text}")
