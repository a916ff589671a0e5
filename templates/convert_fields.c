/* templates/convert_fields.c - other tools' names of fields and what they are with us. Names that
 * are in no table become custom columns, named as the importer names them. */
#include "core/base/labels.h"
#include "core/base/text.h"
#include "templates/compiler.h"
#include "templates/convert_inside.h"

#define FULL_NAME " | append: \" \" | append: prospect.last_name | strip"

/* words: names as label_squash() has them, '|' between. */
static const struct known {
    const char *words, *path, *filters;
} known[] = {
    { "firstname|first|givenname|forename|fname|vorname|prenom", "prospect.first_name", "" },
    { "lastname|last|surname|familyname|lname|nachname", "prospect.last_name", "" },
    { "name|fullname|contactname|displayname", "prospect.first_name", FULL_NAME },
    { "company|companyname|organization|organisation|organizationname|account|accountname|employer|"
      "firma",
      "prospect.company", "" },
    { "title|jobtitle|position|role", "prospect.title", "" },
    { "city|town|mailingcity", "prospect.city", "" },
    { "country|countryname|mailingcountry", "prospect.country", "" },
    { "senderfirstname|ownerfirstname|leadownerfirstname|fromfirstname|myfirstname|repfirstname",
      "sender.first_name", "" },
    { "sendername|senderfullname|ownername|ownerfullname|leadownername|fromname|myname|repname",
      "sender.name", "" },
    { "senderemail|senderemailaddress|owneremail|leadowneremailaddress|fromemail|fromaddress|"
      "myemail",
      "sender.address", "" },
    { "unsub|unsubscribe|unsubscribelink|unsubscribeurl|unsubscribetext|optoutlink|optouturl|"
      "systemunsubscribelink|setuserunsubscribeurl",
      "links.unsubscribe", "" },
    { "listaddress|listaddressline|senderinfo|physicaladdress|companyaddress|postaladdress|"
      "sendercompanyaddress",
      "workspace.postal_address", "" },
    { "today|todaysdate|currentdate|now", "\"now\"", " | date: \"%-d %B %Y\"" },
    { "currentyear", "\"now\"", " | date: \"%Y\"" },
};

/* What other tools put in front of a person's field, up to the dot. */
static const char *const owners[] = { "contact",
                                      "contacts",
                                      "customer",
                                      "user",
                                      "lead",
                                      "person",
                                      "recipient",
                                      "subscriber",
                                      "profile",
                                      "prospect",
                                      "member",
                                      "properties",
                                      "attributes",
                                      "attribute",
                                      "customattribute",
                                      "customattributes",
                                      "custom",
                                      "customfields",
                                      "customfield",
                                      "fields",
                                      "data",
                                      "traits",
                                      "my",
                                      "merge",
                                      NULL };

static const struct known *find_known(struct converter *c, struct span name)
{
    struct span rest, word;
    const char *squashed = label_squash(c->arena, name);

    for (size_t i = 0; *squashed && i < COUNT_OF(known); i++)
        for (rest = span_of(known[i].words); text_next_piece(&rest, '|', &word);)
            if (span_is(word, squashed))
                return &known[i];
    return NULL;
}

/* The name without "contact." and its like in front. */
static struct span without_owner(struct converter *c, struct span name)
{
    const char *dot = name.len ? memchr(name.data, '.', name.len) : NULL;
    struct span owner = span_make(name.data, dot ? (size_t)(dot - name.data) : 0);

    if (!dot || !text_is_among(label_squash(c->arena, owner), owners))
        return name;
    return span_from(name, owner.len + 1);
}

static const struct known *lookup(struct converter *c, struct span name)
{
    const struct known *found = find_known(c, name);

    return found ? found : find_known(c, without_owner(c, name));
}

/* "${first_name}", "custom_attribute.${city}", ".Subscriber.City", "@root.city" without signs. */
static struct span without_signs(struct converter *c, struct span name)
{
    char *copy = arena_dup_span(c->arena, text_trim(name));
    size_t len = 0;

    if (strncmp(copy, "@root.", 6) == 0)
        copy += 6;
    if (copy[0] == '.')
        copy++;
    for (const char *from = copy; *from; from++)
        if (!text_one_of(*from, "${}"))
            copy[len++] = *from;
    return span_make(copy, len);
}

static bool is_name(struct span name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!text_is_alnum(name.data[i]) && !text_one_of(name.data[i], " _-.?@") &&
            (unsigned char)name.data[i] < 0x80)
            return false;
    return name.len > 0;
}

/* The first word of a path: up to a dot or a bracket. */
static struct span first_word(struct span path)
{
    size_t len = 0;

    while (len < path.len && !text_one_of(path.data[len], ".["))
        len++;
    return span_make(path.data, len);
}

void convert_add_local(struct converter *c, struct span name)
{
    if (c->local_count < CONVERT_LOCALS_MAX)
        c->locals[c->local_count++] = name;
}

/* Inside of a loop that ends so, and not in its else? */
static bool in_loop(const struct converter *c, const char *end)
{
    for (size_t i = 0; i < c->depth; i++)
        if (c->blocks[i].end && strcmp(c->blocks[i].end, end) == 0 &&
            c->blocks[i].locals != CONVERT_LOCALS_MAX)
            return true;
    return false;
}

static bool is_local(const struct converter *c, struct span path)
{
    struct span word = first_word(path);

    for (size_t i = 0; i < c->local_count; i++)
        if (span_eq(c->locals[i], word))
            return true;
    return (span_is(word, "forloop") && in_loop(c, "endfor")) ||
           (span_is(word, "tablerowloop") && in_loop(c, "endtablerow"));
}

/* ---- inside {{#each}} ---- */

static const struct {
    const char *name, *path;
} loop_names[] = {
    { "@index", "forloop.index0" },
    { "@first", "forloop.first" },
    { "@last", "forloop.last" },
    { "loop.index", "forloop.index" },
    { "loop.index0", "forloop.index0" },
    { "loop.first", "forloop.first" },
    { "loop.last", "forloop.last" },
    { "forloop.counter", "forloop.index" },
    { "forloop.counter0", "forloop.index0" },
};

static const char *loop_name(const struct converter *c, struct span name)
{
    for (size_t i = 0; i < COUNT_OF(loop_names) && in_loop(c, "endfor"); i++)
        if (span_is(name, loop_names[i].name))
            return loop_names[i].path;
    return NULL;
}

/* The item that names without an owner belong to, or NULL; each "../" goes one loop out. */
static const char *current_item(const struct converter *c, struct span *name)
{
    for (size_t i = c->depth; i > 0; i--) {
        if (!c->blocks[i - 1].item)
            continue;
        if (!text_starts_nocase(*name, "../"))
            return c->blocks[i - 1].item;
        *name = span_from(*name, 3);
    }
    return NULL;
}

/* "this", "this.price", "price" of the item; NULL: it is a name of outside. */
static const char *item_path(struct converter *c, struct span name)
{
    const char *item = current_item(c, &name);

    if (!item || text_starts_nocase(name, "@root."))
        return NULL;
    if (span_is(name, "this") || span_is(name, "."))
        return item;
    if (text_starts_nocase(name, "this."))
        name = span_from(name, strlen("this."));
    return arena_printf(c->arena, "%s.%.*s", item, (int)name.len, name.data);
}

/* ---- one name ---- */

static bool custom_column(struct converter *c, struct span name, struct convert_field *out)
{
    const char *column = label_snake(c->arena, without_owner(c, name));

    if (!*column) {
        convert_refuse(c, "this is no name of a field");
        return false;
    }
    out->path = arena_printf(c->arena, "fields.%s", column);
    out->filters = "";
    if (!c->look)
        c->look = arena_printf(c->arena, "heed has no field of this name: import a column \"%s\"",
                               column);
    return true;
}

bool convert_is_known(struct converter *c, struct span name)
{
    name = without_signs(c, name);
    return is_name(name) && (lookup(c, name) || field_is_known(c->fields, name));
}

static bool as_it_is(struct converter *c, struct span name, struct convert_field *out)
{
    out->path = arena_dup_span(c->arena, name);
    out->filters = "";
    return true;
}

bool convert_field(struct converter *c, struct span name, struct convert_field *out)
{
    const struct known *found;
    const char *path;

    name = text_trim(name);
    path = loop_name(c, name);
    if (!path)
        path = is_local(c, name) ? NULL : item_path(c, name);
    if (path)
        return as_it_is(c, span_of(path), out);
    if (is_local(c, name) || field_is_known(c->fields, name))
        return as_it_is(c, name, out);
    while (text_starts_nocase(name, "../"))
        name = span_from(name, 3);
    name = without_signs(c, name);
    if (!is_name(name)) {
        convert_refuse(c, "this is no name of a field");
        return false;
    }
    found = lookup(c, name);
    if (!found)
        return custom_column(c, name, out);
    *out = (struct convert_field){ .path = found->path, .filters = found->filters };
    return true;
}

const char *convert_printed(struct converter *c, struct span name)
{
    struct convert_field field;

    if (!convert_field(c, name, &field))
        return NULL;
    return arena_printf(c->arena, "%s%s", field.path, field.filters);
}
