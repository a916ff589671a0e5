/* core/replies/when_holiday.c - holidays by name and the days they fall on: fixed days, nth weekdays,
 * and those that hang on Easter. "The holidays" is the turn of the year. */
#include "core/replies/when_bag.h"

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/when_almanac.h"
#include "core/replies/when_words.h"

enum rule {
    FIXED,
    NTH,
    LAST,
    EASTER,
    ORTHODOX,
    YEAR_TURN,
    NEW_MOON,  /* nearest to month and day, plus nth; by the date in India */
    DARK_MOON, /* the same by its evening */
    FULL_MOON, /* the same, full */
    CHINESE,   /* new moon by the date in China */
    ISLAMIC,
    TISHRI, /* nth days from the Hebrew new year; from its eve */
    PASSOVER,
    HANUKKAH,
    ADVENT, /* days from the last Sunday before Christmas */
    PARSI,  /* 365 days a year, without leap days */
};

struct holiday {
    const char *names; /* parted by '|'; words parted by one blank; "day" and "'s" may be missing */
    enum rule rule;
    int month, day; /* NTH: day = weekday, nth = which; EASTER: day = offset */
    int nth, length;
};

static const struct holiday holidays[] = {
    { "new years eve|new year eve|silvester|nye|nochevieja|oudjaar|saint sylvestre|hogmanay", FIXED,
      12, 31, 0, 1 },
    { "new years|new year|neujahr|neuen jahr|neues jahr|neue jahr|nieuwjaar|nieuwe jaar|nouvel an|"
      "nouvelle année|capodanno|anno nuovo|nuovo anno|año nuevo|nuevo año|ano novo|novo ano",
      FIXED, 1, 1, 0, 1 },
    { "the holidays|holiday season|festive season|christmas break|xmas break|the holiday|"
      "winter break|holiday break|christmas holidays|xmas holidays|fêtes|feiertagen|feiertage|"
      "feestdagen|le feste|las "
      "fiestas|festas|navidades|jahreswechsel|weihnachtsferien|kerstvakantie|"
      "vacances de noël|vacanze di natale|weihnachtsurlaub",
      YEAR_TURN, 12, 23, 0, 12 },
    { "epiphany|three kings|epifania|befana|dreikönig|dreikönigstag|heilige drei könige|"
      "driekoningen|día de reyes|épiphanie|little christmas",
      FIXED, 1, 6, 0, 1 },
    { "martin luther king jr|martin luther king|mlk jr|mlk|civil rights day", NTH, 1, 1, 3, 1 },
    { "groundhog", FIXED, 2, 2, 0, 1 },
    { "valentines|valentine|saint valentine|st valentine", FIXED, 2, 14, 0, 1 },
    { "presidents|president|washingtons birthday", NTH, 2, 1, 3, 1 },
    { "saint patricks|saint patrick|st patricks|st patrick|paddys|pattys", FIXED, 3, 17, 0, 1 },
    { "april fools|april fool", FIXED, 4, 1, 0, 1 },
    { "earth day", FIXED, 4, 22, 0, 1 },
    { "kings day|koningsdag", FIXED, 4, 27, 0, 1 },
    { "may day|tag der arbeit|fête du travail|festa del lavoro|día del trabajo", FIXED, 5, 1, 0,
      1 },
    { "cinco de mayo", FIXED, 5, 5, 0, 1 },
    { "mothers day|mother day", NTH, 5, 0, 2, 1 },
    { "memorial day|decoration day", LAST, 5, 1, 0, 1 },
    { "fathers day|father day", NTH, 6, 0, 3, 1 },
    { "juneteenth|freedom day|jubilee day", FIXED, 6, 19, 0, 1 },
    { "independence day|4th of july|fourth of july", FIXED, 7, 4, 0, 1 },
    { "bastille|fête nationale|quatorze juillet", FIXED, 7, 14, 0, 1 },
    { "labor day|labour day", NTH, 9, 1, 1, 1 },
    { "columbus|indigenous peoples day", NTH, 10, 1, 2, 1 },
    { "bosss|bosses|boss|bosses day", FIXED, 10, 16, 0, 1 },
    { "halloween|hallowe'en|all hallows eve", FIXED, 10, 31, 0, 1 },
    { "all saints|allerheiligen|toussaint|ognissanti|todos los santos|all hallows", FIXED, 11, 1, 0,
      1 },
    { "all souls|allerseelen|finados", FIXED, 11, 2, 0, 1 },
    { "guy fawkes|bonfire night", FIXED, 11, 5, 0, 1 },
    { "veterans day|veteran day|remembrance day|armistice day", FIXED, 11, 11, 0, 1 },
    { "thanksgiving|thanks giving", NTH, 11, 4, 4, 1 },
    { "black friday", NTH, 11, 4, 4, 2 },
    { "cyber monday", NTH, 11, 4, 4, 5 },
    { "christmas eve|xmas eve|heiligabend|kerstavond|nochebuena|vigilia di natale", FIXED, 12, 24,
      0, 1 },
    { "christmas|xmas|x mas|weihnachten|noël|navidad|kerst|kerstmis|natale|natal|crimbo|chrimbo",
      FIXED, 12, 25, 0, 1 },
    { "boxing day|santo stefano|stephanstag|tweede kerstdag", FIXED, 12, 26, 0, 1 },
    { "mardi gras|shrove tuesday|pancake day|fat tuesday|faschingsdienstag|carnaval|"
      "karneval|fasching",
      EASTER, 0, -47, 0, 1 },
    { "ash wednesday", EASTER, 0, -46, 0, 1 },
    { "palm sunday", EASTER, 0, -7, 0, 1 },
    { "maundy thursday|covenant thursday|covenant thu|holy thursday", EASTER, 0, -3, 0, 1 },
    { "good friday|karfreitag|great friday|goede vrijdag|vendredi saint|venerdì santo|"
      "viernes santo|sexta feira santa",
      EASTER, 0, -2, 0, 1 },
    { "holy saturday|black saturday", EASTER, 0, -1, 0, 1 },
    { "easter monday|easter mon|ostermontag|pasquetta|paasmaandag|lundi de pâques", EASTER, 0, 1, 0,
      1 },
    { "easter sunday|easter|ostern|pâques|pasqua|pasen|páscoa|pascua|ostersonntag|paques", EASTER,
      0, 0, 0, 1 },
    { "ascension day|ascension|christi himmelfahrt|himmelfahrt|hemelvaart|hemelvaartsdag|vatertag",
      EASTER, 0, 39, 0, 1 },
    { "whit monday|pentecost monday|pfingstmontag|monday of the holy spirit", EASTER, 0, 50, 0, 1 },
    { "pentecost|whit sunday|white sunday|whitsun|pfingsten|pinksteren|pentecôte|pentecoste|"
      "pentecostés|pentecostes",
      EASTER, 0, 49, 0, 1 },
    { "trinity sunday", EASTER, 0, 56, 0, 1 },
    { "corpus christi|fronleichnam", EASTER, 0, 60, 0, 1 },
    { "lent", EASTER, 0, -46, 0, 46 },
    { "orthodox easter sunday|orthodox easter", ORTHODOX, 0, 0, 0, 1 },
    { "orthodox good friday|orthodox great friday", ORTHODOX, 0, -2, 0, 1 },
    { "orthodox easter monday", ORTHODOX, 0, 1, 0, 1 },
    { "rosh hashanah|rosh hashana|rosh hashanna|yom teruah", TISHRI, 0, 0, 0, 3 },
    { "yom kippur", TISHRI, 0, 0, 9, 1 },
    { "sukkot|feast of the ingathering|succos", TISHRI, 0, 0, 14, 8 },
    { "shemini atzeret", TISHRI, 0, 0, 21, 1 },
    { "simchat torah", TISHRI, 0, 0, 22, 1 },
    { "hanukkah|hannukkah|chanukah|hanukah|chanukkah|hanukka", HANUKKAH, 0, 0, 0, 8 },
    { "passover|pesach", PASSOVER, 0, 0, 0, 9 },
    { "purim", PASSOVER, 0, 0, -30, 1 },
    { "shushan purim", PASSOVER, 0, 0, -29, 1 },
    { "yom hashoah|holocaust day", PASSOVER, 0, 0, 12, 1 },
    { "yom haatzmaut", PASSOVER, 0, 0, 20, 1 },
    { "lag baomer|lag b'omer", PASSOVER, 0, 0, 33, 1 },
    { "shavuot|feast of weeks|pentecost of the jews", PASSOVER, 0, 0, 50, 3 },
    { "tisha b'av|tisha bav", PASSOVER, 0, 0, 113, 1 },
    { "tu bishvat", PASSOVER, 0, 0, -59, 1 },
    { "eid al fitr|eid al fitr|eid ul fitr|eid ul fitr|id al fitr|id ul fitr|eid al fitr|eid",
      ISLAMIC, 10, 1, 0, 1 },
    { "eid al adha|eid al adha|eid ul adha|eid ul adha|id al adha|id ul adha|id ul adha|"
      "sacrifice feast|feast of the sacrifice|bakr id|bakrid",
      ISLAMIC, 12, 10, 0, 1 },
    { "ramadan|ramzan|ramadhan", ISLAMIC, 9, 1, 0, 30 },
    { "mawlid al nabawi|mawlid|milad un nabi|milad", ISLAMIC, 3, 12, 0, 1 },
    { "laylat al qadr|laylat al kadr|laylat al qadr|night of measures|night of power", ISLAMIC, 9,
      27, 0, 1 },
    { "isra and mi'raj|isra and miraj|the prophet's ascension|the night journey|ascension to "
      "heaven",
      ISLAMIC, 7, 27, 0, 1 },
    { "islamic new year|amun jadid|hijri new year", ISLAMIC, 1, 1, 0, 1 },
    { "ashura", ISLAMIC, 1, 10, 0, 1 },
    { "chinese lunar new year|chinese new year|lunar new year|spring festival|cny|tet", CHINESE, 2,
      5, 0, 1 },
    { "diwali|deepavali|divali", DARK_MOON, 10, 31, 0, 1 },
    { "dhanteras|dhanatrayodashi", DARK_MOON, 10, 31, -2, 1 },
    { "choti diwali|chhoti diwali|naraka chaturdashi|kali chaudas", DARK_MOON, 10, 31, -1, 1 },
    { "govardhan puja", DARK_MOON, 10, 31, 1, 1 },
    { "bhai dooj|bhai duj", DARK_MOON, 10, 31, 2, 1 },
    { "chhath puja|chhath|dala puja|surya shashthi", DARK_MOON, 10, 31, 6, 1 },
    { "navaratri|navratri|durga puja", NEW_MOON, 10, 3, 0, 10 },
    { "maha saptami", NEW_MOON, 10, 3, 6, 1 },
    { "dussehra|vijayadashami|dasara", NEW_MOON, 10, 3, 9, 1 },
    { "karva chauth", FULL_MOON, 10, 17, 3, 1 },
    { "valmiki jayanti|pargat diwas|maharishi valmiki jayanti", FULL_MOON, 10, 17, 0, 1 },
    { "guru nanak jayanti|gurpurab|guru nanak birthday", FULL_MOON, 11, 16, 0, 1 },
    { "ratha yatra|ratha yatra|rath yatra", NEW_MOON, 7, 2, 1, 1 },
    { "raksha bandhan|rakhi", FULL_MOON, 8, 17, 0, 1 },
    { "krishna janmashtami|janmashtami|gokulashtami", FULL_MOON, 8, 17, 8, 1 },
    { "ganesh chaturthi", NEW_MOON, 9, 2, 4, 1 },
    { "maha shivaratri|shivaratri", NEW_MOON, 2, 28, -1, 1 },
    { "vasant panchami|basant panchami|saraswati jayanti", NEW_MOON, 1, 29, 5, 1 },
    { "holika dahan|chhoti holi|choti holi|kamudu pyre", FULL_MOON, 3, 14, 0, 1 },
    { "holi|phagwah|dhulandi|rangwali holi", FULL_MOON, 3, 14, 1, 1 },
    { "ugadi|yugadi|gudi padwa|samvatsaradi", NEW_MOON, 3, 30, 1, 1 },
    { "rama navami|ram navami", NEW_MOON, 3, 30, 9, 1 },
    { "mahavir jayanti|mahaveer jayanti|mahavir janma kalyanak", NEW_MOON, 3, 30, 13, 1 },
    { "vesak|vaisakha|buddha purnima|buddha day", FULL_MOON, 5, 14, 0, 1 },
    { "guru gobind singh jayanti|guru gobind singh birthday", NEW_MOON, 12, 31, 6, 1 },
    { "guru ravidass jayanti|guru ravidas jayanti|guru ravidass birthday|guru ravidas birthday",
      FULL_MOON, 2, 14, 0, 1 },
    { "rabindra jayanti|rabindranath jayanti", FIXED, 5, 9, 0, 1 },
    { "bogi pandigai|boghi|bhogi", FIXED, 1, 13, 0, 1 },
    { "thai pongal|pongal|makar sankranti|makara sankranti|maghi", FIXED, 1, 15, 0, 1 },
    { "kaanum pongal|kanni pongal", FIXED, 1, 16, 0, 1 },
    { "vaisakhi|baisakhi|vasakhi|vaishakhi", FIXED, 4, 14, 0, 1 },
    { "republic day", FIXED, 1, 26, 0, 1 },
    { "gandhi jayanti", FIXED, 10, 2, 0, 1 },
    { "semana santa|holy week|karwoche|settimana santa", EASTER, 0, -7, 0, 7 },
    { "rosenmontag|rose monday", EASTER, 0, -48, 0, 1 },
    { "ferragosto|assumption day|feast of the assumption|mariä himmelfahrt|assomption", FIXED, 8,
      15, 0, 1 },
    { "immaculate conception|immacolata|inmaculada|mariä empfängnis", FIXED, 12, 8, 0, 1 },
    { "german unity day|day of german unity|tag der deutschen einheit", FIXED, 10, 3, 0, 1 },
    { "reformation day|reformationstag", FIXED, 10, 31, 0, 1 },
    { "nikolaus|nikolaustag|saint nicholas|st nicholas", FIXED, 12, 6, 0, 1 },
    { "sinterklaas|pakjesavond", FIXED, 12, 5, 0, 1 },
    { "bevrijdingsdag", FIXED, 5, 5, 0, 1 },
    { "rentrée", FIXED, 9, 1, 0, 1 },
    { "first advent|erster advent|ersten advent", ADVENT, 0, -21, 0, 1 },
    { "st georges day|saint georges day", FIXED, 4, 23, 0, 1 },
    { "st davids day|saint davids day", FIXED, 3, 1, 0, 1 },
    { "st andrews day|saint andrews day", FIXED, 11, 30, 0, 1 },
    { "burns night", FIXED, 1, 25, 0, 1 },
    { "twelfth night", FIXED, 1, 5, 0, 1 },
    { "candlemas", FIXED, 2, 2, 0, 1 },
    { "mothering sunday", EASTER, 0, -21, 0, 1 },
    { "kwanzaa", FIXED, 12, 26, 0, 7 },
    { "flag day", FIXED, 6, 14, 0, 1 },
    { "patriot day", FIXED, 9, 11, 0, 1 },
    { "tax day", FIXED, 4, 15, 0, 1 },
    { "election day", NTH, 11, 1, 1, 2 },
    { "inauguration day", FIXED, 1, 20, 0, 1 },
    { "grandparents day", NTH, 9, 1, 1, 7 },
    { "parents day", NTH, 7, 0, 4, 1 },
    { "armed forces day", NTH, 5, 6, 3, 1 },
    { "administrative professionals day|secretaries day|admin day", LAST, 4, 3, 0, 1 },
    { "small business saturday", NTH, 11, 4, 4, 3 },
    { "giving tuesday", NTH, 11, 4, 4, 6 },
    { "super bowl sunday|super bowl|superbowl", NTH, 2, 0, 2, 1 },
    { "family day", NTH, 2, 1, 3, 1 },
    { "civic holiday", NTH, 8, 1, 1, 1 },
    { "canadian thanksgiving", NTH, 10, 1, 2, 1 },
    { "orthodox christmas eve", FIXED, 1, 6, 0, 1 },
    { "orthodox christmas", FIXED, 1, 7, 0, 1 },
    { "orthodox new year|old new year", FIXED, 1, 14, 0, 1 },
    { "orthodox ash monday|clean monday|orthodox shrove monday|green monday", ORTHODOX, 0, -48, 0,
      1 },
    { "orthodox maundy thursday|orthodox holy thursday|orthodox covenant thursday", ORTHODOX, 0, -3,
      0, 1 },
    { "orthodox holy saturday|great saturday", ORTHODOX, 0, -1, 0, 1 },
    { "orthodox ascension", ORTHODOX, 0, 39, 0, 1 },
    { "orthodox pentecost", ORTHODOX, 0, 49, 0, 1 },
    { "orthodox whit monday", ORTHODOX, 0, 50, 0, 1 },
    { "great lent", ORTHODOX, 0, -48, 0, 40 },
    { "jumuatul wida|jumu'atul wida|jumat ul wida|jamat ul vida|jumu'atul vida", ISLAMIC, 10, 1, 5,
      1 },
    { "parsi new year|navroz|jamshedi navroz|shahenshahi navroz", PARSI, 0, 0, 0, 1 },
    { "nowruz|persian new year|norooz|iranian new year", FIXED, 3, 20, 0, 1 },
    { "lantern festival", CHINESE, 2, 5, 14, 1 },
    { "qingming|tomb sweeping day", FIXED, 4, 5, 0, 1 },
    { "dragon boat festival", CHINESE, 6, 7, 4, 1 },
    { "mid autumn festival|moon festival|chuseok", FULL_MOON, 9, 22, 0, 1 },
    { "golden week", FIXED, 10, 1, 0, 7 },
    { "singles day", FIXED, 11, 11, 0, 1 },
    { "songkran|thingyan", FIXED, 4, 13, 0, 3 },
    { "guru purnima", FULL_MOON, 7, 17, 0, 1 },
    { "hanuman jayanti", FULL_MOON, 4, 15, 0, 1 },
    { "akshaya tritiya", NEW_MOON, 4, 29, 3, 1 },
    { "international mens day", FIXED, 11, 19, 0, 1 },
    { "human rights day", FIXED, 12, 10, 0, 1 },
    { "world aids day", FIXED, 12, 1, 0, 1 },
    { "world water day", FIXED, 3, 22, 0, 1 },
    { "world environment day", FIXED, 6, 5, 0, 1 },
    { "world health day", FIXED, 4, 7, 0, 1 },
    { "canada day|dominion day", FIXED, 7, 1, 0, 1 },
    { "australia day", FIXED, 1, 26, 0, 1 },
    { "anzac day|anzac", FIXED, 4, 25, 0, 1 },
    { "st stephens day|saint stephens day", FIXED, 12, 26, 0, 1 },
    { "womens day|international womens day", FIXED, 3, 8, 0, 1 },
    { "victoria day", FIXED, 5, 24, 0, 1 },
    { "pi day", FIXED, 3, 14, 0, 1 },
    { "world earth day", FIXED, 4, 22, 0, 1 },
    { "lazarus saturday", ORTHODOX, 0, -8, 0, 1 },
    { "orthodox palm sunday", ORTHODOX, 0, -7, 0, 1 },
};

/* Is the token this word, with or without a genitive s and its apostrophe? */
static bool is_name_word(const struct token *token, struct span word)
{
    struct span lower = token->lower;
    size_t length = lower.len;

    if (token->kind != TOKEN_WORD)
        return false;
    if (span_eq(lower, word) ||
        (length == word.len + 1 && length > 4 && lower.data[word.len] == 's' &&
         memcmp(lower.data, word.data, word.len) == 0))
        return true;
    if (length > 2 && lower.data[length - 2] == '\'')
        return (word.len == length - 1 && memcmp(word.data, lower.data, length - 2) == 0 &&
                word.data[length - 2] == 's') ||
               (word.len == length - 2 && memcmp(word.data, lower.data, length - 2) == 0);
    return false;
}

static size_t name_at(const struct tokens *tokens, size_t at, struct span name)
{
    size_t next = at;
    struct span word;

    while (text_next_piece(&name, ' ', &word)) {
        const struct token *token = &tokens->items[next];

        if (token->kind == TOKEN_NUMBER && text_is_digit(word.data[0]) &&
            token->number[0] == word.data[0] - '0' && token_is(&tokens->items[next + 1], "th")) {
            next += 2;
            continue;
        }
        if (!is_name_word(token, word))
            return 0;
        next++;
        if (is_sign(tokens, next, '.') && word.len <= 3)
            next++;
        if (is_sign(tokens, next, '\'') && tokens->items[next].glued)
            next++;
        if (name.data && is_sign(tokens, next, '-') && tokens->items[next].glued)
            next++;
    }
    return next - at;
}

/* The names by their first bytes, each list in the order of the table. */
struct holiday_name {
    struct span name, word; /* word: its first */
    const struct holiday *holiday;
    const struct holiday_name *next;
};

struct holiday_names {
    const struct holiday_name *first[256];
};

static unsigned char place_of(struct span word)
{
    return (unsigned char)((unsigned char)word.data[0] +
                           (word.len > 1 ? 31 * (unsigned char)word.data[1] : 0));
}

bool when_holiday_begins(const struct holiday_names *names, struct span word)
{
    for (const struct holiday_name *row = names->first[place_of(word)]; row; row = row->next) {
        size_t same = row->word.len < word.len ? row->word.len : word.len;

        /* Longer by a genitive at most: that is left to those who read the name. */
        if (row->word.len <= word.len + 1 && word.len <= row->word.len + 2 &&
            memcmp(row->word.data, word.data, same > 4 ? same - 2 : same) == 0)
            return true;
    }
    return false;
}

const struct holiday_names *when_holiday_names(struct arena *arena)
{
    struct holiday_names *names = arena_alloc(arena, sizeof(*names));

    for (size_t i = COUNT_OF(holidays); i-- > 0;) {
        struct span rest = span_of(holidays[i].names), name;

        while (text_next_piece(&rest, '|', &name)) {
            struct holiday_name *row = arena_alloc(arena, sizeof(*row));
            const struct holiday_name **first = &names->first[place_of(name)];
            struct span rest_of_name = name;

            *row = (struct holiday_name){ .name = name, .holiday = &holidays[i], .next = *first };
            text_next_piece(&rest_of_name, ' ', &row->word);
            *first = row;
        }
    }
    return names;
}

/* The longest name of its holiday, *row and those behind it. *row: the first of another. */
static size_t any_name_at(const struct tokens *tokens, size_t at, const struct holiday_name **row)
{
    const struct holiday *holiday = (*row)->holiday;
    size_t best = 0;

    for (; *row && (*row)->holiday == holiday; *row = (*row)->next) {
        size_t used = name_at(tokens, at, (*row)->name);

        best = used > best ? used : best;
    }
    return best;
}

/* Is there a word that only a holiday has so short: "president", "boss" need "day" behind them. */
static bool needs_day(const struct holiday *holiday)
{
    static const char *const short_names[] = { "presidents", "bosss", "groundhog", "columbus" };

    for (size_t i = 0; i < COUNT_OF(short_names); i++)
        if (text_starts_nocase(span_of(holiday->names), short_names[i]))
            return true;
    return false;
}

const struct holiday *when_holiday_at(const struct tokens *tokens, size_t at, size_t *used)
{
    const struct token *token = &tokens->items[at];
    const struct holiday *best = NULL;
    const struct holiday_name *row;

    *used = 0;
    if (!(token->classes & (WORD_BIT(W_HOLIDAY) | WORD_BIT(W_DIGITS))))
        return NULL;
    row = tokens->holidays->first[place_of(token->kind == TOKEN_WORD ? token->lower : token->text)];
    while (row) {
        const struct holiday *holiday = row->holiday;
        size_t got = any_name_at(tokens, at, &row);
        bool day = got > 0 && is_word(tokens, at + got, "day");

        if (got == 0 || got + day <= *used || (needs_day(holiday) && !day))
            continue;
        *used = got + day;
        best = holiday;
    }
    return best;
}

static int64_t nth_day(int year, const struct holiday *holiday)
{
    int64_t first = zone_days_of(year, holiday->month, 1);
    int64_t day = first + (holiday->day - when_weekday(first) + 7) % 7;

    return day + 7 * (int64_t)(holiday->nth - 1);
}

/* By the moon nearest to an anchor day. */
static int64_t moon_day(const struct holiday *holiday, int year)
{
    int64_t near = zone_days_of(year, holiday->month, holiday->day);
    double east = holiday->rule == NEW_MOON ? 5.5 : (holiday->rule == CHINESE ? 8.0 : -12.5);

    if (holiday->rule == FULL_MOON)
        near = when_moon_day(near - 15, false, east) + 15;
    return when_moon_day(near, holiday->rule == FULL_MOON, east) + holiday->nth;
}

static int64_t last_day(const struct holiday *holiday, int year)
{
    int64_t day = zone_days_of(year, holiday->month + 1, 1) - 1;

    return day - (when_weekday(day) - holiday->day + 7) % 7;
}

/* With an nth: the last such weekday before it ("the last Friday of Ramadan"). */
static bool islamic_day(const struct holiday *holiday, int year, int64_t *out)
{
    if (!when_islamic_day(year, holiday->month, holiday->day, out))
        return false;
    if (holiday->nth > 0)
        *out -= (when_weekday(*out) - holiday->nth + 6) % 7 + 1;
    return true;
}

/* Its first day. */
static bool first_day(const struct holiday *holiday, int year, int64_t *out)
{
    switch (holiday->rule) {
    case EASTER:
        *out = when_easter_day(year) + holiday->day;
        return true;
    case ORTHODOX:
        *out = when_orthodox_easter_day(year) + holiday->day;
        return true;
    /* Black Friday and Cyber Monday hang on Thanksgiving: their length counts from there. */
    case NTH:
        *out = nth_day(year, holiday) + holiday->length - 1;
        return true;
    case LAST:
        *out = last_day(holiday, year);
        return true;
    case NEW_MOON:
    case DARK_MOON:
    case FULL_MOON:
    case CHINESE:
        *out = moon_day(holiday, year);
        return true;
    case ISLAMIC:
        return islamic_day(holiday, year, out);
    case ADVENT:
        *out = zone_days_of(year, 12, 24);
        *out += holiday->day - when_weekday(*out);
        return true;
    case PARSI:
        *out = zone_days_of(2018, 8, 17) + (int64_t)365 * (year - 2018);
        return true;
    /* Jewish days begin on the eve. */
    case TISHRI:
        *out = when_tishri_day(year, holiday->nth) - 1;
        return true;
    case PASSOVER:
        *out = when_passover_day(year, holiday->nth) - 1;
        return true;
    case HANUKKAH:
        *out = when_hanukkah_day(year) - 1;
        return true;
    case FIXED:
    case YEAR_TURN:
        break;
    }
    *out = zone_days_of(year, holiday->month, holiday->day);
    return true;
}

bool when_holiday_in(const struct holiday *holiday, int year, struct stretch *out)
{
    int64_t day, length = holiday->rule == NTH ? 1 : holiday->length;

    if (year < 1 || year > 8000 || !first_day(holiday, year, &day))
        return false;
    if (holiday->rule == YEAR_TURN) {
        /* Work starts again on the first Monday from 2 January on. */
        length = zone_days_of(year + 1, 1, 2) - day;
        while (when_weekday(day + length) != 1)
            length++;
    }
    /* Boss's Day is kept on the nearest working day, the Dutch king's never on a Sunday. */
    if (text_starts_nocase(span_of(holiday->names), "boss") && when_weekday(day) % 6 == 0)
        day += when_weekday(day) == 6 ? -1 : 1;
    if (text_starts_nocase(span_of(holiday->names), "kings day") && when_weekday(day) == 0)
        day--;
    *out = (struct stretch){ day * DAY_S, (day + length) * DAY_S, WHEN_DAY };
    return true;
}
