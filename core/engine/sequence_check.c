/* core/engine/sequence_check.c - does a sequence of good form make sense? See sequence.h. */
#include <stdio.h>

#include "core/base/text.h"
#include "core/engine/sequence.h"

#define FIRST_HUMAN 9 /* index below: from here on people do it */

const char *const sequence_channels[] = { "email",  "sms",    "whatsapp", "telegram", "slack",
                                          "signal", "matrix", "discord",  "teams",    "call",
                                          "letter", "visit",  "gift",     "social",   NULL };

/* At most one finding names a step; paths are built here only. */
struct checker {
    const struct sequence *sequence;
    const struct sequence_names *names;
    struct findings *findings;
};

bool sequence_channel_is_human(const char *channel)
{
    return text_is_among(channel, sequence_channels + FIRST_HUMAN);
}

static void check_channel(const struct checker *checker, const char *path, const char *channel)
{
    const char *const *more = checker->names ? checker->names->channels : NULL;
    const char *nearest;

    if (!channel[0] || text_is_among(channel, sequence_channels) || text_is_among(channel, more))
        return;
    nearest = text_nearest(channel, sequence_channels);
    if (!nearest && more)
        nearest = text_nearest(channel, more);
    if (!nearest && !checker->names)
        return; /* of a provider file, for all we know */
    if (nearest)
        findings_add(checker->findings, true, path,
                     "there is no channel \"%s\": did you mean \"%s\"?", channel, nearest);
    else
        findings_add(checker->findings, true, path,
                     "there is no channel \"%s\": expected email, sms, whatsapp, telegram, slack, "
                     "signal, call, letter, visit, gift, social or one of a provider file",
                     channel);
}

static void check_order(const struct checker *checker)
{
    const struct sequence *sequence = checker->sequence;
    char path[32];

    for (size_t i = 0; i < sequence->channel_count; i++) {
        (void)snprintf(path, sizeof(path), "channels[%zu]", i);
        check_channel(checker, path, sequence->channels[i]);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(sequence->channels[i], sequence->channels[j]) != 0)
                continue;
            findings_add(checker->findings, true, path, "\"%s\" stands there twice",
                         sequence->channels[i]);
            break;
        }
    }
}

static void check_window(const struct checker *checker)
{
    const struct window *window = &checker->sequence->window;

    if (window->from_minute >= window->to_minute)
        findings_add(checker->findings, true, "window",
                     "it has no length: \"to\" must be later than \"from\" on the same day");
    else if (window->to_minute - window->from_minute < 30)
        findings_add(checker->findings, false, "window",
                     "less than half an hour a day is open: touches will pile up");
}

static void check_template(const struct checker *checker, const char *path, const struct step *step)
{
    const char *const *templates = checker->names ? checker->names->templates : NULL;
    bool human = step->channel && sequence_channel_is_human(step->channel);

    if (!step->template && !step->instructions)
        findings_add(checker->findings, true, path, "it says nothing: expected a \"template\"%s",
                     human ? " or \"instructions\"" : "");
    else if (!step->template && !human)
        findings_add(checker->findings, true, path,
                     "instructions are for people: %s needs a \"template\"",
                     step->channel ? step->channel : "a step without a channel of its own");
    if (!step->template || !step->template[0] || !templates ||
        text_is_among(step->template, templates))
        return;
    findings_add(checker->findings, true, path, "there is no template \"%s\"%s", step->template,
                 text_hint(step->template, templates).text);
}

static void check_id(const struct checker *checker, const char *path, size_t index)
{
    const struct step *steps = checker->sequence->steps;

    for (size_t i = 0; steps[index].id && steps[index].id[0] && i < index; i++) {
        if (!steps[i].id || strcmp(steps[i].id, steps[index].id) != 0)
            continue;
        findings_add(checker->findings, true, path, "step %zu is called \"%s\" already", i + 1,
                     steps[i].id);
        return;
    }
}

static void check_step(const struct checker *checker, size_t index)
{
    const struct step *step = &checker->sequence->steps[index];
    char path[48];

    (void)snprintf(path, sizeof(path), "steps[%zu].id", index);
    check_id(checker, path, index);
    (void)snprintf(path, sizeof(path), "steps[%zu].channel", index);
    if (step->channel)
        check_channel(checker, path, step->channel);
    else if (checker->sequence->channels && checker->sequence->channel_count == 0)
        findings_add(checker->findings, true, path,
                     "it has no channel, and the sequence has no \"channels\"");
    (void)snprintf(path, sizeof(path), "steps[%zu].keep", index);
    if (step->keep && !step->channel)
        findings_add(checker->findings, true, path, "a step that keeps its channel must name it");
    (void)snprintf(path, sizeof(path), "steps[%zu]", index);
    check_template(checker, path, step);
}

/* Distinct channels in the order and in the steps. */
static int count_channels(const struct sequence *sequence)
{
    int count = (int)sequence->channel_count;

    for (size_t i = 0; i < sequence->step_count; i++) {
        const char *channel = sequence->steps[i].channel;
        bool seen = !channel;

        for (size_t j = 0; !seen && j < sequence->channel_count; j++)
            seen = strcmp(sequence->channels[j], channel) == 0;
        for (size_t j = 0; !seen && j < i; j++)
            seen = sequence->steps[j].channel && strcmp(sequence->steps[j].channel, channel) == 0;
        count += seen ? 0 : 1;
    }
    return count;
}

static void check_floor(const struct checker *checker)
{
    const struct sequence *sequence = checker->sequence;
    int touches = (int)sequence->step_count, channels = count_channels(sequence);

    if (touches < sequence->floor_touches)
        findings_add(checker->findings, false, "floor.touches",
                     "the sequence asks for %d touches and has %d", sequence->floor_touches,
                     touches);
    if (channels < sequence->floor_channels)
        findings_add(checker->findings, false, "floor.channels",
                     "the sequence asks for %d channels and has %d", sequence->floor_channels,
                     channels);
}

void sequence_check(const struct sequence *sequence, const struct sequence_names *names,
                    struct findings *findings)
{
    struct checker checker = { .sequence = sequence, .names = names, .findings = findings };

    check_order(&checker);
    check_window(&checker);
    for (size_t i = 0; i < sequence->step_count; i++)
        check_step(&checker, i);
    check_floor(&checker);
}
