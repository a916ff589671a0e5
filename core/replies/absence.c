/* core/replies/absence.c - two tables of phrases; an address counts as a substitute's when words
 * that send the reader there stand shortly before it. */
#include "core/replies/absence.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/address.h"
#include "core/replies/fold.h"
#include "core/replies/moment.h"

#define MAX_TEXT_BYTES ((size_t)8000)
#define MAX_BEFORE_BYTES ((size_t)240)
#define MAX_ADDRESSES 20

static const struct phrase departures[] = {
    /* en */
    { "no longer works", 0 },
    { "no longer working", 0 },
    { "no longer work for", 0 },
    { "no longer work at", 0 },
    { "no longer with", 0 },
    { "no longer employed", 0 },
    { "no longer at", 0 },
    { "no longer part of", 0 },
    { "no longer a member of", 0 },
    { "no longer an employee", 0 },
    { "not with the company anymore", 0 },
    { "has left the company", 0 },
    { "has left the organi", 0 },
    { "has left our", 0 },
    { "have left the company", 0 },
    { "have left the organi", 0 },
    { "have left my position", 0 },
    { "left the business", 0 },
    { "left the firm", 0 },
    { "is not employed", 0 },
    { "has retired", 0 },
    { "have retired", 0 },
    { "has moved on from", 0 },
    { "have moved on from", 0 },
    { "my last day was", 0 },
    /* de */
    { "nicht mehr im unternehmen", 0 },
    { "nicht mehr in unserem unternehmen", 0 },
    { "nicht mehr bei uns", 0 },
    { "nicht mehr für uns", 0 },
    { "nicht mehr für das unternehmen", 0 },
    { "nicht mehr für die firma", 0 },
    { "nicht mehr in der firma", 0 },
    { "nicht mehr tätig", 0 },
    { "nicht mehr beschäftigt", 0 },
    { "unternehmen verlassen", 0 },
    { "firma verlassen", 0 },
    { "ausgeschieden", 0 },
    { "im ruhestand", 0 },
    /* fr */
    { "ne travaille plus", 0 },
    { "ne fait plus partie", 0 },
    { "ne fais plus partie", 0 },
    { "n'est plus dans l'entreprise", 0 },
    { "n'est plus employé", 0 },
    { "quitté l'entreprise", 0 },
    { "quitté la société", 0 },
    { "quitté ses fonctions", 0 },
    { "quitté mes fonctions", 0 },
    { "à la retraite", 0 },
    /* es */
    { "ya no trabaja", 0 },
    { "ya no forma parte", 0 },
    { "ya no formo parte", 0 },
    { "ha dejado la empresa", 0 },
    { "he dejado la empresa", 0 },
    { "dejado de trabajar", 0 },
    /* it */
    { "non lavora più", 0 },
    { "non lavoro più", 0 },
    { "non fa più parte", 0 },
    { "non faccio più parte", 0 },
    { "ha lasciato l'azienda", 0 },
    { "ho lasciato l'azienda", 0 },
    /* pt */
    { "já não trabalha", 0 },
    { "não trabalha mais", 0 },
    { "não trabalho mais", 0 },
    { "não faz mais parte", 0 },
    { "já não faz parte", 0 },
    { "deixou a empresa", 0 },
    /* nl */
    { "niet meer werkzaam", 0 },
    { "niet langer werkzaam", 0 },
    { "werkt niet meer", 0 },
    { "werkt niet langer", 0 },
    { "niet meer in dienst", 0 },
    { "uit dienst", 0 },
    /* pl */
    { "nie pracuje już", 0 },
    { "już nie pracuje", 0 },
    { "już nie pracuję", 0 },
    { "nie jest już pracownikiem", 0 },
    /* sv, da, no */
    { "arbetar inte längre", 0 },
    { "jobbar inte längre", 0 },
    { "inte längre anställd", 0 },
    { "har slutat", 0 },
    { "arbejder ikke længere", 0 },
    { "ikke længere ansat", 0 },
    { "er fratrådt", 0 },
    { "jobber ikke lenger", 0 },
    { "arbeider ikke lenger", 0 },
    { "ikke lenger ansatt", 0 },
    { "har sluttet", 0 },
    /* fi */
    { "ei enää työskentele", 0 },
    { "en enää työskentele", 0 },
    { "ei ole enää töissä", 0 },
    /* cs, sk, hu, ro */
    { "již nepracuje", 0 },
    { "už nepracuje", 0 },
    { "už nepracuji", 0 },
    { "már nem dolgozik", 0 },
    { "már nem dolgozom", 0 },
    { "nu mai lucrează", 0 },
    { "nu mai lucrez", 0 },
    { "nu mai face parte", 0 },
    /* ru, uk */
    { "больше не работает", 0 },
    { "больше не работаю", 0 },
    { "уже не работает", 0 },
    { "більше не працює", 0 },
    /* tr, el */
    { "artık çalışmıyor", 0 },
    { "artık çalışmamaktadır", 0 },
    { "bünyesinde çalışmamaktadır", 0 },
    { "görevinden ayrılmıştır", 0 },
    { "δεν εργάζεται πλέον", 0 },
    { "δεν εργάζομαι πλέον", 0 },
    /* ja, zh, ko */
    { "退職", 0 },
    { "退社いたしました", 0 },
    { "已离职", 0 },
    { "已離職", 0 },
    { "已经离职", 0 },
    { "퇴사", 0 },
};

/* Words that send the reader to somebody. */
static const struct phrase directions[] = {
    /* en */
    { "contact", 0 },
    { "reach out", 0 },
    { "get in touch", 0 },
    { "e-mail", 0 },
    { "email", 0 },
    { "write to", 0 },
    { "forward", 0 },
    { "send your", 0 },
    { "call or mail", 0 },
    { "instead", 0 },
    { "in my absence", 0 },
    { "urgent", 0 },
    { "replaced by", 0 },
    { "my colleague", 0 },
    { "handled by", 0 },
    /* de */
    { "wenden sie sich", 0 },
    { "wende dich", 0 },
    { "kontaktieren", 0 },
    { "kontakt", 0 },
    { "erreichen sie", 0 },
    { "vertretung", 0 },
    { "vertritt", 0 },
    { "vertreten", 0 },
    { "schreiben sie", 0 },
    { "dringenden", 0 },
    /* fr */
    { "contacter", 0 },
    { "contactez", 0 },
    { "adresser", 0 },
    { "adressez", 0 },
    { "joindre", 0 },
    { "remplacé", 0 },
    { "urgence", 0 },
    /* es */
    { "contacto", 0 },
    { "contacte", 0 },
    { "contactar", 0 },
    { "diríjase", 0 },
    { "dirigirse", 0 },
    { "escriba", 0 },
    { "urgente", 0 },
    /* it */
    { "contattare", 0 },
    { "contatti", 0 },
    { "rivolgersi", 0 },
    { "rivolgetevi", 0 },
    { "scrivere", 0 },
    { "urgenz", 0 },
    /* pt */
    { "contate", 0 },
    { "contato", 0 },
    { "dirija", 0 },
    { "urgência", 0 },
    /* nl */
    { "neem contact", 0 },
    { "contact opnemen", 0 },
    { "mailen naar", 0 },
    { "dringend", 0 },
    /* pl */
    { "skontakt", 0 },
    { "pilnych", 0 },
    /* sv, da, no, fi */
    { "kontakta", 0 },
    { "kontakte", 0 },
    { "henvend", 0 },
    { "vänligen", 0 },
    { "yhteyttä", 0 },
    { "ota yhteys", 0 },
    /* cs, hu, ro */
    { "kontaktujte", 0 },
    { "obraťte", 0 },
    { "keresse", 0 },
    { "forduljon", 0 },
    { "contactați", 0 },
    { "adresați", 0 },
    /* ru, uk, tr, el */
    { "обращайтесь", 0 },
    { "обратитесь", 0 },
    { "свяжитесь", 0 },
    { "пишите", 0 },
    { "звертайтесь", 0 },
    { "iletişim", 0 },
    { "başvur", 0 },
    { "επικοινων", 0 },
    /* ja, zh, ko */
    { "連絡", 0 },
    { "联系", 0 },
    { "聯絡", 0 },
    { "聯繫", 0 },
    { "연락", 0 },
    { "문의", 0 },
};

static bool is_somebody_else(const struct reader *reader, const char *address)
{
    static const char *const machines[] = { "noreply@",      "no-reply@",   "donotreply@",
                                            "do-not-reply@", "postmaster@", "mailer-daemon@" };

    for (size_t i = 0; i < COUNT_OF(machines); i++)
        if (strncmp(address, machines[i], strlen(machines[i])) == 0)
            return false;
    return strcmp(address, reader->out->from) != 0 && !reader_is_own_address(reader, address) &&
           text_is_email(span_of(address), true);
}

/* The text before `at`, at most some words of it, from the address before it on. */
static bool is_directed(const struct reader *reader, struct span text, size_t from, size_t at)
{
    size_t least = at > MAX_BEFORE_BYTES ? at - MAX_BEFORE_BYTES : 0;
    size_t last = from < at ? from : at; /* addresses may overlap: "a@b.example@c.example" */
    size_t start = last > least ? last : least;
    const char *folded =
        fold_text(reader->arena, span_make(text.data + start, at - start), MAX_BEFORE_BYTES);

    return phrase_in(directions, COUNT_OF(directions), folded) != NULL;
}

/* The first address that the reader is sent to; with any_address, the first one of somebody. */
static const char *find_substitute(const struct reader *reader, struct span text, bool any_address)
{
    size_t from = 0, seen = 0;

    for (size_t i = 0; i < text.len && seen < MAX_ADDRESSES; i++) {
        struct span address;
        const char *lower;

        if (text.data[i] != '@')
            continue;
        address = address_span_at(text, i);
        if (address.len == 0)
            continue;
        seen++;
        lower = text_lower(reader->arena, address);
        if (is_somebody_else(reader, lower) &&
            (any_address || is_directed(reader, text, from, (size_t)(address.data - text.data))))
            return lower;
        from = (size_t)(address.data - text.data) + address.len;
        i = from - 1;
    }
    return NULL;
}

static void find_return(struct reader *reader, struct span text)
{
    struct when_env env = moment_env(reader);

    if (when_return(text, &env, reader->arena, &reader->out->return_ms))
        reader_rule(reader, "absence: names the day of return");
}

void absence_read(struct reader *reader)
{
    struct span text = text_cut(span_of(reader->out->own_text), MAX_TEXT_BYTES);
    const char *folded = fold_text(reader->arena, text, MAX_TEXT_BYTES);
    const struct phrase *left = phrase_in(departures, COUNT_OF(departures), folded);

    reader->out->left_company = left != NULL;
    if (left)
        reader_rule(reader, arena_printf(reader->arena, "absence: %s", left->text));
    reader->out->substitute = find_substitute(reader, text, false);
    if (!reader->out->substitute && left)
        reader->out->substitute = find_substitute(reader, text, true);
    if (reader->out->substitute)
        reader_rule(reader, "absence: names a substitute");
    find_return(reader, text);
}
