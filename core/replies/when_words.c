/* core/replies/when_words.c - the vocabulary of the grammar of time. English in full; of other
 * languages what a date needs. It holds words, no phrases: those are the grammar's. */
#include "core/replies/when_words.h"

#include <stdint.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/when.h"

struct row {
    const char *spellings; /* lower case, parted by one blank */
    enum word_class class;
    int value;
};

#define W WORD_WEAK
#define F WORD_FOREIGN

static const struct row rows[] = {
    { "january", W_MONTH, 1 },
    { "jan", W_MONTH, 1 },
    { "february feb febr", W_MONTH, 2 },
    { "march mar", W_MONTH, 3 | W },
    { "april apr", W_MONTH, 4 },
    { "may", W_MONTH, 5 | W },
    { "june jun", W_MONTH, 6 },
    { "july jul", W_MONTH, 7 },
    { "august aug", W_MONTH, 8 },
    { "september sept sep", W_MONTH, 9 },
    { "october oct", W_MONTH, 10 },
    { "november nov", W_MONTH, 11 },
    { "december dec", W_MONTH, 12 },
    /* Other languages: always with a number beside them. */
    { "januar jänner janvier enero gennaio janeiro januari stycznia ledna tammikuuta tammikuun",
      W_MONTH, 1 | F },
    { "január ianuarie ocak января ιανουαρίου leden januara siječnja", W_MONTH, 1 | F },
    { "februar février fevrier febrero febbraio fevereiro februari lutego února helmikuuta",
      W_MONTH, 2 | F },
    { "helmikuun február februarie şubat февраля φεβρουαρίου únor veljače", W_MONTH, 2 | F },
    { "märz maerz mars marzo março marco maart marts marca března maaliskuuta maaliskuun március",
      W_MONTH, 3 | F },
    { "martie mart марта μαρτίου březen ožujka", W_MONTH, 3 | F },
    { "avril abril aprile kwietnia dubna huhtikuuta huhtikuun április aprilie nisan апреля",
      W_MONTH, 4 | F },
    { "απριλίου duben travnja", W_MONTH, 4 | F },
    { "mai mayo maggio maio mei maj maja května toukokuuta toukokuun május mayıs мая μαΐου",
      W_MONTH, 5 | F },
    { "juni juin junio giugno junho czerwca června kesäkuuta kesäkuun június iunie haziran июня",
      W_MONTH, 6 | F },
    { "ιουνίου lipnja", W_MONTH, 6 | F },
    { "juli juillet julio luglio julho lipca července heinäkuuta heinäkuun július iulie temmuz",
      W_MONTH, 7 | F },
    { "июля ιουλίου srpnja", W_MONTH, 7 | F },
    { "août aout agosto augustus augusti sierpnia srpna elokuuta elokuun augusztus ağustos",
      W_MONTH, 8 | F },
    { "августа αυγούστου kolovoza", W_MONTH, 8 | F },
    { "septembre septiembre setiembre settembre setembro września září syyskuuta syyskuun", W_MONTH,
      9 | F },
    { "szeptember septembrie eylül сентября σεπτεμβρίου rujna", W_MONTH, 9 | F },
    { "oktober okt octobre octubre ottobre outubro października října lokakuuta lokakuun október",
      W_MONTH, 10 | F },
    { "octombrie ekim октября οκτωβρίου", W_MONTH, 10 | F },
    { "novembre noviembre novembro listopada listopadu marraskuuta marraskuun noiembrie kasım",
      W_MONTH, 11 | F },
    { "ноября νοεμβρίου studenoga", W_MONTH, 11 | F },
    { "dezember dez décembre decembre diciembre dicembre dezembro desember grudnia prosince",
      W_MONTH, 12 | F },
    { "joulukuuta joulukuun decembrie aralık декабря δεκεμβρίου prosinca", W_MONTH, 12 | F },
    { "sunday sundays", W_WEEKDAY, 0 },
    { "sun", W_WEEKDAY, 0 | W },
    { "monday mondays mon segunda-feira", W_WEEKDAY, 1 },
    { "tuesday tuesdays tue tues terça-feira terca-feira", W_WEEKDAY, 2 },
    { "wednesday wednesdays weds wednesay quarta-feira miercoles", W_WEEKDAY, 3 },
    { "wed", W_WEEKDAY, 3 },
    { "thursday thursdays thu thur thurs quinta-feira", W_WEEKDAY, 4 },
    { "friday fridays fri sexta-feira", W_WEEKDAY, 5 },
    { "saturday saturdays sabado", W_WEEKDAY, 6 },
    { "sat", W_WEEKDAY, 6 | W },
    { "sonntag dimanche domingo domenica zondag søndag söndag niedziela niedzieli", W_WEEKDAY, 0 },
    { "montag lundi lunes lunedì lunedi maandag mandag måndag poniedziałku poniedziałek", W_WEEKDAY,
      1 },
    { "dienstag mardi martes martedì martedi dinsdag tirsdag tisdag wtorek wtorku", W_WEEKDAY, 2 },
    { "mittwoch mercredi miércoles mercoledì mercoledi woensdag onsdag środę środy", W_WEEKDAY, 3 },
    { "donnerstag jeudi jueves giovedì giovedi donderdag torsdag czwartek czwartku", W_WEEKDAY, 4 },
    { "freitag vendredi viernes venerdì venerdi vrijdag fredag piątek piątku", W_WEEKDAY, 5 },
    { "samstag sonnabend samedi sábado sabato zaterdag lørdag lördag sobotę soboty", W_WEEKDAY, 6 },
    { "second seconds sec secs", W_UNIT, WHEN_SECOND },
    { "minute minutes min mins minuten minutos minuti minuto", W_UNIT, WHEN_MINUTE },
    { "hour hours hr hrs stunde stunden heure heures hora horas uur ora ore uren", W_UNIT,
      WHEN_HOUR },
    { "day days tag tage tagen nights jour jours día días giorno giorni dag dagen dia dias journée "
      "jornada giornata tages",
      W_UNIT, WHEN_DAY },
    { "week weeks wk wks woche wochen semaine semaines semana semanas settimana settimane weken",
      W_UNIT, WHEN_WEEK },
    { "month months mon mo mos mth mths mnths monat monate monaten mois mes meses mese mesi maand "
      "maanden mês monats mesi",
      W_UNIT, WHEN_MONTH },
    { "quarter quarters qtr qtrs quartal quartals kwartaal trimestre trimestres", W_UNIT,
      WHEN_QUARTER },
    { "year years yr yrs jahr jahre jahren année années año años anno anni jaar jaren ano anos "
      "jahres",
      W_UNIT, WHEN_YEAR },
    { "weekend weekends week-end week-ends wochenende wochenendes", W_UNIT, UNIT_WEEKEND },
    { "fortnight fortnights fortnight's quinzaine quincena", W_UNIT, UNIT_FORTNIGHT },
    { "decade decades", W_UNIT, UNIT_DECADE },
    { "century centuries", W_UNIT, UNIT_CENTURY },
    { "season seasons", W_UNIT, UNIT_SEASON },
    { "workday workdays weekday weekdays", W_UNIT, UNIT_WORKDAY },
    { "workweek workweeks", W_UNIT, UNIT_WORKWEEK },
    { "week's", W_UNIT, WHEN_WEEK },
    { "month's", W_UNIT, WHEN_MONTH },
    { "year's", W_UNIT, WHEN_YEAR },
    { "one ein eine einer einem un une una een uno uma", W_NUMBER, 1 },
    { "two zwei deux dos twee zwo dois duas", W_NUMBER, 2 },
    { "three drei trois tres drie tre três", W_NUMBER, 3 },
    { "four vier quatre cuatro quattro quatro", W_NUMBER, 4 },
    { "five fünf cinq cinco vijf cinque", W_NUMBER, 5 },
    { "six sechs seis zes sei", W_NUMBER, 6 },
    { "seven sieben siete zeven sette sete", W_NUMBER, 7 },
    { "eight acht huit ocho otto oito", W_NUMBER, 8 },
    { "nine neun neuf nueve negen nove", W_NUMBER, 9 },
    { "ten zehn dix diez tien dieci", W_NUMBER, 10 },
    { "eleven elf onze undici", W_NUMBER, 11 },
    { "twelve zwölf douze doce twaalf dodici", W_NUMBER, 12 },
    { "thirteen dreizehn", W_NUMBER, 13 },
    { "fourteen vierzehn veertien", W_NUMBER, 14 },
    { "fifteen fünfzehn quinze quince quindici vijftien", W_NUMBER, 15 },
    { "sixteen sechzehn", W_NUMBER, 16 },
    { "seventeen siebzehn", W_NUMBER, 17 },
    { "eighteen achtzehn", W_NUMBER, 18 },
    { "nineteen neunzehn", W_NUMBER, 19 },
    { "twenty zwanzig vingt veinte venti vinte twintig", W_NUMBER, 20 },
    { "thirty dreißig trente treinta trenta dertig", W_NUMBER, 30 },
    { "forty fourty", W_NUMBER, 40 },
    { "fifty", W_NUMBER, 50 },
    { "sixty", W_NUMBER, 60 },
    { "seventy", W_NUMBER, 70 },
    { "eighty", W_NUMBER, 80 },
    { "ninety", W_NUMBER, 90 },
    { "hundred", W_NUMBER, 100 },
    { "thousand", W_NUMBER, 1000 },
    { "first erste ersten erster erstes eerste primera primeira", W_ORDINAL, 1 },
    { "second zweite zweiten zweiter zweites tweede deuxième segunda seconda", W_ORDINAL, 2 },
    { "third dritte dritten dritter drittes derde troisième tercera terceira terza", W_ORDINAL, 3 },
    { "fourth vierte vierten vierter vierde quatrième", W_ORDINAL, 4 },
    { "fifth", W_ORDINAL, 5 },
    { "sixth", W_ORDINAL, 6 },
    { "seventh", W_ORDINAL, 7 },
    { "eighth", W_ORDINAL, 8 },
    { "ninth", W_ORDINAL, 9 },
    { "tenth", W_ORDINAL, 10 },
    { "eleventh", W_ORDINAL, 11 },
    { "twelfth", W_ORDINAL, 12 },
    { "thirteenth", W_ORDINAL, 13 },
    { "fourteenth", W_ORDINAL, 14 },
    { "fifteenth", W_ORDINAL, 15 },
    { "sixteenth", W_ORDINAL, 16 },
    { "seventeenth", W_ORDINAL, 17 },
    { "eighteenth", W_ORDINAL, 18 },
    { "nineteenth", W_ORDINAL, 19 },
    { "twentieth", W_ORDINAL, 20 },
    { "thirtieth", W_ORDINAL, 30 },
    { "this current diese dieser diesen dieses cette esta este questa ce cet questo deze dit "
      "diesem",
      W_MOD, 0 },
    { "next nxt following coming upcoming nächste nächsten nächster nächstes kommende kommenden "
      "kommender",
      W_MOD, 1 },
    { "volgend komend komende aankomende aanstaande nächstem kommendem kommendes prochains "
      "prochaines "
      "próximos próximas siguiente",
      W_MOD, 1 },
    { "volgende prochain prochaine próximo próxima proximo proxima prossimo prossima", W_MOD, 1 },
    { "übernächste übernächsten übernächster", W_MOD, 2 },
    { "last previous past letzte letzten vorige scorsa scorso letztes", W_MOD, -1 },
    { "today todays today's heute aujourd'hui hoy oggi vandaag hoje", W_REL_DAY, 0 },
    { "tomorrow tomorrows tomorrow's tmrw tmr tomorow tommorow tommorrow tmw 2moro 2morrow morgen "
      "demain mañana domani amanhã amanha",
      W_REL_DAY, 1 },
    { "übermorgen après-demain overmorgen dopodomani", W_REL_DAY, 2 },
    { "yesterday yesterdays gestern gisteren ieri ontem ayer", W_REL_DAY, -1 },
    { "now jetzt", W_NOW, 0 },
    { "morning mornin morn vormittag vormittags matin mañana mattina ochtend ochtends matinée "
      "mattino mattinata manhã",
      W_PART, PART_MORNING },
    { "breakfast brunch früh", W_PART, PART_EARLY },
    { "lunch lunchtime lunch-time mittag mittags", W_PART, PART_LUNCH },
    { "afternoon arvo nachmittag nachmittags après-midi tarde pomeriggio middag middags namiddag",
      W_PART, PART_AFTERNOON },
    { "evening eve dinner abend abends soir soirée avond avonds sera serata", W_PART,
      PART_EVENING },
    { "night nighttime night-time noche noite nacht notte", W_PART, PART_NIGHT },
    { "mornings", W_PARTS, PART_MORNING },
    { "afternoons", W_PARTS, PART_AFTERNOON },
    { "evenings", W_PARTS, PART_EVENING },
    { "nights", W_PARTS, PART_NIGHT },
    { "am a.m", W_MERIDIEM, 1 },
    { "pm p.m", W_MERIDIEM, 2 },
    { "early beginning start anfang beginn début principios begin inizio início inicio começo",
      W_EDGE, EDGE_EARLY },
    { "mid middle mitte mediados mi medio metà meados", W_EDGE, EDGE_MID },
    { "late", W_EDGE, EDGE_LATE },
    { "end ende fin finales eind einde fine fim final", W_EDGE, EDGE_END },
    { "later remainder remaining rest reste", W_EDGE, EDGE_LATER },
    { "earlier", W_EDGE, EDGE_EARLIER },
    { "spring frühjahr frühling printemps primavera lente voorjaar", W_SEASON, 0 },
    { "summer sommer été verano zomer verão", W_SEASON, 1 },
    { "autumn fall herbst automne otoño autunno outono herfst najaar", W_SEASON, 2 },
    { "winter hiver invierno inverno", W_SEASON, 3 },
    { "utc gmt", W_ZONE, 0 },
    { "bst wat", W_ZONE, 60 },
    { "cet", W_ZONE, 60 },
    { "cest eet sast", W_ZONE, 120 },
    { "eest msk", W_ZONE, 180 },
    { "gst", W_ZONE, 240 },
    { "ist", W_ZONE, 330 },
    { "sgt hkt awst", W_ZONE, 480 },
    { "jst kst", W_ZONE, 540 },
    { "aest", W_ZONE, 600 },
    { "aedt", W_ZONE, 660 },
    { "nzst", W_ZONE, 720 },
    { "brt", W_ZONE, -180 },
    { "edt", W_ZONE, -240 },
    { "est et cdt eastern", W_ZONE, -300 },
    { "cst ct mdt", W_ZONE, -360 },
    { "mst mt", W_ZONE, -420 },
    { "pdt", W_ZONE, -420 },
    { "pst pt", W_ZONE, -480 },
    { "noon noonish midday mid-day midi mediodía mezzogiorno meio-dia mediodia", W_CLOCK, 12 },
    { "midnight mid-night mitternacht middernacht minuit mezzanotte", W_CLOCK, 24 },
    { "half halb", W_HALF, 0 },
    { "quarter quarters viertel kwart", W_QUARTER_OF, 0 },
    { "q", W_QUARTER, 0 },
    { "the der die das dem den le la les el los las il het", W_THE, 0 },
    { "a an", W_A, 0 },
    { "of de du del di della des van", W_OF, 0 },
    { "in im dans en dentro por em tra fra daqui", W_IN, 0 },
    { "on na", W_ON, 0 },
    { "at @ um à las alle om às ore", W_AT, 0 },
    { "for", W_FOR, 0 },
    { "to au al", W_TO, 0 },
    { "from von vom du desde dal dalle dalla", W_FROM, 0 },
    { "between zwischen entre tussen tra fra", W_BETWEEN, 0 },
    { "and & und et y e", W_AND, 0 },
    { "or oder ou o", W_OR, 0 },
    { "until till til 'til bis jusqu'au jusqu'à jusqu'en hasta tot fino até", W_UNTIL, 0 },
    { "through thru", W_THROUGH, 0 },
    { "by spätestens entro uiterlijk", W_BY, 0 },
    { "before prior vor avant antes voor vóór prima", W_BEFORE, 0 },
    { "after nach beyond après después despues na dopo depois após tras", W_AFTER, 0 },
    { "since seit", W_SINCE, 0 },
    { "within binnen innerhalb", W_WITHIN, 0 },
    { "starting begins beginning commencing effective ab onwards frühestens vanaf", W_START, 0 },
    { "back return returning returns returned reopen reopens resume resumes rejoin zurück wieder "
      "terug rientro retour vuelvo volto",
      W_RETURN, 0 },
    { "away leave ooo vacation holiday holidays pto travelling traveling unavailable off "
      "abroad "
      "urlaub abwesend shut closed busy booked swamped slammed tied rammed snowed hectic congés "
      "congé "
      "vacances vacaciones vakantie verlof ferie férias ferien",
      W_AWAY, 0 },
    { "ago", W_AGO, 0 },
    { "hence later", W_HENCE, 0 },
    { "past after nach over", W_PAST, 0 },
    { "o'clock oclock uhr uur heures", W_OCLOCK, 0 },
    { "about around exactly precisely approximately approx etwa ungefähr environ sobre circa ca "
      "roughly towards near "
      "gegen vers verso rond "
      "omstreeks hacia",
      W_ABOUT, 0 },
    { "every each jeden jede any all", W_EVERY, 1 },
    { "everyday", W_PERIODIC, WHEN_DAY },
    { "daily täglich nightly", W_PERIODIC, WHEN_DAY },
    { "weekly wöchentlich", W_PERIODIC, WHEN_WEEK },
    { "biweekly bi-weekly", W_PERIODIC, UNIT_FORTNIGHT },
    { "monthly monatlich", W_PERIODIC, WHEN_MONTH },
    { "quarterly", W_PERIODIC, WHEN_QUARTER },
    { "annual annually yearly semi-annually semiannually", W_PERIODIC, WHEN_YEAR },
    { "met paid called was were had took spoke talked sent tried bought signed did went came got "
      "saw "
      "joined moved visited founded decided switched renewed discussed enjoyed heard "
      "gave told said wrote ended left asked happened received emailed mailed contacted",
      W_TOLD, 0 },
    { "not no nicht don't dont never won't wont can't cant cannot couldn't isn't aren't doesn't "
      "nothing nobody none neither nor nie pas niet geen non não nao kein keine keinen",
      W_NOT, 0 },
    { "than", W_LESS, 0 },
    { "inclusive einschließlich inclus inkl", W_INCLUSIVE, 0 },
    { "couple pair par", W_COUPLE, 2 },
    { "few several some paar", W_COUPLE, 3 },
    { "works work suits suit please pls plz if for is would will on or and to but then thanks "
      "thank "
      "thx ok okay sharp so with as good fine great best better at that because when though "
      "instead "
      "i i'll i'm we we'll he she they you ish today your my works? cause coz cos this u me it its "
      "it's can let's lets most",
      W_FILLER, 0 },
    { "eod cob cop", W_SPAN_DAY, WHEN_DAY },
    { "eow", W_SPAN_DAY, WHEN_WEEK },
    { "eom month-end monatsende", W_SPAN_DAY, WHEN_MONTH },
    { "eoq quarter-end quartalsende", W_SPAN_DAY, WHEN_QUARTER },
    { "eoy year-end yearend jahresende", W_SPAN_DAY, WHEN_YEAR },
    { "bom", W_SPAN_DAY, WHEN_MONTH + 100 },
    { "boy", W_SPAN_DAY, WHEN_YEAR + 100 },
    { "asap immediately straightaway", W_SOON, 0 },
    /* With a part of the day: days + 100 * part. */
    { "tonight tonite tonight's tonigh stanotte vannacht", W_REL_DAY, 100 * PART_NIGHT },
    { "vanochtend vanmorgen stamattina stamani", W_REL_DAY, 100 * PART_MORNING },
    { "vanmiddag", W_REL_DAY, 100 * PART_AFTERNOON },
    { "vanavond stasera", W_REL_DAY, 100 * PART_EVENING },
    { "morgenochtend morgenvroeg", W_REL_DAY, 1 + 100 * PART_MORNING },
    { "morgenmiddag", W_REL_DAY, 1 + 100 * PART_AFTERNOON },
    { "morgenavond", W_REL_DAY, 1 + 100 * PART_EVENING },
    { "central mountain pacific post more less due over whole entire another penultimate present "
      "same latter kw cw w h m s "
      "d y z "
      "t once "
      "twice as your final close working new work "
      "our "
      "greater anytime",
      W_OTHER, 0 },
    { "right straight time soon convenience business play twenties thirties forties fifties "
      "sixties "
      "seventies eighties nineties",
      W_LONE, 0 },
};

#define SLOTS ((size_t)4096) /* a power of two, twice the words or more */

struct slot {
    struct span word;
    uint64_t classes;
    const struct word_meaning *meaning;
};

struct when_words {
    struct slot slots[SLOTS];
    const struct holiday_names *holidays;
};

static size_t slot_of(const struct when_words *words, struct span word)
{
    size_t at = (size_t)text_hash(word) & (SLOTS - 1);

    while (words->slots[at].classes && !span_eq(words->slots[at].word, word))
        at = (at + 1) & (SLOTS - 1);
    return at;
}

static void put_word(struct when_words *words, struct arena *arena, struct span word,
                     const struct row *row)
{
    struct slot *slot = &words->slots[slot_of(words, word)];
    struct word_meaning *meaning;

    slot->word = word;
    slot->classes |= WORD_BIT(row->class);
    if (row->class >= W_OTHER)
        return;
    meaning = arena_alloc(arena, sizeof(*meaning));
    *meaning =
        (struct word_meaning){ .class = row->class, .value = row->value, .next = slot->meaning };
    slot->meaning = meaning;
}

/* "Freitagnachmittag", "vrijdagochtend": a weekday and a part of it in one word. */
static void put_compounds(struct when_words *words, struct arena *arena)
{
    static const char *const days[] = {
        "sonntag montag dienstag mittwoch donnerstag freitag samstag",
        "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag"
    };
    static const struct row parts[][5] = {
        { { "morgen", W_PART, PART_EARLY },
          { "vormittag", W_PART, PART_MORNING },
          { "mittag", W_PART, PART_LUNCH },
          { "nachmittag", W_PART, PART_AFTERNOON },
          { "abend", W_PART, PART_EVENING } },
        { { "ochtend", W_PART, PART_MORNING },
          { "morgen", W_PART, PART_MORNING },
          { "middag", W_PART, PART_AFTERNOON },
          { "namiddag", W_PART, PART_AFTERNOON },
          { "avond", W_PART, PART_EVENING } },
    };

    static const struct row week = { "", W_UNIT, WHEN_WEEK };
    struct row month = { "", W_MONTH, 1 | F };
    struct span names = span_of("januar februar märz april mai juni juli august september oktober "
                                "november dezember"),
                one;

    for (; text_next_piece(&names, ' ', &one); month.value++) {
        struct span whole =
            span_of(arena_printf(arena, "%.*swoche", (int)one.len, one.data)); /* "Januarwoche" */

        put_word(words, arena, whole, &month);
        put_word(words, arena, whole, &week);
    }
    for (size_t tongue = 0; tongue < COUNT_OF(days); tongue++) {
        struct row day = { "", W_WEEKDAY, 0 };
        struct span rest = span_of(days[tongue]), name;

        for (; text_next_piece(&rest, ' ', &name); day.value++) {
            for (size_t i = 0; i < COUNT_OF(parts[tongue]); i++) {
                const char *whole = arena_printf(arena, "%.*s%s", (int)name.len, name.data,
                                                 parts[tongue][i].spellings);

                put_word(words, arena, span_of(whole), &day);
                put_word(words, arena, span_of(whole), &parts[tongue][i]);
            }
        }
    }
}

struct when_words *when_words_load(struct arena *arena)
{
    struct when_words *words = arena_alloc(arena, sizeof(*words));

    words->holidays = when_holiday_names(arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span rest = span_of(rows[i].spellings), word;

        while (text_next_piece(&rest, ' ', &word))
            put_word(words, arena, word, &rows[i]);
    }
    put_compounds(words, arena);
    return words;
}

const struct holiday_names *when_words_holidays(const struct when_words *words)
{
    return words->holidays;
}

const struct word_meaning *when_words_find(const struct when_words *words, struct span word,
                                           uint64_t *classes)
{
    const struct slot *slot = &words->slots[slot_of(words, word)];

    *classes = slot->classes;
    return slot->meaning;
}
