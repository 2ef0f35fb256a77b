/* SPDX-License-Identifier: MIT */
/*
 * probe.h - what this machine can do, tried and not guessed
 */
#ifndef SOCKPROOF_WORLD_PROBE_H
#define SOCKPROOF_WORLD_PROBE_H
#include <stdbool.h>

struct probe_answer {
	bool works;
	char detail[200]; /* what was found, or why not: one line */
	char mend[200];   /* the command that fixes it; empty when it works or nothing would */
};

enum probe_what {
	PROBE_NAMESPACES, /* network and pid namespaces, as root or through a user namespace */
	PROBE_TUN,        /* /dev/net/tun inside them */
	PROBE_VETH,
	PROBE_CAPTURE,    /* AF_PACKET inside them */
	PROBE_DIAG,       /* socket diagnostics: tcp, udp, unix */
	PROBE_PROC,       /* a private /proc */
	PROBE_TRACE,      /* programs may be traced: ptrace(2) and seccomp(2) */
	PROBE_ACCOUNTING, /* acct(2): the kernel tells how children of programs end */
	PROBE_COUNT
};

/* Try all of them in child processes (a few ms). out: PROBE_COUNT answers. */
void probe_machine(struct probe_answer out[static PROBE_COUNT]);
/* PROBE_TRACE alone, tried on a child of the caller. */
void probe_trace(struct probe_answer *out);
/* PROBE_ACCOUNTING alone, tried likewise. */
void probe_accounting(struct probe_answer *out);
const char *probe_text(enum probe_what w); /* "namespaces", "tun", … */

#endif
