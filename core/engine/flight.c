/* core/engine/flight.c - see flight.h. The phase is written last and read first (release, acquire), so a half-written answer
 * is never taken for one. */
#include "core/engine/flight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAGIC "heed-flight-1"

struct slot_in_file {
    int64_t touch_id;
    atomic_int phase;
    struct send_result result;
};

struct file_head {
    char magic[16];
    char boot_id[48];
};

struct file_layout {
    struct file_head head;
    struct slot_in_file slots[FLIGHT_ROOM];
};

struct flight {
    int fd;
    struct file_layout *file;
    char boot_id[48];
    bool same_boot; /* what stands in the file is of this boot */
    int free_list[FLIGHT_ROOM];
    int free_count;
};

static void read_boot_id(char out[48])
{
    FILE *in = fopen("/proc/sys/kernel/random/boot_id", "re");

    memset(out, 0, 48);
    if (!in || !fgets(out, 48, in))
        snprintf(out, 48, "unknown");
    if (in)
        fclose(in);
    out[strcspn(out, "\n")] = '\0';
}

struct flight *flight_open(const char *path, struct err *err)
{
    struct flight *flight = xcalloc(1, sizeof(*flight));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    char why[128];

    if (fd < 0 || ftruncate(fd, sizeof(struct file_layout)) != 0)
        goto fail;
    flight->file =
        mmap(NULL, sizeof(struct file_layout), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (flight->file == MAP_FAILED)
        goto fail;
    flight->fd = fd;
    read_boot_id(flight->boot_id);
    flight->same_boot = memcmp(flight->file->head.magic, MAGIC, sizeof(MAGIC)) == 0 &&
                        strcmp(flight->boot_id, "unknown") != 0 &&
                        strncmp(flight->file->head.boot_id, flight->boot_id, 48) == 0;
    return flight;
fail:
    err_set(err, ERR_SYSTEM, "flight recorder %s: %s", path, err_errno(errno, why, sizeof(why)));
    if (fd >= 0)
        close(fd);
    free(flight);
    return NULL;
}

void flight_close(struct flight *flight)
{
    if (!flight)
        return;
    munmap(flight->file, sizeof(struct file_layout));
    close(flight->fd);
    free(flight);
}

int flight_recall(const struct flight *flight, int64_t touch_id, struct flight_entry *out)
{
    if (!flight->same_boot)
        return -1;
    for (int i = 0; i < FLIGHT_ROOM; i++) {
        struct slot_in_file *slot = &flight->file->slots[i];
        if (slot->touch_id != touch_id)
            continue;
        out->touch_id = touch_id;
        out->phase = (enum flight_phase)atomic_load_explicit(&slot->phase, memory_order_acquire);
        out->result = slot->result;
        return 1;
    }
    return 0;
}

/* A hole instead of zeros: pages that nobody writes to cost neither memory nor disk. */
int flight_forget(struct flight *flight, struct err *err)
{
    if (ftruncate(flight->fd, 0) != 0 || ftruncate(flight->fd, sizeof(struct file_layout)) != 0)
        return err_set(err, ERR_SYSTEM, "flight recorder cannot be emptied");
    memcpy(flight->file->head.boot_id, flight->boot_id, sizeof(flight->boot_id));
    memcpy(flight->file->head.magic, MAGIC, sizeof(MAGIC));
    if (msync(flight->file, sizeof(struct file_head), MS_SYNC) != 0)
        return err_set(err, ERR_SYSTEM, "flight recorder cannot be written");
    flight->same_boot = true;
    flight->free_count = FLIGHT_ROOM;
    for (int i = 0; i < FLIGHT_ROOM; i++)
        flight->free_list[i] = FLIGHT_ROOM - 1 - i; /* low places first: few pages stay warm */
    return 0;
}

int flight_add(struct flight *flight, int64_t touch_id)
{
    int index;

    if (flight->free_count == 0)
        return -1;
    index = flight->free_list[--flight->free_count];
    atomic_store_explicit(&flight->file->slots[index].phase, FLIGHT_NOT_BEGUN,
                          memory_order_release);
    flight->file->slots[index].touch_id = touch_id;
    return index;
}

void flight_mark_begun(struct flight *flight, int index)
{
    atomic_store_explicit(&flight->file->slots[index].phase, FLIGHT_BEGUN, memory_order_release);
}

void flight_mark_answered(struct flight *flight, int index, const struct send_result *result)
{
    flight->file->slots[index].result = *result;
    atomic_store_explicit(&flight->file->slots[index].phase, FLIGHT_ANSWERED, memory_order_release);
}

void flight_free(struct flight *flight, int index)
{
    flight->file->slots[index].touch_id = 0;
    flight->free_list[flight->free_count++] = index;
}
