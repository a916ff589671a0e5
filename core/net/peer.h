/* core/net/peer.h - where an address lies: public, loopback, or a private or reserved range that a
 * URL from outside must not reach (reliability F9). Pure. Opens nothing, resolves nothing. */
#ifndef HEED_NET_PEER_H
#define HEED_NET_PEER_H

#include <sys/socket.h>

enum peer_place {
    PEER_PUBLIC,
    PEER_LOOPBACK,
    PEER_PRIVATE, /* also link-local, multicast, documentation, and every family but IPv4 and IPv6 */
};

/* IPv4 inside IPv6 (mapped, compatible, NAT64, 6to4) counts as that IPv4 address. */
enum peer_place peer_place(const struct sockaddr *address);

#endif
