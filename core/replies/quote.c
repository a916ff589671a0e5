/* core/replies/quote.c - looks at a line and the few behind it; never further. */
#include "core/replies/quote.h"

#include <glib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/fold.h"

#define MAX_ATTRIBUTION_LINES 6
#define MAX_ATTRIBUTION_BYTES 420
#define MAX_WRAPPED_QUOTE_BYTES 12
#define MAX_PLAIN_BYTES 160 /* of an attribution without a known verb */
#define MAX_BLOCK_LINES 12
#define MAX_LABEL_POINTS 24
#define LEAST_DIGITS 3 /* of what may be a date */
#define BEFORE_VERB " >,)\"'"

/* First words of an attribution that begins with its date. */
static const struct phrase openers[] = {
    { "on", 0 },        { "at", 0 },     { "am", 0 }, { "le", 0 },   { "el", 0 },   { "il", 0 },
    { "in", 0 },        { "em", 0 },     { "op", 0 }, { "w", 0 },    { "dnia", 0 }, { "den", 0 },
    { "dne", 0 },       { "pe", 0 },     { "în", 0 }, { "στις", 0 }, { "في", 0 },   { "vào", 0 },
    { "il giorno", 0 }, { "el día", 0 }, { "a", 0 },  { "pada", 0 },
};

/* The same where words are not parted. */
static const struct phrase unparted_openers[] = {
    { "在", 0 }, { "於", 0 }, { "于", 0 }, { "ב-", 0 }, { "בתאריך", 0 },
};

static const struct phrase weekdays[] = {
    { "mon", 0 },    { "tue", 0 },      { "wed", 0 },     { "thu", 0 },       { "fri", 0 },
    { "sat", 0 },    { "sun", 0 },      { "mo", 0 },      { "di", 0 },        { "mi", 0 },
    { "do", 0 },     { "fr", 0 },       { "sa", 0 },      { "so", 0 },        { "lun", 0 },
    { "mar", 0 },    { "mer", 0 },      { "jeu", 0 },     { "ven", 0 },       { "sam", 0 },
    { "dim", 0 },    { "mié", 0 },      { "jue", 0 },     { "vie", 0 },       { "sáb", 0 },
    { "dom", 0 },    { "seg", 0 },      { "ter", 0 },     { "qua", 0 },       { "qui", 0 },
    { "sex", 0 },    { "gio", 0 },      { "mie", 0 },     { "joi", 0 },       { "vin", 0 },
    { "sâm", 0 },    { "пн", 0 },       { "вт", 0 },      { "ср", 0 },        { "чт", 0 },
    { "пт", 0 },     { "сб", 0 },       { "вс", 0 },      { "нд", 0 },        { "pon", 0 },
    { "wt", 0 },     { "śr", 0 },       { "czw", 0 },     { "pt", 0 },        { "sob", 0 },
    { "niedz", 0 },  { "monday", 0 },   { "tuesday", 0 }, { "wednesday", 0 }, { "thursday", 0 },
    { "friday", 0 }, { "saturday", 0 }, { "sunday", 0 },
};

/* Verbs, whole words; in some languages they stand in the middle and the name ends the line. */
static const struct phrase verbs[] = {
    { "wrote", 0 },
    { "writes", 0 },
    { "sent", 0 },
    { "schrieb", 0 },
    { "geschrieben", 0 },
    { "a écrit", 0 },
    { "a ecrit", 0 },
    { "écrivait", 0 },
    { "escribió", 0 },
    { "ha escrito", 0 },
    { "escribio", 0 },
    { "ha scritto", 0 },
    { "scrive", 0 },
    { "escreveu", 0 },
    { "schreef", 0 },
    { "geschreven", 0 },
    { "napisał(a)", 0 },
    { "napisał", 0 },
    { "napisała", 0 },
    { "napisal(a)", 0 },
    { "pisze", 0 },
    { "skrev", 0 },
    { "skrev følgende", 0 },
    { "kirjoitti", 0 },
    { "napsal(a)", 0 },
    { "napsal", 0 },
    { "napsala", 0 },
    { "írta", 0 },
    { "ezt írta", 0 },
    { "a scris", 0 },
    { "написал(а)", 0 },
    { "написал", 0 },
    { "написала", 0 },
    { "пишет", 0 },
    { "пише", 0 },
    { "написав", 0 },
    { "şunu yazdı", 0 },
    { "yazdı", 0 },
    { "έγραψε", 0 },
    { "كتب", 0 },
    { "כתב", 0 },
    { "כתבה", 0 },
    { "het volgende geschreven", 0 },
    { "đã viết", 0 },
    { "menulis", 0 },
    { "napisao je", 0 },
    { "napisala je", 0 },
    { "je napisao", 0 },
    { "je napisala", 0 },
    { "je napísal", 0 },
    { "napísal", 0 },
    { "napísal(a)", 0 },
    { "napísala", 0 },
    { "je oseba", 0 },
    { "napisal", 0 },
    { "написа", 0 },
    { "је написао/ла", 0 },
    { "kirjutas", 0 },
    { "rakstīja", 0 },
    { "rašė", 0 },
    { "isinulat ni", 0 },
    { "va escriure", 0 },
    { "escreveram", 0 },
    { "scribeva", 0 },
    { "skreiv", 0 },
    { "เขียนว่า", 0 },
    { "napsal/a", 0 },
    { "napisał/a", 0 },
    { "escribió lo siguiente", 0 },
    { "a écrit ceci", 0 },
    { "ha scritto quanto segue", 0 },
    { "schrieb am", 0 },
    { "yazmış", 0 },
};

static const struct phrase unparted_verbs[] = {
    { "写道", 0 },      { "寫道", 0 }, { "のメッセージ", 0 }, { "が書きました", 0 },
    { "님이 작성", 0 }, { "작성", 0 }, { "님이 쓴 글", 0 },
};

/* Labels of a header block, any language; counted, so short ones do no harm. */
static const struct phrase block_labels[] = {
    { "from", 0 },
    { "sent", 0 },
    { "date", 0 },
    { "to", 0 },
    { "cc", 0 },
    { "bcc", 0 },
    { "subject", 0 },
    { "reply-to", 0 },
    { "importance", 0 },
    { "attachments", 0 },
    { "sent on", 0 },
    { "organization", 0 },
    { "von", 0 },
    { "gesendet", 0 },
    { "datum", 0 },
    { "an", 0 },
    { "kopie", 0 },
    { "betreff", 0 },
    { "antwort an", 0 },
    { "de", 0 },
    { "envoyé", 0 },
    { "envoye", 0 },
    { "à", 0 },
    { "a", 0 },
    { "objet", 0 },
    { "répondre à", 0 },
    { "enviado", 0 },
    { "enviado el", 0 },
    { "enviado em", 0 },
    { "enviada em", 0 },
    { "enviada", 0 },
    { "fecha", 0 },
    { "para", 0 },
    { "asunto", 0 },
    { "assunto", 0 },
    { "data", 0 },
    { "da", 0 },
    { "inviato", 0 },
    { "oggetto", 0 },
    { "risposta", 0 },
    { "van", 0 },
    { "verzonden", 0 },
    { "aan", 0 },
    { "onderwerp", 0 },
    { "od", 0 },
    { "wysłano", 0 },
    { "do", 0 },
    { "dw", 0 },
    { "temat", 0 },
    { "nadawca", 0 },
    { "adresat", 0 },
    { "från", 0 },
    { "skickat", 0 },
    { "till", 0 },
    { "kopia", 0 },
    { "ämne", 0 },
    { "fra", 0 },
    { "sendt", 0 },
    { "dato", 0 },
    { "til", 0 },
    { "emne", 0 },
    { "lähettäjä", 0 },
    { "lähetetty", 0 },
    { "päivämäärä", 0 },
    { "vastaanottaja", 0 },
    { "kopio", 0 },
    { "aihe", 0 },
    { "odesláno", 0 },
    { "komu", 0 },
    { "předmět", 0 },
    { "predmet", 0 },
    { "feladó", 0 },
    { "elküldve", 0 },
    { "dátum", 0 },
    { "címzett", 0 },
    { "tárgy", 0 },
    { "de la", 0 },
    { "trimis", 0 },
    { "către", 0 },
    { "subiect", 0 },
    { "от", 0 },
    { "отправлено", 0 },
    { "дата", 0 },
    { "кому", 0 },
    { "копия", 0 },
    { "тема", 0 },
    { "від", 0 },
    { "надіслано", 0 },
    { "kimden", 0 },
    { "gönderildi", 0 },
    { "tarih", 0 },
    { "kime", 0 },
    { "konu", 0 },
    { "από", 0 },
    { "στάλθηκε", 0 },
    { "ημερομηνία", 0 },
    { "προς", 0 },
    { "θέμα", 0 },
    { "من", 0 },
    { "تاريخ الإرسال", 0 },
    { "تم الإرسال", 0 },
    { "إلى", 0 },
    { "الموضوع", 0 },
    { "מאת", 0 },
    { "נשלח", 0 },
    { "אל", 0 },
    { "נושא", 0 },
    { "差出人", 0 },
    { "送信日時", 0 },
    { "宛先", 0 },
    { "件名", 0 },
    { "发件人", 0 },
    { "发送时间", 0 },
    { "日期", 0 },
    { "收件人", 0 },
    { "抄送", 0 },
    { "主题", 0 },
    { "寄件者", 0 },
    { "收件者", 0 },
    { "主旨", 0 },
    { "보낸 사람", 0 },
    { "보낸 날짜", 0 },
    { "받는 사람", 0 },
    { "제목", 0 },
    { "poslano", 0 },
    { "odoslané", 0 },
    { "zadeva", 0 },
    { "za", 0 },
    { "prima", 0 },
    { "изпратено", 0 },
    { "до", 0 },
    { "относно", 0 },
    { "надсилання", 0 },
    { "จาก", 0 },
    { "ส่งเมื่อ", 0 },
    { "วันที่", 0 },
    { "ถึง", 0 },
    { "เรื่อง", 0 },
    { "từ", 0 },
    { "đã gửi", 0 },
    { "ngày", 0 },
    { "đến", 0 },
    { "chủ đề", 0 },
    { "dari", 0 },
    { "dikirim", 0 },
    { "tanggal", 0 },
    { "kepada", 0 },
    { "subjek", 0 },
    { "enviat", 0 },
    { "per a", 0 },
    { "assumpte", 0 },
    { "saatja", 0 },
    { "saatmisaeg", 0 },
    { "saadetud", 0 },
    { "adressaat", 0 },
    { "teema", 0 },
    { "no", 0 },
    { "nosūtīts", 0 },
    { "kam", 0 },
    { "tēma", 0 },
    { "nuo", 0 },
    { "išsiųsta", 0 },
    { "data ir laikas", 0 },
    { "tema", 0 },
    { "poslato", 0 },
    { "gönderilme", 0 },
    { "gönderen", 0 },
    { "alıcı", 0 },
    { "寄件日期", 0 },
    { "寄件人", 0 },
    { "收信人", 0 },
    { "发件时间", 0 },
    { "전송", 0 },
    { "보낸시간", 0 },
    { "받는이", 0 },
    { "보낸이", 0 },
    { "참조", 0 },
    { "날짜", 0 },
    { "日時", 0 },
    { "送信者", 0 },
    { "受信者", 0 },
    { "sender", 0 },
    { "recipient", 0 },
    { "received", 0 },
    { "mailed", 0 },
    { "sent at", 0 },
    { "priority", 0 },
    { "absender", 0 },
    { "empfänger", 0 },
    { "datum/uhrzeit", 0 },
    { "expéditeur", 0 },
    { "destinataire", 0 },
    { "remitente", 0 },
    { "destinatario", 0 },
    { "mittente", 0 },
    { "afzender", 0 },
    { "ontvanger", 0 },
};

static const struct phrase markers[] = {
    { "original message", 0 },
    { "original mail", 0 },
    { "original email", 0 },
    { "original appointment", 0 },
    { "forwarded message", 0 },
    { "begin forwarded message", 0 },
    { "reply message", 0 },
    { "ursprüngliche nachricht", 0 },
    { "urspr. nachricht", 0 },
    { "originalnachricht", 0 },
    { "original-nachricht", 0 },
    { "weitergeleitete nachricht", 0 },
    { "anfang der weitergeleiteten", 0 },
    { "message d'origine", 0 },
    { "message original", 0 },
    { "message transféré", 0 },
    { "début du message", 0 },
    { "mensaje original", 0 },
    { "mensaje reenviado", 0 },
    { "inicio del mensaje", 0 },
    { "messaggio originale", 0 },
    { "messaggio inoltrato", 0 },
    { "inizio messaggio", 0 },
    { "mensagem original", 0 },
    { "mensagem encaminhada", 0 },
    { "oorspronkelijk bericht", 0 },
    { "doorgestuurd bericht", 0 },
    { "wiadomość oryginalna", 0 },
    { "oryginalna wiadomość", 0 },
    { "wiadomość przekazana", 0 },
    { "ursprungligt meddelande", 0 },
    { "originalmeddelande", 0 },
    { "vidarebefordrat meddelande", 0 },
    { "oprindelig meddelelse", 0 },
    { "oprindelig besked", 0 },
    { "videresendt besked", 0 },
    { "opprinnelig melding", 0 },
    { "videresendt melding", 0 },
    { "alkuperäinen viesti", 0 },
    { "välitetty viesti", 0 },
    { "původní zpráva", 0 },
    { "přeposlaná zpráva", 0 },
    { "eredeti üzenet", 0 },
    { "továbbított üzenet", 0 },
    { "mesaj original", 0 },
    { "mesaj redirecționat", 0 },
    { "исходное сообщение", 0 },
    { "пересылаемое сообщение", 0 },
    { "початкове повідомлення", 0 },
    { "özgün ileti", 0 },
    { "orijinal mesaj", 0 },
    { "iletilmiş ileti", 0 },
    { "αρχικό μήνυμα", 0 },
    { "προωθημένο μήνυμα", 0 },
    { "الرسالة الأصلية", 0 },
    { "הודעה מקורית", 0 },
    { "元のメッセージ", 0 },
    { "転送されたメッセージ", 0 },
    { "原始邮件", 0 },
    { "原始郵件", 0 },
    { "转发的邮件", 0 },
    { "원본 메시지", 0 },
    { "original-nachricht", 0 },
    { "izvorna poruka", 0 },
    { "proslijeđena poruka", 0 },
    { "pôvodná správa", 0 },
    { "preposlaná správa", 0 },
    { "izvirno sporočilo", 0 },
    { "posredovano sporočilo", 0 },
    { "оригинално съобщение", 0 },
    { "препратено съобщение", 0 },
    { "оригінальне повідомлення", 0 },
    { "пересилаються повідомлення", 0 },
    { "пересылаемое письмо", 0 },
    { "mensagem reencaminhada", 0 },
    { "missatge original", 0 },
    { "missatge reenviat", 0 },
    { "algne kiri", 0 },
    { "edastatud kiri", 0 },
    { "sākotnējais ziņojums", 0 },
    { "originalus laiškas", 0 },
    { "persiųstas laiškas", 0 },
    { "originalna poruka", 0 },
    { "прослеђена порука", 0 },
    { "ข้อความต้นฉบับ", 0 },
    { "ข้อความที่ส่งต่อ", 0 },
    { "thư gốc", 0 },
    { "thư đã chuyển tiếp", 0 },
    { "pesan asli", 0 },
    { "pesan terusan", 0 },
    { "الرسالة المعاد توجيهها", 0 },
    { "הודעה שהועברה", 0 },
    { "原始訊息", 0 },
    { "轉寄的郵件", 0 },
    { "轉寄郵件", 0 },
    { "转发邮件", 0 },
    { "전달된 메시지", 0 },
    { "전달된 메일", 0 },
    { "転送メッセージ", 0 },
    { "e-mail d'origine", 0 },
    { "courriel original", 0 },
    { "message réexpédié", 0 },
    { "rückfrage der nachricht", 0 },
    { "ursprungsnachricht", 0 },
    { "ursprüngliche e-mail", 0 },
    { "weitergeleitete e-mail", 0 },
    { "weitergeleitete mail", 0 },
    { "doorgestuurd", 0 },
    { "ursprünglichen nachricht", 0 },
    { "vidarebefordrat mail", 0 },
    { "vidarebefordrat e-post", 0 },
};

/* What is known of a candidate, possibly several lines joined. */
struct candidate {
    const char *text;
    size_t len; /* without trailing decoration */
    bool colon; /* it ended with one */
    bool date, address;
};

static const char *skip_decoration(const char *text)
{
    return text + strspn(text, "-_*= \"");
}

static bool is_digit(const char *at)
{
    return (unsigned char)*at < 0x80 ? text_is_digit(*at) : g_unichar_isdigit(g_utf8_get_char(at));
}

static struct candidate examine(const char *text)
{
    struct candidate c = { .text = text, .len = strlen(text) };
    int digits = 0;

    while (c.len > 0 && strchr(":*-_ ", text[c.len - 1])) {
        c.colon = c.colon || text[c.len - 1] == ':';
        c.len--;
    }
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        c.address = c.address || *at == '@';
        digits += is_digit(at);
    }
    c.date = digits >= LEAST_DIGITS;
    return c;
}

/* What stands before the verb at the end of it, at least a byte; 0 = no such verb. */
static size_t length_before(const struct candidate *c, const char *verb)
{
    size_t len = strlen(verb);

    if (c->len <= len || c->text[c->len - 1] != verb[len - 1])
        return 0;
    return memcmp(c->text + c->len - len, verb, len) == 0 ? c->len - len : 0;
}

static bool ends_with_verb(const struct candidate *c)
{
    for (size_t i = 0; i < COUNT_OF(unparted_verbs); i++)
        if (length_before(c, unparted_verbs[i].text) > 0)
            return true;
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        size_t before = length_before(c, verbs[i].text);

        if (before > 0 && strchr(BEFORE_VERB, c->text[before - 1]))
            return true;
    }
    return false;
}

static bool holds_verb(const char *text, const char *verb)
{
    const char *at = strstr(text, verb);

    return at && at > text && strchr(BEFORE_VERB, at[-1]) && fold_is_word_end(at + strlen(verb));
}

static bool has_verb(const char *text)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (holds_verb(text, verbs[i].text))
            return true;
    return false;
}

struct quote_clues quote_clues_of(const struct lines *lines, struct arena *arena)
{
    struct quote_clues clues = { .markers = lines_may_hold(lines, markers, COUNT_OF(markers)) };

    clues.verbs = arena_array(arena, COUNT_OF(verbs), sizeof(*clues.verbs));
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (fold_may_hold(lines->marks, verbs[i].text))
            clues.verbs[clues.verb_count++] = verbs[i].text;
    return clues;
}

/* The same for a line of those that the clues are of. */
static bool line_has_verb(const char *text, const struct quote_clues *clues)
{
    for (size_t i = 0; i < clues->verb_count; i++)
        if (holds_verb(text, clues->verbs[i]))
            return true;
    return false;
}

static bool begins_with_date(const char *text)
{
    return is_digit(text) || phrase_at_start(weekdays, COUNT_OF(weekdays), text) != NULL;
}

static bool begins_with_opener(const char *text)
{
    if (phrase_at_start(openers, COUNT_OF(openers), text))
        return true;
    return phrase_begins(unparted_openers, COUNT_OF(unparted_openers), text) != NULL;
}

/* May an attribution begin with this line? Else a sentence before it would be taken with it. */
static bool may_begin(const char *text, const struct quote_clues *clues)
{
    return begins_with_opener(text) || begins_with_date(text) || line_has_verb(text, clues) ||
           (strchr(text, '@') && strlen(text) < MAX_PLAIN_BYTES);
}

/* Is `text` a sentence that ended, so that an attribution which begins below it is not its rest? */
static bool is_ended(const char *text)
{
    size_t len = strlen(text);

    return len > 4 && strchr(".!?", text[len - 1]);
}

/* "26.06.2014, 14:41, "N" <n@x>:" has no verb at all. */
static bool is_dated_address(const struct candidate *c, bool quote_follows)
{
    bool bracket = c->len > 0 && c->text[c->len - 1] == '>';

    return c->date && c->address && (c->colon || (bracket && quote_follows)) &&
           begins_with_date(c->text);
}

static bool is_attribution(const char *joined, bool quote_follows)
{
    const char *text = skip_decoration(joined);
    struct candidate c = examine(text);
    bool dashes = strncmp(joined, "----", 4) == 0 && joined[strlen(joined) - 1] == '-';
    bool known = c.date || c.address;

    if (!dashes && !known)
        return false;
    if (ends_with_verb(&c))
        return dashes || (known && (c.colon || quote_follows)) || (c.date && c.address);
    if (c.colon && c.date && has_verb(text))
        return begins_with_opener(text) || c.address || c.len < 90;
    /* Whatever the language: a date, an address, a colon, and the quote. */
    return is_dated_address(&c, quote_follows) ||
           (quote_follows && c.date && c.address && c.colon && c.len < MAX_PLAIN_BYTES);
}

static bool quote_follows(const struct lines *lines, size_t at)
{
    at = lines_skip_blank(lines, at);
    return at < lines->count && (lines->items[at].quoted || lines->items[at].folded[0] == '|');
}

static bool begins_attribution(const char *text)
{
    return begins_with_opener(text) || begins_with_date(text);
}

/* May the line at `at` belong to an attribution that began above it? Quoted lines may when they are
 * short remains of a wrapped address; a blank line only before a bracket. */
static bool continues(const struct lines *lines, size_t at)
{
    const struct line *line = &lines->items[at];
    size_t next = at + 1;

    if (line->quoted)
        return line->text.len <= MAX_WRAPPED_QUOTE_BYTES;
    if (!line_is_blank(line))
        return true;
    return next < lines->count && lines->items[next].folded[0] == '<';
}

static const char *folded_line(const struct line *line, struct arena *arena)
{
    return line->quoted ? fold_text(arena, line->text, LINES_FOLD_BYTES) : line->folded;
}

/* Appends a blank and `next` to `joined`, which starts anew with `first` unless that is NULL. False when it gets too long. */
static bool join(char joined[MAX_ATTRIBUTION_BYTES + 1], const char *first, const char *next)
{
    size_t len = first ? strlen(first) : strlen(joined), more = strlen(next);

    if (len + 1 + more > MAX_ATTRIBUTION_BYTES)
        return false;
    if (first)
        memcpy(joined, first, len + 1);
    joined[len] = ' ';
    memcpy(joined + len + 1, next, more + 1);
    return true;
}

size_t quote_attribution(const struct lines *lines, size_t at, const struct quote_clues *clues,
                         struct arena *arena)
{
    const char *first = lines->items[at].folded;
    char joined[MAX_ATTRIBUTION_BYTES + 1];
    size_t left = lines->count - at;
    size_t most = left < MAX_ATTRIBUTION_LINES ? left : MAX_ATTRIBUTION_LINES;

    if (first[0] == '\0' || !may_begin(skip_decoration(first), clues))
        return 0;
    for (size_t n = 1; n <= most; n++) {
        if (is_attribution(n == 1 ? first : joined, quote_follows(lines, at + n)))
            return n;
        if (n == 1 && n < most && is_ended(first) &&
            begins_attribution(skip_decoration(lines->items[at + 1].folded)))
            return 0;
        if (n == most || !continues(lines, at + n) ||
            !join(joined, n == 1 ? first : NULL, folded_line(&lines->items[at + n], arena)))
            return 0;
    }
    return 0;
}

size_t quote_attribution_inside(const struct line *line, struct arena *arena)
{
    static const char *const starts[] = { "--- On ", " On " };
    struct span text = line->text;

    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        const char *at =
            text.len ? memmem(text.data, text.len, starts[i], strlen(starts[i])) : NULL;
        size_t offset = at ? (size_t)(at - text.data) : 0;
        size_t skip = strlen(starts[i]) - 3;
        const char *folded;
        struct candidate c;

        if (!at || offset == 0 || begins_with_opener(line->folded))
            continue;
        folded = fold_text(arena, span_from(text, offset + skip), LINES_FOLD_BYTES);
        c = examine(folded);
        if (begins_with_date(folded + 3) && ends_with_verb(&c) && c.colon && c.date)
            return offset;
    }
    return 0;
}

/* A label, a colon: which end of the line does not matter. */
static bool is_label_line(const char *folded)
{
    const char *text = folded + strspn(folded, "*_ ");
    const char *colon = strchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;

    while (len > 0 && strchr(" *_", text[len - 1]))
        len--;
    if (len == 0 || len > 40)
        return false;
    for (size_t i = 0; i < COUNT_OF(block_labels); i++)
        if (text[0] == block_labels[i].text[0] && strlen(block_labels[i].text) == len &&
            memcmp(text, block_labels[i].text, len) == 0)
            return true;
    return false;
}

/* "word: value" with a short word or two before the colon. */
static const char *any_label_value(const char *folded)
{
    const char *text = folded + strspn(folded, "*_ ");
    size_t len = strcspn(text, ":");
    size_t points = 0;

    for (size_t i = 0; i < len; i++)
        points += ((unsigned char)text[i] & 0xC0) != 0x80;
    if (text[len] != ':' || points == 0 || points > MAX_LABEL_POINTS || strpbrk(text, "?!") ||
        memchr(text, '@', len))
        return NULL;
    return text + len + 1;
}

static bool has_clock(const char *text)
{
    for (const char *at = strpbrk(text, ":."); at; at = strpbrk(at + 1, ":."))
        if (at > text && g_ascii_isdigit(at[-1]) && g_ascii_isdigit(at[1]) &&
            g_ascii_isdigit(at[2]) && !g_ascii_isdigit(at[3]))
            return true;
    return false;
}

/* A header block in a language we have no words of: name and address, a time, and two more. */
static size_t foreign_block(const struct lines *lines, size_t at)
{
    const char *values[4];

    if (lines->count - at < COUNT_OF(values))
        return 0;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        values[i] = any_label_value(lines->items[at + i].folded);
        if (!values[i])
            return 0;
    }
    return strchr(values[0], '<') && strchr(values[0], '@') && has_clock(values[1]) &&
                   !strchr(values[1], '@')
               ? COUNT_OF(values)
               : 0;
}

/* How many labels a line has: clients that lose line ends write the whole block as one. */
static size_t labels_in(const char *folded)
{
    const char *colon = strchr(folded, ':');
    size_t count = 0;

    for (int tries = 0; colon && tries < MAX_BLOCK_LINES; tries++, colon = strchr(colon + 1, ':')) {
        for (size_t i = 0; i < COUNT_OF(block_labels); i++) {
            size_t len = strlen(block_labels[i].text);

            if (len >= 4 && (size_t)(colon - folded) >= len &&
                memcmp(colon - len, block_labels[i].text, len) == 0) {
                count++;
                break;
            }
        }
    }
    return count;
}

size_t quote_header_block(const struct lines *lines, size_t at)
{
    size_t labels = 0, last = at, gap = 0;
    bool address = false;

    if (!is_label_line(lines->items[at].folded))
        return foreign_block(lines, at);
    if (strchr(lines->items[at].folded, '@') && labels_in(lines->items[at].folded) >= 3)
        return 1;
    for (size_t i = at; i < lines->count && i < at + MAX_BLOCK_LINES && gap < 3; i++) {
        address = address || strchr(lines->items[i].folded, '@');
        if (is_label_line(lines->items[i].folded)) {
            labels++;
            last = i;
            gap = 0;
        } else {
            gap++;
        }
    }
    return labels >= 3 || (labels == 2 && address) ? last + 1 - at : foreign_block(lines, at);
}

bool quote_is_marker(const struct line *line)
{
    const char *text = skip_decoration(line->folded);
    const struct phrase *found = phrase_at_start(markers, COUNT_OF(markers), text);
    const char *after;

    if (!found)
        return false;
    after = text + strlen(found->text);
    if (text > line->folded)
        return true;
    /* Apple writes no dashes; a sentence that begins so goes on with words. */
    return strcspn(after, ":") < 24 && after[strcspn(after, ":")] == ':' && strlen(after) < 26;
}
