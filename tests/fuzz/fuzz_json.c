/* tests/fuzz/fuzz_json.c - any bytes: an error or a tree, and what we print is read again. */
#include <stdlib.h>

#include "core/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    cJSON *root = json_parse(span_make((const char *)data, size), "fuzz", &err), *again;
    char *text;

    if (!root)
        return 0;
    json_path(root, "a.b[0][\"c\"]");
    json_int(root, "id", 0);
    text = json_print(root, (size & 1) != 0);
    again = json_parse(span_of(text), "again", &err);
    if (!again)
        abort();
    cJSON_Delete(again);
    cJSON_Delete(root);
    free(text);
    return 0;
}
