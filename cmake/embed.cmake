# The tables of core/replies/lexicon as C: a program never lacks the words of an opt-out because a file is missing.
# cmake -DOUT=FILE.c -DTABLES=A.tsv,B.tsv -P embed.cmake
string(REPLACE "," ";" tables "${TABLES}")
set(bytes "")
set(rows "")
foreach(table IN LISTS tables)
    get_filename_component(name ${table} NAME_WE)
    file(READ ${table} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" hex "${hex}")
    string(APPEND bytes "static const unsigned char ${name}[] = {\n${hex}\n};\n\n")
    string(APPEND rows "    { \"lexicon/${name}.tsv\", { (const char *)${name}, sizeof(${name}) } },\n")
endforeach()
file(WRITE ${OUT} "/* Made by cmake/embed.cmake from core/replies/lexicon; never edit. */
#include \"core/replies/lexicon.h\"

#include \"core/base/attr.h\"

${bytes}const struct lexicon_source lexicon_ours[] = {
${rows}};
const size_t lexicon_ours_count = COUNT_OF(lexicon_ours);
")
