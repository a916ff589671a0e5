/* channels/smtp_shim.h - libesmtp has no way to set a connect timeout, a deadline or TCP_NODELAY,
 * and dead-locks when TLS 1.3 tickets arrive before its flush. The cure is to stand between it and
 * the C library: smtp_shim.c defines connect() and poll() for the whole program, which do something
 * only in a thread that has a wire set. */
#ifndef HEED_CHANNELS_SMTP_SHIM_H
#define HEED_CHANNELS_SMTP_SHIM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* One SMTP connection of this thread, from its connect() to its end. */
struct smtp_wire {
    int64_t connect_ms;  /* wait for one address */
    int64_t deadline_ms; /* CLOCK_MONOTONIC: when it passes, the socket is shut down */
    bool loopback_only;  /* refuse to connect anywhere else: the talk is in clear */
    int fd;              /* -1 = none */
    bool dead;           /* shut down by us; nothing can leave any more */
    int error;           /* errno of the last connect() that failed */
    int verify_error;    /* X509_V_ERR_..., 0 = none */
};

/* Puts the wire under the connect() and poll() of this thread; NULL takes it away. */
void smtp_shim_set(struct smtp_wire *wire);
/* The wire of this thread, or NULL. */
struct smtp_wire *smtp_shim_get(void);

/* Shuts the socket down: no byte leaves after this. */
void smtp_wire_kill(struct smtp_wire *wire);
/* Can an answer still come? false when either side has closed. */
bool smtp_wire_alive(const struct smtp_wire *wire);

bool smtp_is_loopback(const struct sockaddr *address);

#endif
