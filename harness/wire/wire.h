/* SPDX-License-Identifier: MIT */
/*
 * wire.h - the link between hosts: every packet crosses it, and a script may hold it up
 *
 * Theory. Each host's interface is a TUN device whose other side is a descriptor of the harness. A
 * datagram that a host sends is read here, written into the timeline, shown to the gates in the
 * order in which they were made, and, unless a gate takes it, written into the TUN of the host that
 * has its destination address. A kernel answers a written datagram before write(2) returns
 * (tests/assumptions/tun-synchronous.c), so when every TUN is empty nothing is under way but what
 * programs, timers and gates hold.
 *
 * Packets are whole IP datagrams (IFF_TUN | IFF_NO_PI, Documentation/networking/tuntap.rst).
 * One thread owns a wire. Times are int64_t nanoseconds of CLOCK_MONOTONIC.
 */
#ifndef SOCKPROOF_WIRE_WIRE_H
#define SOCKPROOF_WIRE_WIRE_H
#include "evidence/timeline.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct gate; /* opaque: gate.c; owned by its wire */
struct loop;
struct wire; /* opaque: wire_own.h */
struct world;

/* A host sent @data (arrives false) or was given it (arrives true). For whoever checks the wire's
 * log against another witness. */
typedef void wire_watch_fn(void *arg, int host, bool arrives, int64_t number, const void *data,
                           size_t len);

/*
 * Take over the TUN descriptors of @world. Borrows all three: they must outlive the wire.
 * Returns a wire to be closed with wire_close(), or NULL with @err set.
 */
struct wire *wire_open(struct world *world, struct loop *loop, struct timeline *tl,
                       struct err *err);
/* Close *@w and set it to NULL; NULL is fine. Held packets are dropped and logged. */
void wire_close(struct wire **w);
void wire_watch(struct wire *w, wire_watch_fn *fn, void *arg);

/* Carry everything that waits in the TUNs or has become due, until nothing does. Returns the number
 * carried, -1 with @err set. */
int wire_pump(struct wire *w, struct err *err);
/* When the next delayed packet is due; INT64_MAX: none is. */
int64_t wire_next_due(const struct wire *w);

enum gate_action {
	GATE_HOLD, /* keep until gate_release() */
	GATE_DROP,
	GATE_DELAY,     /* carry later by @delay */
	GATE_DUPLICATE, /* carry, and @copies copies behind it */
	GATE_REORDER,   /* carry behind the next packet of the same host */
	GATE_CORRUPT,   /* carry with one byte changed instead */
};
const char *gate_action_text(enum gate_action a);

struct gate_spec {
	enum gate_action action;
	/* Which packets. @arg is the caller's and must outlive the gate; NULL @fits: all. */
	bool (*fits)(void *arg, const struct timeline_packet *p);
	void *arg;
	const char *words; /* the filter as written, for the timeline; copied */
	int line;          /* of the script */
	uint64_t nth;      /* only the nth packet that fits (from 1); 0: every one */
	uint64_t times;    /* act at most so often; 0: no limit */
	/*
	 * GATE_HOLD: keep also a segment that says again what it keeps already. Without it that is
	 * dropped and not counted: how often a kernel repeats what is held hangs on how long it is
	 * held, which is the machine's business.
	 */
	bool repeats;
	int64_t delay;   /* ns; GATE_DELAY */
	unsigned copies; /* GATE_DUPLICATE; 0: 1 */
	bool has_byte;   /* GATE_CORRUPT: @byte counts from the IP header; else the last byte of the
	                    datagram */
	size_t byte;
	uint8_t flip; /* bits turned over; 0: 0xff */
	bool mend;    /* make the checksums right again: the receiver cannot tell */
};

/* The gate is the wire's; its address stays good until wire_close(). */
struct gate *wire_gate(struct wire *w, const struct gate_spec *spec);
/* Let out what the gate holds, oldest first: at most @most packets (0: all). Returns how many, -1
 * with @err set. */
int gate_release(struct gate *g, uint64_t most, struct err *err);
/* Stop acting on new packets; what it holds stays held. */
void gate_open(struct gate *g);
uint64_t gate_held(const struct gate *g);   /* packets it holds now */
uint64_t gate_fitted(const struct gate *g); /* packets that fitted its filter so far */
uint64_t gate_acted(const struct gate *g);  /* packets it acted on so far */
const char *gate_name(const struct gate *g);

/*
 * Cut: from now on (after_bytes 0) everything is dropped; or as soon as @after_bytes payload bytes
 * of host @from, each counted once, were carried: a segment across that byte is carried up to it.
 * from -1: either direction, only without after_bytes.
 */
void wire_cut(struct wire *w, int from, uint64_t after_bytes, int line);
void wire_mend(struct wire *w, int line);
bool wire_is_cut(const struct wire *w);
/* The case is over: what still comes is logged and dropped, so that two kernels that answer each
 * other for ever fall silent. */
void wire_shut(struct wire *w);

/* Put a datagram onto the link towards the host that has its destination address, past all gates
 * and past a cut. Returns its number, -1 with @err set. */
int64_t wire_inject(struct wire *w, const void *data, size_t len, const char *cause,
                    struct err *err);

#endif
