/* core/engine/import.c - see import.h. Rows are read and checked outside the transaction, so that a slow file keeps no writer
 * waiting. */
#include "core/engine/import.h"

#include "core/engine/import_match.h"

#define BATCH_ROWS 500
#define BATCH_BYTES ((size_t)4 << 20) /* of cells; a row may be 1 MiB long */

struct run {
    const struct import *import;
    struct arena *notes; /* the caller's */
    struct import_result *result;
    struct csv *csv;
    struct import_columns columns;
    struct import_rules rules;
    struct arena header, scratch;
    struct import_row *rows; /* BATCH_ROWS of them */
    struct csv_row *sources;
    size_t count;
    bool ended;
};

/* ---- notes ---- */

static void keep(struct run *run, struct import_note **list, size_t *count,
                 const struct import_note *note)
{
    if (!*list)
        *list = arena_array(run->notes, IMPORT_KEPT_NOTES, sizeof(**list));
    if (*count == IMPORT_KEPT_NOTES)
        return;
    (*list)[(*count)++] = (struct import_note){
        .line = note->line,
        .column = arena_dup(run->notes, note->column),
        .text = arena_dup(run->notes, note->text),
    };
}

static void note_refusal(struct run *run, const struct csv_row *row, const char *column,
                         const char *text)
{
    const struct import_note note = { .line = row->line, .column = column, .text = text };
    const struct import_watch *watch = run->import->watch;

    run->result->refused++;
    keep(run, &run->result->refusals, &run->result->refusal_count, &note);
    if (watch && watch->refused)
        watch->refused(watch, &note, row);
}

static void note_doubt(struct run *run, const struct csv_row *row, const char *column,
                       const char *text)
{
    const struct import_note note = { .line = row->line, .column = column, .text = text };

    run->result->doubts++;
    keep(run, &run->result->warnings, &run->result->warning_count, &note);
}

/* ---- reading a batch ---- */

static void take_row(struct run *run, const struct csv_row *source)
{
    struct import_row *row = &run->rows[run->count];

    run->sources[run->count] = *source;
    import_row_read(&run->rules, &run->sources[run->count], &run->scratch, row);
    if (row->blank) {
        import_row_finish(row);
        return;
    }
    run->result->rows++;
    run->count++;
}

/* A row that cannot be read is refused and the next one read, but a file that cannot be read is the end. */
static int read_batch(struct run *run, struct err *err)
{
    struct err bad = { 0 };
    struct csv_row source;

    arena_reset(&run->scratch);
    for (run->count = 0; run->count < BATCH_ROWS && run->scratch.used < BATCH_BYTES;) {
        int more = csv_next(run->csv, &run->scratch, &source, &bad);
        if (more == 0) {
            run->ended = true;
            return 0;
        }
        if (more == 1) {
            take_row(run, &source);
            continue;
        }
        if (bad.code == ERR_SYSTEM) {
            if (err)
                *err = bad;
            return -1;
        }
        run->result->rows++;
        source.count = 0;
        note_refusal(run, &source, "", bad.text);
    }
    return 0;
}

static void finish_batch(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        import_row_finish(&run->rows[i]);
    run->count = 0;
}

/* ---- writing it ---- */

static void count_outcome(struct run *run, enum import_outcome outcome)
{
    struct import_result *result = run->result;

    result->added += outcome == IMPORT_ADDED;
    result->merged += outcome == IMPORT_MERGED;
    result->unchanged += outcome == IMPORT_UNCHANGED;
}

static int write_row(struct run *run, struct import_row *row, struct err *err)
{
    struct import_writer writer = {
        .workspace = run->import->workspace,
        .now = workspace_now(run->import->workspace),
        .evidence =
            arena_printf(&run->scratch, "%s line %ld",
                         run->import->name ? run->import->name : "import", row->source->line),
        .arena = &run->scratch,
    };
    enum import_outcome outcome;

    if (row->refused) {
        note_refusal(run, row->source, row->doubts[0].column, row->doubts[0].text);
        return 0;
    }
    outcome = import_write(&writer, row, err);
    if (outcome == IMPORT_FAILED)
        return -1;
    if (outcome == IMPORT_REFUSED) {
        note_refusal(run, row->source, "", writer.problem);
        return 0;
    }
    count_outcome(run, outcome);
    for (size_t i = 0; i < row->doubt_count; i++)
        note_doubt(run, row->source, row->doubts[i].column, row->doubts[i].text);
    if (writer.remark)
        note_doubt(run, row->source, "", writer.remark);
    return 0;
}

static int write_rows(struct run *run, struct err *err)
{
    for (size_t i = 0; i < run->count; i++)
        if (write_row(run, &run->rows[i], err) < 0)
            return -1;
    return 0;
}

static int write_batch(struct run *run, struct err *err)
{
    struct db *db = run->import->workspace->db;
    const struct import_result before = *run->result;
    struct import_result *now = run->result;

    if (run->import->dry_run)
        return write_rows(run, err);
    if (db_begin(db, err) < 0)
        return -1;
    if (db_end(db, write_rows(run, err), err) == 0)
        return 0;
    now->added = before.added;
    now->merged = before.merged;
    now->unchanged = before.unchanged;
    return -1;
}

static void tell_progress(const struct run *run)
{
    const struct import_watch *watch = run->import->watch;

    if (watch && watch->progress)
        watch->progress(watch, run->result, csv_bytes(run->csv));
}

static int import_rows(struct run *run, struct err *err)
{
    int rc = 0;

    while (rc == 0 && !run->ended) {
        rc = read_batch(run, err);
        if (rc == 0)
            rc = write_batch(run, err);
        finish_batch(run);
        tell_progress(run);
    }
    return rc;
}

/* A dry run is a run that is taken back: only so are its counts those of the real one. */
static int import_in_vain(struct run *run, struct err *err)
{
    int rc = db_begin(run->import->workspace->db, err);

    if (rc == 0)
        rc = import_rows(run, err);
    db_rollback(run->import->workspace->db);
    return rc;
}

static int read_header(struct run *run, struct err *err)
{
    const struct import_watch *watch = run->import->watch;
    struct csv_row row;
    int more = csv_next(run->csv, &run->header, &row, err);

    if (more == 0)
        return err_set(err, ERR_INPUT, "the file is empty: expected a line of column names first");
    if (more < 0 || import_columns_read(&row, &run->header, &run->columns, err) < 0)
        return -1;
    if (watch && watch->header)
        watch->header(watch, &row, &run->columns);
    return 0;
}

static int set_rules(struct run *run, struct err *err)
{
    const struct import *import = run->import;

    run->rules = (struct import_rules){
        .columns = &run->columns,
        .region = import->region ? import->region : import->workspace->region,
        .zone = import->zone,
    };
    return import->zone && !zone_find(import->zone, err) ? -1 : 0;
}

int import_run(const struct import *import, struct arena *arena, struct import_result *out,
               struct err *err)
{
    struct run run = { .import = import, .notes = arena, .result = out };
    int rc;

    *out = (struct import_result){ 0 };
    arena_init(&run.header);
    arena_init(&run.scratch);
    run.csv = csv_create(import->in, 0);
    run.rows = arena_array(&run.header, BATCH_ROWS, sizeof(*run.rows));
    run.sources = arena_array(&run.header, BATCH_ROWS, sizeof(*run.sources));
    rc = set_rules(&run, err);
    if (rc == 0)
        rc = read_header(&run, err);
    if (rc == 0)
        rc = import->dry_run ? import_in_vain(&run, err) : import_rows(&run, err);
    csv_destroy(run.csv);
    arena_finish(&run.scratch);
    arena_finish(&run.header);
    return rc;
}
