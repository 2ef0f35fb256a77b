/* SPDX-License-Identifier: MIT */
/*
 * isolate.h - a process for one case, that takes everything with it when it ends
 *
 * The process is pid 1 of its own pid namespace and dies with its parent (PR_SET_PDEATHSIG): when
 * the harness is killed, so is the case and everything the case started. Not root: a user namespace
 * comes first.
 */
#ifndef SOCKPROOF_WORLD_ISOLATE_H
#define SOCKPROOF_WORLD_ISOLATE_H
#include <stdbool.h>
#include <sys/types.h>

struct err;

/*
 * Like fork(2): returns the child's pid in the parent, 0 in the child, -1 with @err set (EPERM,
 * ENOSPC: namespaces are refused here). user: enter a user namespace too (the caller has no
 * CAP_SYS_ADMIN). Call with one thread only.
 */
pid_t isolate_fork(bool user, struct err *err);

/* Before isolate_fork(), by a process 1 whose machine is the case's own: let children reach the
 * network namespace that this process is in. */
int isolate_keep_network(struct err *err);
/* In such a child: a descriptor of it for setns(2), borrowed; otherwise -1. */
int isolate_outer_network(void);

/*
 * The same with namespaces of one's choice: CLONE_NEW* of clone(2). When it returns in the parent,
 * the child is already bound to die with it. With CLONE_NEWUSER the caller's user and group are 0
 * inside. *pidfd gets a descriptor of the child (pidfd_open(2)), close-on-exec, in the parent; may
 * be NULL.
 */
pid_t isolate_clone(unsigned long namespaces, int *pidfd, struct err *err);

/* clone(2) as it is: fork(2) with @flags; *pidfd as above. For a child whose life is bound to
 * another's. */
pid_t isolate_raw_clone(unsigned long flags, int *pidfd);

/*
 * In the child of isolate_fork(), once: private mounts, own /proc, a tmpfs of 256 MiB (a quarter of
 * the memory, where that is less) and 65536 inodes as scratch folder, small socket tables for the
 * network namespaces to come; not dumpable any more (PR_SET_DUMPABLE), unlike its children. Returns
 * the scratch folder's path (static storage of the process), or NULL with @err set.
 */
const char *isolate_settle(struct err *err);

/* The scratch folder; NULL before isolate_settle(). */
const char *isolate_scratch(void);
/* A folder for the harness's own files, on a tmpfs of its own that programs cannot fill; NULL
 * before isolate_settle(). */
const char *isolate_private(void);

/* Does this process need a user namespace to make network namespaces? (No CAP_SYS_ADMIN.) */
bool isolate_needs_user(void);

#endif
