/* SPDX-License-Identifier: MIT */
/*
 * qmp.h - QEMU's control socket: commands with answers, and events in between
 * (docs/interop/qmp-spec)
 */
#ifndef SOCKPROOF_VM_QMP_H
#define SOCKPROOF_VM_QMP_H
#include "base/mem.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct err;

struct qmp {
	int fd;
	struct buf in;
	bool stopped; /* the guest stopped itself (GUEST_PANICKED) since qmp_clear() */
	bool gone;    /* QEMU has closed the socket */
};

/* Hear the greeting and negotiate. 0, or -1 with @err set. */
int qmp_begin(struct qmp *q, int fd, struct err *err);
/* Run a command; arguments (may be NULL) are released. pass: a descriptor to send along
 * (unix(7)'s SCM_RIGHTS), or -1. *answer (may be NULL): what it returned,
 * json_decref() it. 0, or -1 with @err set: what QEMU says against it. */
int qmp_do(struct qmp *q, const char *command, json_t *arguments, int pass, json_t **answer,
           struct err *err);
/* Take in what comes until @until (clock_now()'s ns), or the guest has stopped itself, or QEMU is
 * gone. */
void qmp_listen(struct qmp *q, int64_t until);
void qmp_free(struct qmp *q);

#endif
