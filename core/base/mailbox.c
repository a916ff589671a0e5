/* core/base/mailbox.c - see mailbox.h. */
#include "core/base/mailbox.h"

#include <stdio.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/text.h"

static const char *const free_mail[] = {
    "gmail.com",     "googlemail.com", "outlook.com",    "hotmail.com",   "live.com",
    "msn.com",       "yahoo.com",      "ymail.com",      "icloud.com",    "me.com",
    "mac.com",       "aol.com",        "gmx.de",         "gmx.net",       "gmx.at",
    "gmx.ch",        "gmx.com",        "web.de",         "t-online.de",   "freenet.de",
    "proton.me",     "protonmail.com", "mail.com",       "mail.ru",       "yandex.ru",
    "yandex.com",    "qq.com",         "163.com",        "126.com",       "zoho.com",
    "hotmail.co.uk", "hotmail.fr",     "yahoo.co.uk",    "yahoo.fr",      "yahoo.de",
    "orange.fr",     "free.fr",        "laposte.net",    "libero.it",     "seznam.cz",
    "wp.pl",         "comcast.net",    "outlook.de",     "outlook.fr",    "hotmail.de",
    "hotmail.it",    "live.de",        "live.co.uk",     "yahoo.it",      "yahoo.es",
    "yahoo.co.in",   "yahoo.co.jp",    "rocketmail.com", "googlemail.de", "fastmail.com",
    "hey.com",       "tutanota.com",   "posteo.de",      "mailbox.org",   "bluewin.ch",
    "wanadoo.fr",    "sfr.fr",         "btinternet.com", "sky.com",       "virginmedia.com",
    "verizon.net",   "att.net",        "sbcglobal.net",  "cox.net",       "o2.pl",
    "onet.pl",       "interia.pl",     "bk.ru",          "list.ru",       "inbox.ru",
    "rambler.ru",    "naver.com",      "daum.net",       "sina.com",      "foxmail.com",
    "uol.com.br",    "bol.com.br",     "terra.com.br",   "telenet.be",    "skynet.be",
    "ziggo.nl",      "kpnmail.nl",     "home.nl",        "tiscali.it",    "virgilio.it",
    "alice.it",      "rediffmail.com", "optonline.net",  "aol.co.uk",     "bigpond.com",
};

struct span mailbox_domain(const char *address)
{
    const char *at = address ? strrchr(address, '@') : NULL;

    return at ? span_of(at + 1) : span_make(NULL, 0);
}

bool mailbox_is_free(struct span domain)
{
    for (size_t i = 0; i < COUNT_OF(free_mail); i++)
        if (text_eq_nocase(domain, span_of(free_mail[i])))
            return true;
    return false;
}

bool mailbox_canonical(const char *key, char out[MAILBOX_BYTES])
{
    struct span domain = mailbox_domain(key);
    bool gmail = span_is(domain, "gmail.com") || span_is(domain, "googlemail.com");
    size_t len = 0;

    out[0] = '\0';
    if (domain.len == 0 || strlen(key) >= MAILBOX_BYTES)
        return false;
    for (const char *at = key; at < domain.data - 1 && (*at != '+' || at == key); at++)
        if (*at != '.' || !gmail)
            out[len++] = *at;
    (void)snprintf(out + len, MAILBOX_BYTES - len, "@%s", gmail ? "gmail.com" : domain.data);
    return true;
}
