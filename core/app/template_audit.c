/* core/app/template_audit.c - see template_audit.h. Runs the rehearsal, keeps its totals, writes the CSV; how the totals are
 * shown is in template_totals.c. */
#include "core/app/template_audit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/app/template_pick.h"
#include "core/app/template_totals.h"
#include "core/base/clock.h"
#include "core/base/csv.h"
#include "core/base/id.h"

#define PROGRESS_EVERY_MS 200
#define ROW_MAX_BYTES ((size_t)8 << 10)
#define FIELDS_MAX 32 /* of one held message, in the CSV */

struct auditing {
    struct invocation *in;
    struct template_totals totals;
    FILE *csv;
    const char *csv_path;
    struct str row;
    bool on_terminal, shown;
    int64_t told_ms;
};

/* ---- progress ---- */

static void on_progress(void *with, int64_t done, int64_t most)
{
    struct auditing *a = with;
    int64_t now = clock_monotonic_ms();

    if (!a->on_terminal || now - a->told_ms < PROGRESS_EVERY_MS)
        return;
    if (a->told_ms) {
        fprintf(stderr, "\r%s of at most %s prospects\033[K", template_count(&a->in->arena, done),
                template_count(&a->in->arena, most));
        a->shown = true;
    }
    a->told_ms = now;
}

static void end_progress(const struct auditing *a)
{
    if (a->shown)
        fputs("\r\033[K", stderr);
}

/* ---- CSV ---- */

static int open_csv(struct auditing *a, struct err *err)
{
    static const char heading[] = "prospect,address,channel,outcome,field,reason\n";
    char why[128];
    int fd;

    a->csv_path = option(a->in, "csv");
    if (!a->csv_path)
        return 0;
    fd = open(a->csv_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    a->csv = fd < 0 ? NULL : fdopen(fd, "w");
    if (!a->csv) {
        err_set(err, ERR_SYSTEM, "%s: %s", a->csv_path, err_errno(errno, why, sizeof(why)));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    fputs(heading, a->csv);
    return 0;
}

static int close_csv(struct auditing *a, struct err *err)
{
    char why[128];
    bool bad;

    if (!a->csv)
        return 0;
    bad = ferror(a->csv) != 0;
    if (fclose(a->csv) == 0 && !bad)
        return 0;
    return err_set(err, ERR_SYSTEM, "%s: %s", a->csv_path, err_errno(errno, why, sizeof(why)));
}

static void add_row(struct auditing *a, const struct rehearsed *one, const char *outcome,
                    const char *field)
{
    char id[ID_TEXT_BYTES];

    str_reset(&a->row);
    csv_add_cell(&a->row, id_text("pr", one->subject->prospect.id, id), true);
    csv_add_cell(&a->row, one->address ? one->address->value : "", false);
    csv_add_cell(&a->row, one->channel ? one->channel : "", false);
    csv_add_cell(&a->row, outcome, false);
    csv_add_cell(&a->row, field, false);
    csv_add_cell(&a->row, one->reason, false);
    str_add_char(&a->row, '\n');
    if (str_ok(&a->row))
        fputs(str_text(&a->row), a->csv);
}

struct lacking { /* fields of one message that hold it */
    struct {
        struct span name;
        bool mistyped;
    } list[FIELDS_MAX];
    size_t count;
};

static void add_lacking(struct lacking *lacking, const struct trace *trace)
{
    for (size_t i = 0; i < trace_path_count(trace); i++) {
        struct span name = trace_path_name(trace, i);
        size_t n = 0;
        if (!(trace->paths[i] & (TRACE_HELD | TRACE_MISTYPED)))
            continue;
        while (n < lacking->count && !span_eq(lacking->list[n].name, name))
            n++;
        if (n == FIELDS_MAX || n < lacking->count)
            continue;
        lacking->list[n].name = name;
        lacking->list[n].mistyped = !(trace->paths[i] & TRACE_HELD);
        lacking->count++;
    }
}

/* A row for each field it is held for: whoever fills the gaps needs them all. */
static void add_held(struct auditing *a, const struct rehearsed *one)
{
    struct lacking lacking = { .count = 0 };

    add_lacking(&lacking, &one->trace->subject);
    add_lacking(&lacking, &one->trace->text);
    add_lacking(&lacking, &one->trace->html);
    for (size_t i = 0; i < lacking.count; i++) {
        char name[128];
        snprintf(name, sizeof(name), "%.*s", (int)lacking.list[i].name.len,
                 lacking.list[i].name.data);
        add_row(a, one, lacking.list[i].mistyped ? "wrong type" : "held", name);
    }
    if (lacking.count == 0)
        add_row(a, one, "held", "");
}

/* ---- the audit ---- */

static int on_one(void *with, const struct rehearsed *one)
{
    struct auditing *a = with;

    template_totals_add(&a->totals, one);
    if (!a->csv || one->outcome == REHEARSAL_COMPLETE)
        return 0;
    if (one->outcome == REHEARSAL_HELD)
        add_held(a, one);
    else
        add_row(a, one, "no channel", "");
    return ferror(a->csv) ? 1 : 0;
}

static int check_sequence(struct workspace *workspace, struct arena *arena, const char *name,
                          struct err *err)
{
    struct sequence_row row = { .name = name };
    int found = name ? sequence_get(workspace->db, arena, &row, err) : 1;

    if (found == 0)
        err_set(err, ERR_NOT_FOUND, "no sequence \"%s\": see `heed sequence list`", name);
    return found == 1 ? 0 : -1;
}

static int run_audit(struct auditing *a, struct workspace *workspace,
                     const struct template_pick *pick, struct err *err)
{
    const char *const channels[] = { option(a->in, "channel"), NULL };
    const struct rehearsal rehearsal = {
        .workspace = workspace,
        .parts = pick->parts,
        .template = pick->name,
        .sequence = option(a->in, "sequence"),
        .channels = channels[0] ? channels : NULL,
        .visit = on_one,
        .progress = on_progress,
        .with = a,
    };
    int rc = check_sequence(workspace, &a->in->arena, rehearsal.sequence, err);

    if (rc < 0 || open_csv(a, err) < 0)
        return -1;
    rc = rehearse(&rehearsal, err);
    end_progress(a);
    return close_csv(a, err) < 0 ? -1 : rc;
}

int template_audit(struct invocation *in, struct workspace *workspace, struct err *err)
{
    struct auditing a = { .in = in, .on_terminal = isatty(STDERR_FILENO) != 0 };
    struct template_pick pick;
    int rc = template_pick(&pick, in, workspace, in->words[1], err);

    str_init(&a.row, ROW_MAX_BYTES);
    template_totals_init(&a.totals);
    if (rc == 0)
        rc = run_audit(&a, workspace, &pick, err);
    if (rc == 0)
        rc = template_totals_show(&a.totals, in, pick.label);
    template_totals_finish(&a.totals);
    str_finish(&a.row);
    template_pick_finish(&pick);
    return rc;
}

const char *template_count(struct arena *arena, int64_t count)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%lld", (long long)count);
    char *out = arena_alloc(arena, 32), *to = out;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0 && digits[i - 1] != '-')
            *to++ = ',';
        *to++ = digits[i];
    }
    return out;
}
