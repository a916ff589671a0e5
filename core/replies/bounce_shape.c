/* core/replies/bounce_shape.c - a sentence of a mail system in words that no table of phrases holds: it
 * speaks of delivery and denies it. Asked only of mail systems; people speak so, too. */
#include "core/replies/bounce_text.h"

#include <string.h>

#include "core/base/text.h"

#define MAX_TEXT_BYTES ((size_t)2000)
#define MAX_SENTENCE_BYTES ((size_t)400)
#define LEAST_SENTENCE_BYTES ((size_t)10)

/* To bring mail to somebody; stems, for the words bend. */
static const struct phrase bringing[] = {
    { "deliver", 0 },   { "zustell", 0 },  { "zugestellt", 0 }, { "ausgeliefert", 0 },
    { "übermitt", 0 },  { "remis", 0 },    { "remettre", 0 },   { "distribu", 0 },
    { "délivr", 0 },    { "livr", 0 },     { "achemin", 0 },    { "entreg", 0 },
    { "consegn", 0 },   { "recapit", 0 },  { "bezorg", 0 },     { "aflever", 0 },
    { "afgelever", 0 }, { "dostarcz", 0 }, { "doręcz", 0 },     { "lever", 0 },
    { "toimit", 0 },    { "perille", 0 },  { "doruč", 0 },      { "kézbesít", 0 },
    { "достав", 0 },    { "iletil", 0 },   { "teslim", 0 },     { "ulaştır", 0 },
    { "παραδ", 0 },     { "παράδ", 0 },    { "dostav", 0 },     { "isporuč", 0 },
    { "lliur", 0 },     { "pristat", 0 },  { "piegād", 0 },     { "kohale", 0 },
    { "配信", 0 },      { "配送", 0 },     { "届け", 0 },       { "送信", 0 },
    { "送達", 0 },      { "投递", 0 },     { "投遞", 0 },       { "送达", 0 },
    { "传递", 0 },      { "傳遞", 0 },     { "发送", 0 },       { "배달", 0 },
    { "전달", 0 },      { "전송", 0 },     { "returned", 0 },   { "accepted", 0 },
    { "gửi", 0 },       { "dikirim", 0 },  { "terkirim", 0 },   { "ส่ง", 0 },
};

/* Not done; stems again. */
static const struct phrase denying[] = {
    { " not ", 0 },
    { "n't ", 0 },
    { "cannot", 0 },
    { "unable", 0 },
    { "fail", 0 },
    { "impossible", 0 },
    { "undeliver", 0 },
    { "error", 0 },
    { "refused", 0 },
    { "stopped", 0 },
    { "discarded", 0 },
    { "rejected", 0 },
    { "nicht", 0 },
    { "fehlgeschlagen", 0 },
    { "fehler", 0 },
    { "unzustell", 0 },
    { " pas ", 0 },
    { "échec", 0 },
    { "échou", 0 },
    { "no se ", 0 },
    { "no pud", 0 },
    { "no ha ", 0 },
    { "no fue", 0 },
    { "imposible", 0 },
    { "falló", 0 },
    { "fallo", 0 },
    { "non ", 0 },
    { "impossibile", 0 },
    { "fallit", 0 },
    { "mancat", 0 },
    { "não ", 0 },
    { "falha", 0 },
    { "falhou", 0 },
    { "niet", 0 },
    { "mislukt", 0 },
    { "nie ", 0 },
    { "niepowodz", 0 },
    { "inte ", 0 },
    { "misslyck", 0 },
    { "ikke", 0 },
    { "mislykk", 0 },
    { "mislyk", 0 },
    { "ei ", 0 },
    { "epäonnist", 0 },
    { "nelze", 0 },
    { "nepodařilo", 0 },
    { "nemohl", 0 },
    { "nebyl", 0 },
    { "nem ", 0 },
    { "sikertelen", 0 },
    { "nu a ", 0 },
    { "nu s-a", 0 },
    { "eșuat", 0 },
    { "не ", 0 },
    { "невозможн", 0 },
    { "ошибк", 0 },
    { "edilemedi", 0 },
    { "başarısız", 0 },
    { "ulaştırılamadı", 0 },
    { "δεν ", 0 },
    { "απέτυχ", 0 },
    { "αποτυχ", 0 },
    { "nije ", 0 },
    { "ni bil", 0 },
    { "no s'ha", 0 },
    { "no ha estat", 0 },
    { "できません", 0 },
    { "できなかった", 0 },
    { "されません", 0 },
    { "エラー", 0 },
    { "失敗", 0 },
    { "失败", 0 },
    { "无法", 0 },
    { "無法", 0 },
    { "未能", 0 },
    { "被拒", 0 },
    { "못", 0 },
    { "실패", 0 },
    { "않", 0 },
    { "không", 0 },
    { "gagal", 0 },
    { "tidak", 0 },
    { "ไม่", 0 },
};

/* Length of the sentence at `at`, its end included. */
static size_t sentence_length(const char *at)
{
    size_t len = 0;

    while (at[len] && !(strchr(".!?", at[len]) && (at[len + 1] == ' ' || !at[len + 1])) &&
           strncmp(at + len, "。", strlen("。")) != 0)
        len++;
    return at[len] ? len + 1 : len;
}

static bool denies(struct arena *arena, const char *text, size_t len)
{
    const char *sentence;

    if (len < LEAST_SENTENCE_BYTES)
        return false;
    sentence = arena_printf(arena, " %.*s ",
                            (int)(len < MAX_SENTENCE_BYTES ? len : MAX_SENTENCE_BYTES), text);

    return phrase_in(bringing, COUNT_OF(bringing), sentence) &&
           phrase_in(denying, COUNT_OF(denying), sentence);
}

bool bounce_text_denies_delivery(const struct reader *reader)
{
    const char *at = reader->folded_report.text;
    size_t done = 0, len;

    if (denies(reader->arena, reader->folded_subject, strlen(reader->folded_subject)))
        return true;
    for (; *at && done < MAX_TEXT_BYTES; at += len, done += len) {
        len = sentence_length(at);
        if (denies(reader->arena, at, len))
            return true;
    }
    return false;
}
