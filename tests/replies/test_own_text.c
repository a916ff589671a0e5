/* tests/replies/test_own_text.c - quotes, signatures and what is left. */
#include "tests/replies/case.h"

#include <string.h>

#include "core/replies/html.h"

#define EN "Yes, Tuesday works."
#define DE "Ja, Dienstag passt."
#define FR "Oui, mardi me convient."
#define ES "Sí, el martes me va bien."

static const struct {
    const char *file, *own, *signature;
} files[] = {
    { "gmail_en.eml", EN, "" },
    { "gmail_de.eml", DE, "" },
    { "gmail_fr.eml", FR, "" },
    { "gmail_es.eml", ES, "" },
    { "outlook_en.eml", EN, "" },
    { "outlook_de.eml", DE, "" },
    { "outlook_fr.eml", FR, "" },
    { "outlook_es.eml", ES, "" },
    { "apple_en.eml", EN, "Sent from my iPhone" },
    { "apple_de.eml", DE, "Von meinem iPhone gesendet" },
    { "apple_fr.eml", FR, "Envoyé de mon iPhone" },
    { "apple_es.eml", ES, "Enviado desde mi iPhone" },
    { "thunderbird_en.eml", EN, "" },
    { "thunderbird_de.eml", DE, "" },
    { "thunderbird_fr.eml", FR, "" },
    { "thunderbird_es.eml", ES, "" },
    { "inline.eml", "Tuesday.\n\nAbout forty.",
      "Best regards,\nPat Doe\nClient Ltd\n+1 202 555 0143" },
    { "signature.eml", "Call me instead, the number is in my signature.",
      "--\nPat Doe\nHead of Things, Client Ltd\n+1 202 555 0143" },
    { "disclaimer.eml", EN, "Kind regards,\nPat" },
    { "forward_empty.eml", "", "" },
    { "html_gmail.eml", "Yes, Tuesday works — café at 10?", "" },
    { "html_outlook.eml", "Yes, Tuesday works.", "Pat" },
    { "html_outlook_web.eml", EN, "" },
    { "html_apple.eml", EN, "" },
};

static void test_own_text__drops_what_clients_quote(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct reading reading = case_reading(files[i].file, &arena);

        if (strcmp(reading.own_text, files[i].own) != 0 ||
            strcmp(reading.signature, files[i].signature) != 0)
            fail_msg("%s: own \"%s\", signature \"%s\"", files[i].file, reading.own_text,
                     reading.signature);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static const struct {
    const char *body, *own;
} bodies[] = {
    /* Prose that looks like an attribution. */
    { "On the other hand, as Kim wrote: it is late.\nSee you.",
      "On the other hand, as Kim wrote: it is late.\nSee you." },
    { "On a separate note, we moved.\n\nPrices are fine.",
      "On a separate note, we moved.\n\nPrices are fine." },
    { "From: 9am\nTo: 5pm\nworks for me", "From: 9am\nTo: 5pm\nworks for me" },
    { "The report was sent from my office.\nIt is long.",
      "The report was sent from my office.\nIt is long." },
    { "Thanks for the offer, it is fine.", "Thanks for the offer, it is fine." },
    { "Original message received, thank you for it all.",
      "Original message received, thank you for it all." },
    /* Wrapped attributions. */
    { "Yes\n\nOn Wed, Nov 18, 2026 at 9:00 AM Sam Seller\n<sam@us.example> wrote:\n> Hello",
      "Yes" },
    { "Yes\n\n2026-11-18 9:00 GMT+01:00 Sam Seller <\nsam@us.example>:\n\n> Hello", "Yes" },
    { "Yes\n\nSam Seller <sam@us.example> schrieb am Mi., 18. Nov. 2026\num 09:00 Uhr:\n\n> Hallo",
      "Yes" },
    { "Yes On Wed, Apr 4, 2012 at 3:59 PM, sam@us.example wrote:\n> Hi", "Yes" },
    /* Quoted originals without marks go to the end. */
    { "Yes\n\nOn 18 Nov 2026, at 09:00, Sam wrote:\n\nHello Pat\nreply STOP to opt out\n", "Yes" },
    { "Yes\n\n-----Original Message-----\nFrom: Sam\n\nHello", "Yes" },
    { "Ja\n\n-----Ursprüngliche Nachricht-----\nVon: Sam\n\nHallo", "Ja" },
    { "Yes\n\nBegin forwarded message:\n\nFrom: x\n", "Yes" },
    /* Signatures and device lines. */
    { "ok\n\nSent from my iPhone", "ok" },
    { "Yes.\n-roman", "Yes." },
    { "CAUTION: external sender. Do not click links.\n\nYes.", "Yes." },
    { "Thanks!\nRoman", "Thanks!\nRoman" },
    { "Yes.\n\nViele Grüße aus Berlin,\nPat", "Yes." },
    { "Yes.\n\nBR // Pat", "Yes." },
    { "Yes.\n\nOdesláno z mého Androidu", "Yes." },
    { "I sent it from my gmail account.", "I sent it from my gmail account." },
    { "Yes.\n\nRegards\nPat\n\nClient Ltd\nDock Road 1\nLeith\n\nT +44 20 7946 0101\nF +44 20 "
      "7946 0102\nwww.client.example",
      "Yes." },
    { "Yes.\n\nPat Lee\nStock manager\n+44 20 7946 0101", "Yes." },
    { "Ask my colleague:\n\nJo Park\nStock manager\njo@client.example",
      "Ask my colleague:\n\nJo Park\nStock manager\njo@client.example" },
    /* A wish below a greeting is no signature. */
    { "No.\n\nHave a nice day\nplease take me off your list",
      "No.\n\nHave a nice day\nplease take me off your list" },
    /* Disclaimers and warnings, whatever the language. */
    { "Yes.\n\nNiniejsza wiadomość zawiera informacje poufne przeznaczone wyłącznie\ndla adresata.",
      "Yes." },
    { "Is the list of recipients confidential, and who may read it, when you store it for us?",
      "Is the list of recipients confidential, and who may read it, when you store it for us?" },
    { "LET OP: Deze e-mail is afkomstig van buiten de organisatie.\n\nJa.", "Ja." },
    { "External auditors count our stock.\n\nWrite to them.",
      "External auditors count our stock.\n\nWrite to them." },
    /* Attributions and header blocks in languages we have no words of. */
    { "Yes\n\nLunedè 18 Nov 2026, 9:00 Sam <sam@us.example> skribis:\n\n> Hello", "Yes" },
    { "Yes\n\nDeveno: Sam <sam@us.example>\nSendita: 18 Nov 2026 9:00\nAl: Pat\nTemo: "
      "Stock\n\nHello",
      "Yes" },
    { "Name: Pat Lee\nE-mail: pat@client.example\nCall: 9:00\nPlace: Leith",
      "Name: Pat Lee\nE-mail: pat@client.example\nCall: 9:00\nPlace: Leith" },
    { "Monday works.\nOn Wed, Nov 18, 2026 at 9:00 AM Sam <sam@us.example> wrote:\n> Hello",
      "Monday works." },
    /* Whoever signs with the name they write under needs no greeting. */
    { "Yes, Tuesday.\n\nPat", "Yes, Tuesday." },
    { "Yes, Tuesday.\n\n- pat", "Yes, Tuesday." },
    { "Yes, Tuesday.\n\nPat\nStock manager\nClient Ltd", "Yes, Tuesday." },
    { "Pat", "Pat" },
    { "Yes, Tuesday.\n\nKim", "Yes, Tuesday.\n\nKim" },
    { "Ask for\nPat\nat the gate and he will let you in.",
      "Ask for\nPat\nat the gate and he will let you in." },
    /* GroupWise puts arrows around its header and no marks before the lines below it. */
    { "Yes.\n\n>>> Sam Seller <sam@us.example> 11/18/2026 9:00 AM >>>\nHello\n\nreply STOP",
      "Yes." },
    { ">>> our oldest rule >>>\nKeep it.", "Keep it." },
    /* A label of the writer's firm. */
    { "Classification: Internal\n\nYes.", "Yes." },
    { "Classification: Internal\nYes, Tuesday.", "Yes, Tuesday." },
    { "", "" },
    { ">only a quote\n> more", "" },
};

static void test_own_text__keeps_prose_and_cuts_attributions(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct reading reading = case_body(bodies[i].body, &arena);

        if (strcmp(reading.own_text, bodies[i].own) != 0)
            fail_msg("body %zu \"%s\": own \"%s\"", i, bodies[i].body, reading.own_text);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static const struct {
    const char *html, *text;
} pages[] = {
    { "<p>one</p><p>two &amp; three</p>", "one\n\ntwo & three" },
    { "a<br>b<br/>c", "a\nb\nc" },
    { "<style>p{}</style><script>if (a<b) x()</script>seen", "seen" },
    { "<div style=\"display:none\">hidden</div>seen", "seen" },
    { "<blockquote>one<blockquote>two</blockquote></blockquote>three",
      "> one\n>>\n>> two\n\nthree" },
    { "&eacute;&#233;&#xE9;&unknown;&", "ééé&unknown;&" },
    { "&#0;&#1114112;x", "\xEF\xBF\xBDx" },
    { "<ul><li>one<li>two</ul>", "- one\n- two" },
    /* An indent is no quote. */
    { "a<blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\">b</blockquote>c",
      "a\n\nb\n\nc" },
    { "a <b>bold</b> word", "a bold word" },
    { "1 < 2 and 3 > 2", "1 < 2 and 3 > 2" },
    { "<a title='x>y' href=\"z\">link</a>", "link" },
    { "<!-- no -->yes<!-- open", "yes" },
    { "</p></div>text<div", "text" },
    { "<pre>a  b\nc</pre>", "a  b\nc" },
    { "Yes.<div class=\"corporate-Signature\">Pat</div>", "Yes.\n" HTML_SIGNATURE "\nPat" },
    { "", "" },
};

static void test_html__becomes_readable_text(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        struct span text = html_to_text(span_of(pages[i].html), &arena);

        if (!span_is(text, pages[i].text))
            fail_msg("page %zu \"%s\": \"%s\"", i, pages[i].html, text.data);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_text__drops_what_clients_quote),
        cmocka_unit_test(test_own_text__keeps_prose_and_cuts_attributions),
        cmocka_unit_test(test_html__becomes_readable_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
