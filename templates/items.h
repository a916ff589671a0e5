/* templates/items.h - the items a list filter works on. What is no list counts as a list of one, nil
 * as an empty one, and lists inside lists are flattened: as the reference's input iterator does. */
#ifndef HEED_TEMPLATES_ITEMS_H
#define HEED_TEMPLATES_ITEMS_H

#include "templates/filters.h"

struct items {
    struct value *at;
    size_t count;
};

/* A fresh array: the caller may change it. */
int items_of(struct run *run, const struct value *v, struct items *out);

/* The items become the value. Returns 0. */
int items_give(struct value *value, const struct items *items);

/* Can it be asked for a property? Maps, whole numbers and texts can. */
bool items_askable(const struct value *item);

/* Fails: nothing here has that property. */
int items_refuse(struct run *run, const struct value *property);

/* item[property]. A number or a text takes the property its own way, nil and its like cannot be
 * asked: *askable says so. */
int items_ask(struct run *run, const struct value *item, const struct value *property,
              struct value *out, bool *askable);

#endif
