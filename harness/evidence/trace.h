/* SPDX-License-Identifier: MIT */
/*
 * trace.h - what a normalised trace is made of: what each side of a flow said, whatever the kernel
 * made of it
 *
 * For the trace itself, and for who compares two of them (diff/). What the trace holds and leaves
 * out is told at timeline_trace() in casedir.h.
 */
#ifndef SOCKPROOF_EVIDENCE_TRACE_H
#define SOCKPROOF_EVIDENCE_TRACE_H
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
	struct trace_steps *steps; /* noted when not NULL */
};

/* Which event each line of a trace that is a step comes from. */
struct trace_steps {
	struct trace_step {
		size_t line;  /* of the trace, from 0 */
		size_t event; /* index in the timeline */
	} * list;             /* in order of lines; free() it */
	size_t count;
	size_t lines, at; /* lines counted in the first @at bytes */
};
/* timeline_trace(), and where its steps come from. */
void timeline_trace_steps(const struct timeline *tl, struct buf *out, struct trace_steps *steps);

void trace_flows_collect(struct trace *t);
void trace_flows_free(struct trace *t);
void trace_flows_write(const struct trace *t, struct buf *out);
/* A connection that stood and was reset: much of what it said is luck. */
bool trace_broken(const struct trace_flow *f);

/* Add @len bytes at @p to @out, ports that the kernel chose replaced by {port:N}, places of
 * programs by their names. */
void trace_normalise(const struct trace *t, const char *p, size_t len, struct buf *out);
/* Add @len bytes at @p to @out, the path of a program replaced by its last part (trace_place.c). */
void trace_name_places(const struct trace *t, const char *p, size_t len, struct buf *out);
/* {port:N} of a side of flow @index, or its fixed port. */
void trace_port(const struct trace *t, size_t index, int side, struct buf *out);
/* What a side of @f said in one datagram, or in all of its stream, as a copy without what is luck
 * in it (trace_luck.c), free() it; NULL: there is none. */
uint8_t *trace_without_luck(const struct flow *f, const void *p, size_t len);
/* `14 bytes, fnv1a 0011223344556677, "the last line\n"` */
void trace_bytes(const void *p, size_t len, struct buf *out);

#endif
