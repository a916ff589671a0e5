/* channels/provider_sign.c - see provider_sign.h. Tables: kinds of checks, hashes, what is signed. */
#include "channels/provider_sign.h"

#include <stdlib.h>

#include "channels/provider_facts.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/sign.h"
#include "core/base/text.h"
#include "core/net/url.h"

#define SIGNED_MAX_BYTES ((size_t)4 << 20)
#define FIELDS_MAX 2000
#define URL_FORMS 2

struct job {
    const cJSON *check;
    const struct sign_context *context;
    const struct httpd_request *request;
    struct facts facts;
    struct arena *scratch;
    const char *base; /* the form of the public URL tried now */
};

static int refused(struct err *err, const char *why)
{
    return err_set(err, ERR_REFUSED, "%s", why);
}

/* --- what is signed --- */

static void part_body(struct job *job, struct str *out)
{
    str_add_span(out, job->request->body);
}

static void part_url_no_query(struct job *job, struct str *out)
{
    str_add_text(out, job->base);
    str_add_text(out, job->request->path);
}

static void part_url(struct job *job, struct str *out)
{
    part_url_no_query(job, out);
    if (*job->request->query)
        str_printf(out, "?%s", job->request->query);
}

static void part_body_sha256(struct job *job, struct str *out)
{
    str_add_text(out, sign_fingerprint(job->scratch, job->request->body));
}

struct field {
    char *name, *value;
};

static int compare_fields(const void *a, const void *b)
{
    const struct field *one = a, *two = b;
    int order = strcmp(one->name, two->name);

    return order ? order : strcmp(one->value, two->value);
}

/* Twilio: every field sorted by name, then value; the same pair twice counts once. A body that is
 * no form adds nothing; "body_hash" binds it then. */
static void part_form_sorted(struct job *job, struct str *out)
{
    struct span rest = job->request->body;
    struct field *fields = arena_array(job->scratch, FIELDS_MAX, sizeof(*fields));
    size_t count = 0;

    if (!facts_is_form(&job->facts))
        return;
    while (count < FIELDS_MAX &&
           url_next_field(&rest, job->scratch, &fields[count].name, &fields[count].value))
        count++;
    qsort(fields, count, sizeof(*fields), compare_fields);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_fields(&fields[i - 1], &fields[i]) == 0)
            continue;
        str_add_text(out, fields[i].name);
        str_add_text(out, fields[i].value);
    }
}

static const struct part {
    const char *name;
    void (*add)(struct job *job, struct str *out);
} parts[] = {
    { "body", part_body },
    { "url", part_url },
    { "url_no_query", part_url_no_query },
    { "body_sha256", part_body_sha256 },
    { "form_sorted", part_form_sorted },
};

static const struct part *find_part(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (strcmp(parts[i].name, name) == 0)
            return &parts[i];
    }
    return NULL;
}

const char *sign_part_fault(const char *name)
{
    return find_part(name) ? NULL : facts_source_fault(name);
}

static void add_signed(struct job *job, struct str *out)
{
    const char *between = json_text(job->check, "between", "");
    const cJSON *part;
    bool first = true;

    cJSON_ArrayForEach(part, json_get(job->check, "over"))
    {
        const struct part *known = find_part(part->valuestring);

        if (!first)
            str_add_text(out, between);
        first = false;
        if (known)
            known->add(job, out);
        else
            str_add_text(out, facts_text(&job->facts, part));
    }
}

/* --- hmac --- */

static const struct {
    const char *name;
    enum sign_hash hash;
} hashes[] = {
    { "md5", SIGN_MD5 },
    { "sha1", SIGN_SHA1 },
    { "sha256", SIGN_SHA256 },
    { "sha512", SIGN_SHA512 },
};

static enum sign_hash hash_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        if (strcmp(hashes[i].name, name) == 0)
            return hashes[i].hash;
    }
    return SIGN_SHA256;
}

static bool key_of(struct job *job, struct span *key)
{
    struct template_fill fill = { .vars = job->context->vars, .arena = job->scratch };
    const char *form = json_text(job->check, "key_is", "text");
    const char *text;

    if (template_text(&fill, json_text(job->check, "key", ""), &text) != TEMPLATE_OK || !*text)
        return false;
    *key = span_of(text);
    if (strcmp(form, "base64") == 0)
        return sign_from_base64(job->scratch, *key, key) && key->len > 0;
    if (strcmp(form, "hex") == 0)
        return sign_from_hex(job->scratch, *key, key) && key->len > 0;
    return true;
}

/* Is it one of the signatures the header names? Hex may come in either case. */
static bool is_among(struct job *job, const char *expected, const char *given)
{
    const char *separator = json_text(job->check, "separator", "");
    const char *prefix = json_text(job->check, "prefix", "");
    bool hex = strcmp(json_text(job->check, "as", "hex"), "hex") == 0;
    struct span rest = span_of(given);
    struct span one = rest;
    bool found = false;

    while (*separator ? rest.len > 0 && text_next_piece(&rest, *separator, &one) : rest.len > 0) {
        char *text;

        if (!*separator)
            rest = span_make(NULL, 0);
        one = text_trim(one);
        if (one.len < strlen(prefix) || memcmp(one.data, prefix, strlen(prefix)) != 0)
            continue;
        one = span_from(one, strlen(prefix));
        text = hex ? text_lower(job->scratch, one) : arena_dup_span(job->scratch, one);
        found = sign_equal(span_of(text), span_of(expected)) || found;
    }
    return found;
}

static bool hmac_fits(struct job *job, struct span key, const char *given)
{
    unsigned char digest[SIGN_MAX_BYTES];
    struct str text;
    struct span raw;
    bool fits;

    str_init(&text, SIGNED_MAX_BYTES);
    add_signed(job, &text);
    raw =
        span_make((const char *)digest, sign_hmac(hash_of(json_text(job->check, "hash", "sha256")),
                                                  key, str_span(&text), digest));
    fits = str_ok(&text) && is_among(job,
                                     strcmp(json_text(job->check, "as", "hex"), "base64") == 0
                                         ? sign_base64(job->scratch, raw)
                                         : sign_hex(job->scratch, raw),
                                     given);
    str_finish(&text);
    return fits;
}

/* The public URL as configured, and with its port dropped or the usual one added: providers sign
 * either. */
static size_t url_forms(const struct job *job, const char *forms[URL_FORMS])
{
    const char *url = job->context->public_url;
    const char *host, *port, *end;

    forms[0] = url ? url : "";
    host = url ? strstr(url, "://") : NULL;
    if (!host)
        return 1;
    host += 3;
    end = host + strcspn(host, "/");
    port = memrchr(host, ':', (size_t)(end - host));
    if (port && memchr(port, ']', (size_t)(end - port)))
        port = NULL; /* inside of an IPv6 address */
    if (port)
        forms[1] = arena_printf(job->scratch, "%.*s%s", (int)(port - url), url, end);
    else
        forms[1] = arena_printf(job->scratch, "%.*s:%s%s", (int)(end - url), url,
                                text_starts_nocase(span_of(url), "https") ? "443" : "80", end);
    return URL_FORMS;
}

static bool signs_url(const cJSON *check)
{
    const cJSON *part;

    cJSON_ArrayForEach(part, json_get(check, "over"))
    {
        if (strncmp(part->valuestring, "url", 3) == 0)
            return true;
    }
    return false;
}

/* A body that is no form is not part of form_sorted: its hash in the signed URL must bind it. */
static bool body_is_bound(struct job *job)
{
    const cJSON *source = json_get(job->check, "body_hash");
    const char *given;

    if (!source || job->request->body.len == 0 || facts_is_form(&job->facts))
        return true;
    given = facts_text(&job->facts, source);
    return given && sign_equal(span_of(text_lower(job->scratch, span_of(given))),
                               span_of(sign_fingerprint(job->scratch, job->request->body)));
}

static bool is_timely(struct job *job)
{
    int64_t window_ms = json_int(job->check, "window_s", 0) * SECOND_MS;
    const char *text = facts_text(&job->facts, json_get(job->check, "timestamp"));
    int64_t at_ms;

    if (window_ms == 0)
        return true;
    if (!text || !text_to_int(span_of(text), 0, INT64_MAX / 2, &at_ms))
        return false;
    return at_ms >= job->context->now_ms - window_ms && at_ms <= job->context->now_ms + window_ms;
}

static int check_hmac(struct job *job, struct err *err)
{
    const char *given = facts_text(&job->facts, json_get(job->check, "in"));
    const char *forms[URL_FORMS];
    size_t count = url_forms(job, forms);
    struct span key;
    bool fits = false;

    if (!key_of(job, &key))
        return refused(err, "the key of the webhook signature is not configured");
    if (signs_url(job->check) && !job->context->public_url)
        return refused(err, "public_url is not set, and the provider signs it");
    if (!given)
        return refused(err, "the signature is missing");
    for (size_t i = 0; i < count && !fits; i++) {
        job->base = forms[i];
        fits = hmac_fits(job, key, given);
    }
    if (!fits)
        return refused(err, "the signature is wrong");
    if (!body_is_bound(job))
        return refused(err, "the signature does not cover the body");
    return is_timely(job) ? 0 : refused(err, "the signature is too old or from the future");
}

/* --- the simple ones --- */

static int check_token(struct job *job, struct err *err)
{
    const char *given = facts_text(&job->facts, json_get(job->check, "in"));
    struct span key;

    if (!key_of(job, &key))
        return refused(err, "the secret of the webhook is not configured");
    if (!given || !sign_equal(span_of(given), key))
        return refused(err, "the secret of the webhook is missing or wrong");
    return 0;
}

static int check_path(struct job *job, struct err *err)
{
    const struct sign_context *context = job->context;
    size_t len = strlen(context->path);
    const char *path = job->request->path;

    if (!context->path_secret)
        return json_bool(job->check, "optional", false)
                   ? 0
                   : refused(err, "no secret is configured, and the provider does not sign");
    if (strncmp(path, context->path, len) != 0 || path[len] != '/' ||
        !sign_equal(span_of(path + len + 1), span_of(context->path_secret)))
        return refused(err, "the secret in the webhook URL is missing or wrong");
    return 0;
}

static int check_basic(struct job *job, struct err *err)
{
    const char *header = httpd_header_of(job->request, "Authorization");
    struct span given, key;

    if (!key_of(job, &key))
        return refused(err, "user and password of the webhook are not configured");
    if (!header || !text_starts_nocase(span_of(header), "Basic ") ||
        !sign_from_base64(job->scratch, text_trim(span_of(header + 6)), &given) ||
        !sign_equal(given, key))
        return refused(err, "user and password of the webhook are missing or wrong");
    return 0;
}

static const struct kind {
    const char *name;
    int (*check)(struct job *job, struct err *err);
} kinds[] = {
    { "hmac", check_hmac },
    { "token", check_token },
    { "path", check_path },
    { "basic", check_basic },
};

const char *const sign_kinds[] = { "hmac", "token", "path", "basic", NULL };
const char *const sign_hashes[] = { "md5", "sha1", "sha256", "sha512", NULL };
const char *const sign_forms[] = { "hex", "base64", NULL };
const char *const sign_keys[] = { "text", "base64", "hex", NULL };

static int run_check(struct job *job, struct err *err)
{
    const char *kind = json_text(job->check, "kind", "");

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i].name, kind) == 0)
            return kinds[i].check(job, err);
    }
    return refused(err, "the provider file names an unknown check");
}

int sign_check(const cJSON *checks, const struct sign_context *context,
               const struct httpd_request *request, struct arena *scratch, struct err *err)
{
    struct job job = { .context = context, .request = request, .scratch = scratch };
    int rc = 0;

    if (cJSON_GetArraySize(checks) == 0)
        return refused(err, "the provider file has no check for webhooks");
    facts_of_request(&job.facts, request, context->vars, scratch);
    cJSON_ArrayForEach(job.check, checks)
    {
        rc = run_check(&job, err);
        if (rc < 0)
            break;
    }
    facts_finish(&job.facts);
    return rc;
}
