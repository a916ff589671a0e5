/* core/net/peer.c - the tables are the special-purpose registries of RFC 6890 and its updates. */
#include "core/net/peer.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base/attr.h"

struct range4 {
    uint32_t first;
    int bits;
    enum peer_place place;
};

static const struct range4 ranges4[] = {
    { 0x00000000, 8, PEER_PRIVATE },  /* 0.0.0.0/8: connects to this host on Linux */
    { 0x0A000000, 8, PEER_PRIVATE },  /* 10.0.0.0/8 */
    { 0x64400000, 10, PEER_PRIVATE }, /* 100.64.0.0/10: carrier NAT */
    { 0x7F000000, 8, PEER_LOOPBACK }, /* 127.0.0.0/8 */
    { 0xA9FE0000, 16, PEER_PRIVATE }, /* 169.254.0.0/16: link-local, cloud metadata */
    { 0xAC100000, 12, PEER_PRIVATE }, /* 172.16.0.0/12 */
    { 0xC0000000, 24, PEER_PRIVATE }, /* 192.0.0.0/24 */
    { 0xC0000200, 24, PEER_PRIVATE }, /* 192.0.2.0/24: documentation */
    { 0xC0586300, 24, PEER_PRIVATE }, /* 192.88.99.0/24: 6to4 relays */
    { 0xC0A80000, 16, PEER_PRIVATE }, /* 192.168.0.0/16 */
    { 0xC6120000, 15, PEER_PRIVATE }, /* 198.18.0.0/15: benchmarks */
    { 0xC6336400, 24, PEER_PRIVATE }, /* 198.51.100.0/24: documentation */
    { 0xCB007100, 24, PEER_PRIVATE }, /* 203.0.113.0/24: documentation */
    { 0xE0000000, 3, PEER_PRIVATE },  /* 224.0.0.0/3: multicast, reserved, broadcast */
};

struct range6 {
    unsigned char first[16];
    int bits;
    int inner; /* offset of an IPv4 address inside, or -1 */
};

/* Whatever lies outside 2000::/3 is not public; these are the ranges that need more than that. */
static const struct range6 ranges6[] = {
    { { [10] = 0xFF, [11] = 0xFF }, 96, 12 },                       /* ::ffff:0:0/96, mapped */
    { { [1] = 0x64, [2] = 0xFF, [3] = 0x9B }, 96, 12 },             /* 64:ff9b::/96, NAT64 */
    { { [0] = 0x20, [1] = 0x02 }, 16, 2 },                          /* 2002::/16, 6to4 */
    { { [0] = 0x20, [1] = 0x01 }, 23, -1 },                         /* 2001::/23, Teredo etc. */
    { { [0] = 0x20, [1] = 0x01, [2] = 0x0D, [3] = 0xB8 }, 32, -1 }, /* documentation */
    { { [0] = 0x3F, [1] = 0xFF, [2] = 0x00 }, 20, -1 },             /* documentation */
};

static enum peer_place place4(uint32_t address)
{
    for (size_t i = 0; i < COUNT_OF(ranges4); i++) {
        uint32_t mask = UINT32_MAX << (32 - ranges4[i].bits);

        if ((address & mask) == ranges4[i].first)
            return ranges4[i].place;
    }
    return PEER_PUBLIC;
}

static bool in_range6(const unsigned char *address, const struct range6 *range)
{
    size_t whole = (size_t)range->bits / 8;
    int rest = range->bits % 8;
    unsigned char mask = (unsigned char)(0xFF00 >> rest);

    return memcmp(address, range->first, whole) == 0 &&
           (rest == 0 || ((address[whole] ^ range->first[whole]) & mask) == 0);
}

static enum peer_place place6(const unsigned char *address)
{
    static const unsigned char loopback[16] = { [15] = 1 };
    uint32_t inner;

    if (memcmp(address, loopback, sizeof(loopback)) == 0)
        return PEER_LOOPBACK;
    for (size_t i = 0; i < COUNT_OF(ranges6); i++) {
        if (!in_range6(address, &ranges6[i]))
            continue;
        if (ranges6[i].inner < 0)
            return PEER_PRIVATE;
        memcpy(&inner, address + ranges6[i].inner, sizeof(inner));
        return place4(ntohl(inner));
    }
    return (address[0] & 0xE0) == 0x20 ? PEER_PUBLIC : PEER_PRIVATE;
}

enum peer_place peer_place(const struct sockaddr *address)
{
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;

    switch (address->sa_family) {
    case AF_INET:
        memcpy(&in4, address, sizeof(in4));
        return place4(ntohl(in4.sin_addr.s_addr));
    case AF_INET6:
        memcpy(&in6, address, sizeof(in6));
        return place6(in6.sin6_addr.s6_addr);
    default:
        return PEER_PRIVATE;
    }
}
