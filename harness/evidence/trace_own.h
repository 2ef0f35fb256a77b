/* SPDX-License-Identifier: MIT */
/*
 * trace_own.h - what trace.c and trace_flow.c share
 */
#ifndef SOCKPROOF_EVIDENCE_TRACE_OWN_H
#define SOCKPROOF_EVIDENCE_TRACE_OWN_H
#include "base/mem.h"
#include "evidence/timeline.h"
#include "packet/spans.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How much of anything is shown in full; the digest speaks for the rest. */
#define TRACE_SHOWN 60

/* What one side of a flow sent. */
struct trace_side {
	bool syn, fin, rst;
	struct spans data;    /* TCP: delivered bytes */
	struct buf datagrams; /* UDP: a line each, in order */
	struct buf icmp;      /* a line for each kind */
};

struct trace_flow {
	const struct flow *flow;
	const struct timeline_packet *first;
	struct trace_side side[2];
};

/* Flows in the order of the trace: their place (from 1) is the N of {port:N}. */
struct trace {
	const struct timeline *tl;
	struct trace_flow *flows;
	size_t count;
};

void trace_flows_collect(struct trace *t);
void trace_flows_free(struct trace *t);
void trace_flows_write(const struct trace *t, struct buf *out);

/* Add @len bytes at @p to @out, ports that the kernel chose replaced by {port:N}. */
void trace_normalise(const struct trace *t, const char *p, size_t len, struct buf *out);
/* {port:N} of a side of flow @index, or its fixed port. */
void trace_port(const struct trace *t, size_t index, int side, struct buf *out);
/* `14 bytes, fnv1a 0011223344556677, "the last line\n"` */
void trace_bytes(const void *p, size_t len, struct buf *out);

#endif
