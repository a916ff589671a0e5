/* tests/net/test_peer.c - addresses a URL from outside must not lead to (reliability F9). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "core/base/attr.h"
#include "core/net/peer.h"

static const struct {
    const char *address;
    enum peer_place place;
} rows[] = {
    { "8.8.8.8", PEER_PUBLIC },
    { "1.1.1.1", PEER_PUBLIC },
    { "172.15.255.255", PEER_PUBLIC },
    { "172.32.0.0", PEER_PUBLIC },
    { "100.63.255.255", PEER_PUBLIC },
    { "100.128.0.0", PEER_PUBLIC },
    { "223.255.255.255", PEER_PUBLIC },
    { "127.0.0.1", PEER_LOOPBACK },
    { "127.255.255.254", PEER_LOOPBACK },
    { "0.0.0.0", PEER_PRIVATE },
    { "0.1.2.3", PEER_PRIVATE },
    { "10.0.0.1", PEER_PRIVATE },
    { "100.64.0.1", PEER_PRIVATE },
    { "169.254.169.254", PEER_PRIVATE },
    { "172.16.0.1", PEER_PRIVATE },
    { "172.31.255.255", PEER_PRIVATE },
    { "192.168.1.1", PEER_PRIVATE },
    { "198.19.0.1", PEER_PRIVATE },
    { "224.0.0.1", PEER_PRIVATE },
    { "240.0.0.1", PEER_PRIVATE },
    { "255.255.255.255", PEER_PRIVATE },
    { "::1", PEER_LOOPBACK },
    { "::", PEER_PRIVATE },
    { "::127.0.0.1", PEER_PRIVATE },
    { "::ffff:127.0.0.1", PEER_LOOPBACK },
    { "::ffff:10.0.0.1", PEER_PRIVATE },
    { "::ffff:169.254.169.254", PEER_PRIVATE },
    { "::ffff:8.8.8.8", PEER_PUBLIC },
    { "64:ff9b::10.0.0.1", PEER_PRIVATE },
    { "64:ff9b::8.8.8.8", PEER_PUBLIC },
    { "2002:7f00:1::", PEER_LOOPBACK },
    { "2002:a00:1::", PEER_PRIVATE },
    { "2001::1", PEER_PRIVATE },
    { "2001:db8::1", PEER_PRIVATE },
    { "2001:4860:4860::8888", PEER_PUBLIC },
    { "2a00:1450:4001::1", PEER_PUBLIC },
    { "3fff:fff::1", PEER_PRIVATE },
    { "fc00::1", PEER_PRIVATE },
    { "fd12:3456::1", PEER_PRIVATE },
    { "fe80::1", PEER_PRIVATE },
    { "fec0::1", PEER_PRIVATE },
    { "ff02::1", PEER_PRIVATE },
};

static void test_peer__knows_public_addresses_from_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sockaddr_in in4 = { .sin_family = AF_INET };
        struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
        enum peer_place place;

        if (inet_pton(AF_INET, rows[i].address, &in4.sin_addr) == 1) {
            place = peer_place((struct sockaddr *)&in4);
        } else {
            assert_int_equal(inet_pton(AF_INET6, rows[i].address, &in6.sin6_addr), 1);
            place = peer_place((struct sockaddr *)&in6);
        }
        if (place != rows[i].place)
            fail_msg("%s: expected %d, got %d", rows[i].address, rows[i].place, place);
    }
}

static void test_peer__trusts_no_other_family(void **state)
{
    struct sockaddr other = { .sa_family = AF_UNIX };

    (void)state;
    assert_int_equal(peer_place(&other), PEER_PRIVATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_peer__knows_public_addresses_from_others),
        cmocka_unit_test(test_peer__trusts_no_other_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
