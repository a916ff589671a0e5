/* core/replies/signature.c - tables of the words that begin each kind, and how long it may be. */
#include "core/replies/signature.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/fold.h"

#define MAX_SIGNATURE_LINES 15
#define MAX_SIGN_OFF_LINES 6
#define MAX_SIGN_OFF_BYTES 70
#define MAX_DEVICE_BYTES 140
#define MAX_NAME_BYTES 30
#define LEAST_FOOTER_RULE 20

static const struct phrase devices[] = {
    { "sent from my", 0 },
    { "sent from mail for", 0 },
    { "sent from outlook", 0 },
    { "sent from yahoo", 0 },
    { "sent from proton", 0 },
    { "sent from samsung", 0 },
    { "sent from iphone", 0 },
    { "sent from ipad", 0 },
    { "sent from a ", 0 },
    { "sent from the all new", 0 },
    { "sent from typeapp", 0 },
    { "sent from acompli", 0 },
    { "sent from gmail", 0 },
    { "sent from spark", 0 },
    { "sent from airmail", 0 },
    { "sent from mailbird", 0 },
    { "sent from newton", 0 },
    { "sent from myspace", 0 },
    { "sent from polymail", 0 },
    { "sent from bluemail", 0 },
    { "sent from aol", 0 },
    { "sent via", 0 },
    { "sent with", 0 },
    { "sent using", 0 },
    { "sent on the go", 0 },
    { "sent wirelessly", 0 },
    { "get outlook for", 0 },
    { "typed on my phone", 0 },
    { "typed with thumbs", 0 },
    { "please excuse typos", 0 },
    { "please excuse any typos", 0 },
    { "excuse my brevity", 0 },
    { "von meinem", 0 },
    { "von meiner", 0 },
    { "gesendet von", 0 },
    { "gesendet mit", 0 },
    { "gesendet über", 0 },
    { "diese nachricht wurde von meinem", 0 },
    { "diese nachricht wurde mit", 0 },
    { "outlook für", 0 },
    { "holen sie sich outlook", 0 },
    { "envoyé de mon", 0 },
    { "envoyé depuis", 0 },
    { "envoyé à partir", 0 },
    { "envoyé sans fil", 0 },
    { "télécharger outlook pour", 0 },
    { "obtenez outlook pour", 0 },
    { "enviado desde", 0 },
    { "enviado de mi", 0 },
    { "obtener outlook para", 0 },
    { "inviato da", 0 },
    { "inviato dal", 0 },
    { "scarica outlook per", 0 },
    { "ottieni outlook per", 0 },
    { "enviado do meu", 0 },
    { "enviado a partir", 0 },
    { "enviado por", 0 },
    { "obter o outlook", 0 },
    { "verstuurd vanaf", 0 },
    { "verzonden vanaf", 0 },
    { "verzonden vanuit", 0 },
    { "verstuurd vanuit", 0 },
    { "ᐧ", 0 },
    { "verzonden met", 0 },
    { "verstuurd met", 0 },
    { "wysłane z", 0 },
    { "wysłano z", 0 },
    { "pobierz outlook", 0 },
    { "skickat från", 0 },
    { "hämta outlook för", 0 },
    { "sendt fra", 0 },
    { "hent outlook", 0 },
    { "lähetetty", 0 },
    { "hanki outlook", 0 },
    { "odesláno z", 0 },
    { "az iphone-omról küldve", 0 },
    { "elküldve az", 0 },
    { "trimis de pe", 0 },
    { "отправлено с", 0 },
    { "отправлено из", 0 },
    { "надіслано з", 0 },
    { "iphone'umdan gönderildi", 0 },
    { "στάλθηκε από", 0 },
    { "أرسلت من", 0 },
    { "أُرسلت من", 0 },
    { "تم الإرسال من", 0 },
    { "נשלח מה", 0 },
    { "发自我的", 0 },
    { "發自我的", 0 },
    { "從我的", 0 },
    { "iphoneから送信", 0 },
    { "나의 iphone에서", 0 },
};

static const struct phrase sign_offs[] = {
    /* en */
    { "regards", 0 },
    { "best regards", 0 },
    { "kind regards", 0 },
    { "kindest regards", 0 },
    { "warm regards", 0 },
    { "warmest regards", 0 },
    { "with regards", 0 },
    { "with best regards", 0 },
    { "with kind regards", 0 },
    { "thanks and regards", 0 },
    { "thanks & regards", 0 },
    { "best", 0 },
    { "best wishes", 0 },
    { "all the best", 0 },
    { "all best", 0 },
    { "kind wishes", 0 },
    { "thanks", 0 },
    { "thank you", 0 },
    { "many thanks", 0 },
    { "thanks again", 0 },
    { "thanks in advance", 0 },
    { "thanks so much", 0 },
    { "thanks a lot", 0 },
    { "thx", 0 },
    { "cheers", 0 },
    { "sincerely", 0 },
    { "yours sincerely", 0 },
    { "sincerely yours", 0 },
    { "yours truly", 0 },
    { "yours faithfully", 0 },
    { "yours", 0 },
    { "respectfully", 0 },
    { "take care", 0 },
    { "rgds", 0 },
    { "br", 0 },
    { "kr", 0 },
    /* de */
    { "mit freundlichen grüßen", 0 },
    { "mit freundlichem gruß", 0 },
    { "mit freundlichen gruessen", 0 },
    { "mit besten grüßen", 0 },
    { "mit herzlichen grüßen", 0 },
    { "freundliche grüße", 0 },
    { "freundliche grüsse", 0 },
    { "viele grüße", 0 },
    { "beste grüße", 0 },
    { "liebe grüße", 0 },
    { "herzliche grüße", 0 },
    { "schöne grüße", 0 },
    { "grüße", 0 },
    { "gruß", 0 },
    { "mfg", 0 },
    { "vg", 0 },
    { "lg", 0 },
    { "danke", 0 },
    { "vielen dank", 0 },
    { "hochachtungsvoll", 0 },
    /* fr */
    { "cordialement", 0 },
    { "bien cordialement", 0 },
    { "très cordialement", 0 },
    { "bien à vous", 0 },
    { "salutations", 0 },
    { "meilleures salutations", 0 },
    { "sincères salutations", 0 },
    { "amicalement", 0 },
    { "merci", 0 },
    { "merci d'avance", 0 },
    { "au revoir", 0 },
    { "cdlt", 0 },
    /* es */
    { "saludos", 0 },
    { "un saludo", 0 },
    { "saludos cordiales", 0 },
    { "un cordial saludo", 0 },
    { "atentamente", 0 },
    { "cordialmente", 0 },
    { "gracias", 0 },
    { "muchas gracias", 0 },
    /* it */
    { "cordiali saluti", 0 },
    { "distinti saluti", 0 },
    { "saluti", 0 },
    { "un saluto", 0 },
    { "grazie", 0 },
    /* pt */
    { "cumprimentos", 0 },
    { "melhores cumprimentos", 0 },
    { "com os melhores cumprimentos", 0 },
    { "atenciosamente", 0 },
    { "abraço", 0 },
    { "abraços", 0 },
    { "obrigado", 0 },
    { "obrigada", 0 },
    { "att", 0 },
    /* nl */
    { "met vriendelijke groet", 0 },
    { "met vriendelijke groeten", 0 },
    { "vriendelijke groet", 0 },
    { "vriendelijke groeten", 0 },
    { "hartelijke groet", 0 },
    { "groeten", 0 },
    { "groet", 0 },
    { "mvg", 0 },
    /* pl */
    { "pozdrawiam", 0 },
    { "z poważaniem", 0 },
    { "z wyrazami szacunku", 0 },
    { "do widzenia", 0 },
    /* sv, da, no */
    { "med vänliga hälsningar", 0 },
    { "med vänlig hälsning", 0 },
    { "vänliga hälsningar", 0 },
    { "vänligen", 0 },
    { "hälsningar", 0 },
    { "mvh", 0 },
    { "med venlig hilsen", 0 },
    { "venlig hilsen", 0 },
    { "med vennlig hilsen", 0 },
    { "vennlig hilsen", 0 },
    { "hilsen", 0 },
    /* fi */
    { "terveisin", 0 },
    { "ystävällisin terveisin", 0 },
    { "hyvästi", 0 },
    /* cs, hu, ro, ru, uk, tr, el */
    { "s pozdravem", 0 },
    { "üdvözlettel", 0 },
    { "tisztelettel", 0 },
    { "cu stimă", 0 },
    { "cu respect", 0 },
    { "с уважением", 0 },
    { "с наилучшими пожеланиями", 0 },
    { "з повагою", 0 },
    { "saygılarımla", 0 },
    { "teşekkürler", 0 },
    { "με εκτίμηση", 0 },
};

static const struct phrase disclaimers[] = {
    { "this email and any", 0 },
    { "this e-mail and any", 0 },
    { "this email message and any", 0 },
    { "this e-mail message and any", 0 },
    { "this message and any", 0 },
    { "this email is confidential", 0 },
    { "this e-mail is confidential", 0 },
    { "this message is confidential", 0 },
    { "this message is intended", 0 },
    { "this email is intended", 0 },
    { "this e-mail is intended", 0 },
    { "this communication is", 0 },
    { "the information contained in this", 0 },
    { "the information in this e", 0 },
    { "the contents of this e", 0 },
    { "confidentiality notice", 0 },
    { "confidentiality note", 0 },
    { "legal disclaimer", 0 },
    { "disclaimer:", 0 },
    { "disclaimer ", 0 },
    { "privileged and confidential", 0 },
    { "if you are not the intended recipient", 0 },
    { "please consider the environment", 0 },
    { "diese e-mail enthält", 0 },
    { "diese e-mail kann", 0 },
    { "diese e-mail ist", 0 },
    { "diese nachricht ist vertraulich", 0 },
    { "der inhalt dieser e-mail", 0 },
    { "ce message et toutes les", 0 },
    { "ce message et les", 0 },
    { "ce courriel et", 0 },
    { "ce message est confidentiel", 0 },
    { "este mensaje y", 0 },
    { "este correo electrónico", 0 },
    { "aviso legal", 0 },
    { "aviso de confidencialidad", 0 },
    { "questo messaggio è", 0 },
    { "questa e-mail è", 0 },
    { "esta mensagem", 0 },
    { "este e-mail", 0 },
    { "dit e-mailbericht", 0 },
    { "dit bericht is", 0 },
};

static const struct phrase banners[] = {
    { "caution", 0 },
    { "warning: this email", 0 },
    { "warning: this message", 0 },
    { "external email", 0 },
    { "external sender", 0 },
    { "[external", 0 },
    { "external:", 0 },
    { "this email originated from outside", 0 },
    { "this message originated from outside", 0 },
    { "this message is from an external", 0 },
    { "this email is from an external", 0 },
    { "this email came from outside", 0 },
    { "you don't often get email from", 0 },
    { "some people who received this message don't often", 0 },
    { "achtung: externe", 0 },
    { "achtung: diese e-mail", 0 },
    { "externe e-mail", 0 },
    { "attention : ce", 0 },
    { "courriel externe", 0 },
    { "precaución:", 0 },
};

/* What the lines may hold at all: looked up once for all of them. */
struct clues {
    bool devices, disclaimers;
};

/* Lines that are not blank in [from, to); stops counting at MAX_SIGNATURE_LINES + 2, which is "too
 * many" for every question here. */
static size_t count_text(const struct lines *lines, size_t from, size_t to)
{
    size_t count = 0;

    for (size_t i = from; i < to && count < MAX_SIGNATURE_LINES + 2; i++)
        count += !line_is_blank(&lines->items[i]);
    return count;
}

/* possible: may any line begin so? (lines_may_hold()) */
static bool is_device(const struct line *line, bool possible)
{
    const char *text = line->folded + strspn(line->folded, "-*_ ");

    if (possible && phrase_begins(devices, COUNT_OF(devices), text))
        return line->text.len <= MAX_DEVICE_BYTES;
    return strlen(line->folded) < 60 && (strstr(text, "adlı cihazdan gönderildi") ||
                                         strstr(text, "から送信") || strstr(text, "傳送"));
}

/* A line of its own: the word, then nothing, punctuation, or a name behind a comma. */
static bool is_sign_off(const struct line *line)
{
    for (size_t i = 0; i < COUNT_OF(sign_offs); i++) {
        const char *after;

        if (line->folded[0] != sign_offs[i].text[0])
            continue;
        after = fold_behind(line->folded, sign_offs[i].text);
        if (!after)
            continue;
        if (*after == '\0' || strspn(after, " .,!:;-)") == strlen(after))
            return true;
        if (strchr(",!.", *after) && strlen(after) <= MAX_NAME_BYTES && !strchr(after, '?'))
            return true;
    }
    return false;
}

/* "--", "-- ", "__" alone, and the dash that some clients make of it. */
static bool is_delimiter(const struct line *line)
{
    return line_is_rule(line, 1) && strlen(line->folded) <= 60;
}

static void drop_banner(struct lines *lines, size_t from, size_t to, const struct clues *clues)
{
    size_t at = lines_skip_blank(lines, from);
    const char *text;

    if (at >= to)
        return;
    text = lines->items[at].folded + strspn(lines->items[at].folded, "*_=-! ⚠");
    if (!phrase_at_start(banners, COUNT_OF(banners), text) &&
        !is_device(&lines->items[at], clues->devices))
        return;
    if (is_device(&lines->items[at], clues->devices) && count_text(lines, at + 1, to) == 0)
        return;
    while (at < to && !line_is_blank(&lines->items[at]))
        lines->items[at++].fate = LINE_DROPPED;
}

static bool is_word_char_start(const char *text)
{
    return !fold_is_word_end(text);
}

/* "-roman", "- Roman F": the whole last line. */
static bool is_dashed_name(const struct line *line)
{
    const char *text = line->folded;
    size_t blanks = 0;

    if (text[0] != '-' || line->text.len > MAX_NAME_BYTES)
        return false;
    text += strspn(text, "- ");
    for (const char *at = text; *at; at++)
        blanks += *at == ' ';
    return is_word_char_start(text) && blanks <= 2 && !strpbrk(text, "?!:;,/0123456789");
}

/* Where the signature begins in [from, to), or `to`. */
static size_t find_delimiter(const struct lines *lines, size_t from, size_t to)
{
    for (size_t i = lines_skip_blank(lines, from); i < to; i++) {
        const struct line *line = &lines->items[i];
        bool strict = span_is(line->text, "--");

        if (is_delimiter(line) && (strict || strlen(line->folded) >= 3) &&
            count_text(lines, i, to) <= MAX_SIGNATURE_LINES + 1 &&
            (strict || count_text(lines, from, i) > 0))
            return i;
    }
    return to;
}

static size_t find_sign_off(const struct lines *lines, size_t from, size_t to)
{
    size_t seen = 0, found = to;

    for (size_t i = to; i > from && seen <= MAX_SIGN_OFF_LINES; i--) {
        const struct line *line = &lines->items[i - 1];

        if (line_is_blank(line) || line->fate != LINE_OWN)
            continue;
        if (is_sign_off(line) && count_text(lines, from, i - 1) > 0)
            found = i - 1;
        if (line->text.len > MAX_SIGN_OFF_BYTES)
            break;
        seen++;
    }
    if (found < to)
        return found;
    for (size_t i = to; i > from; i--) {
        if (line_is_blank(&lines->items[i - 1]) || lines->items[i - 1].fate != LINE_OWN)
            continue;
        return is_dashed_name(&lines->items[i - 1]) && count_text(lines, from, i - 1) > 0 ? i - 1
                                                                                          : to;
    }
    return to;
}

static size_t drop_tail(struct lines *lines, size_t from, size_t to, const struct clues *clues)
{
    for (size_t i = from; i < to; i++) {
        const struct line *line = &lines->items[i];
        bool device = is_device(line, clues->devices) && count_text(lines, i + 1, to) <= 4;
        bool footer = line->folded[0] == '_' && line_is_rule(line, LEAST_FOOTER_RULE) &&
                      count_text(lines, i + 1, to) <= MAX_SIGNATURE_LINES;

        if (device || footer ||
            (clues->disclaimers &&
             phrase_at_start(disclaimers, COUNT_OF(disclaimers), line->folded))) {
            lines_mark(lines, i, to, LINE_DROPPED);
            return i;
        }
    }
    return to;
}

static size_t drop_rules(struct lines *lines, size_t from, size_t to)
{
    while (to > from &&
           (line_is_blank(&lines->items[to - 1]) || (line_is_rule(&lines->items[to - 1], 2))))
        lines->items[--to].fate = LINE_DROPPED;
    return to;
}

void signature_mark(struct lines *lines, size_t from, size_t to)
{
    const struct clues clues = {
        .devices = lines_may_hold(lines, devices, COUNT_OF(devices)),
        .disclaimers = lines_may_hold(lines, disclaimers, COUNT_OF(disclaimers)),
    };
    size_t begin;

    drop_banner(lines, from, to, &clues);
    while (from < to && lines->items[from].fate == LINE_DROPPED)
        from++;
    to = drop_rules(lines, from, to);
    to = drop_tail(lines, from, to, &clues);
    to = drop_rules(lines, from, to);
    begin = find_delimiter(lines, from, to);
    lines_mark(lines, begin, to, LINE_SIGNATURE);
    to = begin;
    begin = find_sign_off(lines, from, to);
    lines_mark(lines, begin, to, LINE_SIGNATURE);
    drop_rules(lines, from, begin);
}
