/*
 * Faults of a disk, in a real process: loaded before the C library, whose calls it stands in for.
 *
 * It counts the calls of one kind over the whole process (strace counts each thread's for itself,
 * and the database has a thread for every connection) and lets some of them fail, or kills the
 * process on its way into one. `faults.rs` says which, by these variables:
 *
 *   VWIS_FAULT_CALLS  sync | write
 *   VWIS_FAULT        kill | failed | no-space
 *   VWIS_FAULT_FROM   the first call, from 1
 *   VWIS_FAULT_TIMES  how many
 *   VWIS_FAULT_LOG    a file that is made when the first has befallen
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long calls_seen;

static int befalls(const char *kind) {
    const char *calls = getenv("VWIS_FAULT_CALLS");
    if (!calls || strcmp(calls, kind) != 0)
        return 0;
    long number = atomic_fetch_add(&calls_seen, 1) + 1;
    long from = atol(getenv("VWIS_FAULT_FROM"));
    if (number < from || number >= from + atol(getenv("VWIS_FAULT_TIMES")))
        return 0;
    int log = open(getenv("VWIS_FAULT_LOG"), O_CREAT | O_WRONLY, 0600);
    if (log >= 0)
        close(log);
    const char *fault = getenv("VWIS_FAULT");
    if (strcmp(fault, "kill") == 0)
        kill(getpid(), SIGKILL);
    errno = strcmp(fault, "no-space") == 0 ? ENOSPC : EIO;
    return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int fd) { return befalls("sync") ? -1 : NEXT(fsync)(fd); }

int fdatasync(int fd) { return befalls("sync") ? -1 : NEXT(fdatasync)(fd); }

/* Only the database writes at an offset. */
ssize_t pwrite(int fd, const void *buffer, size_t count, off_t offset) {
    return befalls("write") ? -1 : NEXT(pwrite)(fd, buffer, count, offset);
}

ssize_t pwrite64(int fd, const void *buffer, size_t count, off64_t offset) {
    return befalls("write") ? -1 : NEXT(pwrite64)(fd, buffer, count, offset);
}
