/* SPDX-License-Identifier: MIT */
/* wire_own.h - what wire.c and gate.c share; nobody else includes it */
#ifndef SOCKPROOF_WIRE_WIRE_OWN_H
#define SOCKPROOF_WIRE_WIRE_OWN_H
#include "wire/wire.h"

#define WIRE_HOSTS 8
#define WIRE_MTU   65536 /* larger than any datagram a TUN gives */

/* A packet that a gate keeps: until released, or until it is due. */
struct kept {
	struct timeline_packet *packet;
	struct gate *gate;
	int64_t due; /* GATE_DELAY; INT64_MAX otherwise */
};

struct gate {
	struct gate *next;
	struct wire *wire;
	struct gate_spec spec;
	char *name; /* "drop#2" */
	bool open;  /* acts no more */
	uint64_t fitted, acted, held;
};

struct wire_end {
	struct wire *wire;
	int host;
	int tun; /* borrowed */
	struct loop_watch *watch;
};

struct wire {
	struct world *world;
	struct loop *loop;
	struct timeline *tl;
	struct wire_end ends[WIRE_HOSTS];
	int end_count;
	wire_watch_fn *watch;
	void *watch_arg;
	struct gate *gates, **last_gate;
	unsigned gate_count;
	struct kept *kept; /* in order of arrival */
	size_t kept_count;
	bool cut;
	int cut_from; /* -1: both directions */
	int cut_line;
	uint64_t cut_after; /* 0: at once; otherwise payload bytes left until the cut */
	bool cut_armed;     /* waiting for cut_after bytes */
};

/* Write @p into the host it goes to, and say so. */
int wire_deliver(struct wire *w, struct timeline_packet *p, struct err *err);
void wire_drop(struct wire *w, struct timeline_packet *p, const char *who, int line,
               const char *why);
/* As wire_deliver(), unless the wire is cut there. */
int wire_pass(struct wire *w, struct timeline_packet *p, struct err *err);
/* Count @p when it fits; true when the gate would act on it. */
bool gate_wants(struct gate *g, const struct timeline_packet *p);
/* Act on @p. -1 with @err set. */
int gate_act(struct gate *g, struct timeline_packet *p, struct err *err);
/* Behind a delivered packet: carry what gates keep back until then. */
int gate_after_delivery(struct wire *w, const struct timeline_packet *p, struct err *err);
/* Deliver what is due at @now. Returns how many. */
int gate_due(struct wire *w, int64_t now, struct err *err);

#endif
