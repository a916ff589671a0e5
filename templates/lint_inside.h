/* templates/lint_inside.h - what the files of the linter share. Internal. */
#ifndef HEED_TEMPLATES_LINT_INSIDE_H
#define HEED_TEMPLATES_LINT_INSIDE_H

#include "templates/lint.h"
#include "templates/lint_text.h"

enum lint_rule_number { /* of lint_rules[] */
                        RULE_G1,
                        RULE_G2,
                        RULE_K3,
                        RULE_G3,
                        RULE_G4,
                        RULE_G5,
                        RULE_K4,
                        RULE_K6,
                        RULE_K8,
                        RULE_LENGTH,
                        RULE_SUBJECT,
                        RULE_OPT_OUT,
                        RULE_OPENING,
                        RULE_EMPTY,
                        RULE_LEFTOVER,
                        RULE_PLACEHOLDER,
                        RULE_IF_TEXT,
                        RULE_INCLUDE,
                        RULE_RAW,
};

enum lint_medium { LINT_EMAIL, LINT_SMS, LINT_CHAT, LINT_BRIEF };

struct lint_check { /* one message on its way through the rules */
    const struct lint_message *message;
    const struct lint_facts *facts;
    const struct phrases *phrases; /* NULL = no language is known */
    enum lint_medium medium;
    struct lint_text text; /* only with phrases */
    struct lint_findings *out;
};

struct lint_where {
    enum lint_place place;
    struct span whole; /* of the place */
    struct span quote; /* inside it; empty = the whole */
};

/* Adds a finding; the caller fills in what else it knows (better) in what is returned. */
struct lint_finding *lint_add(struct lint_findings *out, enum lint_rule_number rule,
                              enum lint_severity severity, const struct lint_where *where,
                              const char *found);

void lint_gears(struct lint_check *check);   /* lint_gears.c: G1-G5, K3, K4 */
void lint_manners(struct lint_check *check); /* lint_manners.c: K6, K8, length, subject, opening */
void lint_opt_out(struct lint_check *check); /* lint_manners.c */
void lint_left(struct lint_check *check);    /* lint_left.c: empty, syntax, placeholders */

#endif
