/* core/replies/when_pieces.h - the pieces of which an expression of time is made. Each reads one
 * piece from token `at` on into the bag (bag->has of the given bag tells what came before) and
 * gives the count of tokens used, 0 = it is not there. Shared by core/replies/when*.c only. */
#ifndef HEED_REPLIES_WHEN_PIECES_H
#define HEED_REPLIES_WHEN_PIECES_H

#include "core/replies/when_bag.h"

/* when_dates.c */
size_t when_numeric_date(const struct parser *parser, size_t at, struct bag *bag);
size_t when_named_date(const struct parser *parser, size_t at, struct bag *bag);
size_t when_cjk_date(const struct parser *parser, size_t at, struct bag *bag);
size_t when_day_alone(const struct parser *parser, size_t at, struct bag *bag);
size_t when_year_alone(const struct parser *parser, size_t at, struct bag *bag);

/* when_units.c */
size_t when_unit_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_nth_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_quarter_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_half_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_week_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_decade_piece(const struct parser *parser, size_t at, struct bag *bag);

/* when_names.c */
size_t when_rel_day_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_weekday_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_holiday_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_part_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_edge_piece(const struct parser *parser, size_t at, struct bag *bag);
size_t when_season_piece(const struct parser *parser, size_t at, struct bag *bag);

/* when_shift.c */
size_t when_shift_piece(const struct parser *parser, size_t at, struct bag *bag);

/* May this stand behind a bare hour, or does it make the number a count ("at 3 offices")? */
bool when_may_follow(const struct tokens *tokens, size_t at);

/* "prochain", "que viene": said of the week, month or day before it. The tokens used. */
size_t when_after_noun(const struct tokens *tokens, size_t at);

/* Portuguese and Italian "of the" and "from the": "fim do mês", "a partire da lunedì". */
bool when_is_link(const struct tokens *tokens, size_t at);

/* Is it one of "until", "by", "after" and the like? */
bool when_is_bound(const struct tokens *tokens, size_t at);

#endif
