/* SPDX-License-Identifier: MIT */
/*
 * timeline.h - the evidence of one case: one ordered log of steps, packets, output, states, wire
 * actions
 *
 * Theory. Whatever happens is written once, here, by the side that makes it happen (world, wire,
 * capture, program, socket, script). Whoever judges or reports only reads. Order is the order of
 * writing, which in a `wire` world is the order in which the harness itself carried things. Times
 * are int64_t nanoseconds of CLOCK_MONOTONIC; timeline_open() notes what the wall clock said then,
 * so that captures can show dates.
 *
 * A packet is a datagram that was put on the link: by a host, or by the harness (injected,
 * duplicated, corrupted). What became of it (its fate) may be learned later. Packets are numbered
 * from 1; the number is the frame number in capture.pcapng. Nothing is ever removed; addresses of
 * records never change.
 */
#ifndef SOCKPROOF_EVIDENCE_TIMELINE_H
#define SOCKPROOF_EVIDENCE_TIMELINE_H
#include "packet/flow.h"
#include "packet/packet.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_kind {
	EVENT_STEP,    /* a verb of the script, with its result */
	EVENT_PACKET,  /* a datagram on the link */
	EVENT_WIRE,    /* what the wire did: hold, release, drop, … */
	EVENT_OUTPUT,  /* bytes that a program wrote */
	EVENT_INPUT,   /* bytes given to a program */
	EVENT_PROGRAM, /* started, listens, stopped, continued, exited */
	EVENT_STATE,   /* what the kernel said of a socket */
	EVENT_NOTE,    /* the script's own words */
	EVENT_VERDICT, /* an expectation judged */
	EVENT_CALL,    /* a system call of a traced program */
};

enum packet_fate {
	FATE_WAITING, /* held, delayed, or not yet delivered */
	FATE_DELIVERED,
	FATE_DROPPED,  /* by a gate or a cut */
	FATE_REPLACED, /* another packet went instead (corrupted) */
	FATE_UNROUTED, /* no host has its destination address */
};

#define FROM_HARNESS (-1)

/* A step of the script that may put packets on the link, noted when it begins: its EVENT_STEP comes
 * when it has ended, and by then its packets may have crossed. Owned by the timeline. */
struct timeline_step {
	char *who;   /* socket, program or wire */
	char *words; /* one line */
	int line;    /* of the scenario file */
};

/* A datagram on the link. Owned by the timeline. */
struct timeline_packet {
	int64_t number;    /* from 1 */
	size_t event;      /* index of its EVENT_PACKET */
	int64_t at;        /* ns, when it came onto the link */
	int64_t kernel_at; /* ns, when the sending host's kernel showed it to libpcap; 0: unknown */
	int64_t delivered_at; /* ns; 0: not delivered */
	int from, to; /* host indexes; FROM_HARNESS as @from: made by the wire; @to -1: nobody */
	enum packet_fate fate;
	uint8_t *data;
	size_t len;
	struct packet packet; /* decoded; borrows @data */
	struct flow_note note;
	const struct timeline_step *step; /* the last one begun before it; NULL: none yet */
	char *cause; /* why it is what it is ("duplicate of 5", "dropped by drop#2 (line 14)"), or
	                NULL */
};

struct event {
	size_t index; /* from 0 */
	int64_t at;   /* ns */
	enum event_kind kind;
	int line;    /* of the scenario file; 0: none */
	char *who;   /* name of host, socket, program, gate; never NULL */
	char *text;  /* one line, never NULL; names only what is the same in every run (no pids, no
	                times) unless @varies */
	int branch;  /* of the script: 0, or which of several that run side by side */
	bool varies; /* differs from run to run by nature: left out of the normalised trace */
	void *data;  /* EVENT_OUTPUT, EVENT_INPUT: the bytes; otherwise NULL */
	size_t len;
	int stream;     /* EVENT_OUTPUT: 1 stdout, 2 stderr */
	int64_t packet; /* number of the packet it speaks of, or 0 */
	int64_t took;   /* EVENT_CALL: ns from its beginning to its end */
	int host;       /* index of the host it happened on; -1: none, or not known */
	int flow, side; /* of the connection it speaks of: index in the table of flows and which end
	                   (0: the opener); flow -1: none */
};

struct timeline;

struct timeline *timeline_open(void);
/*
 * One that is read back from files (load.h): its times are ns since 1970 and it began at @began.
 * Its events come by timeline_add_read(), its packets by timeline_add_packet().
 */
struct timeline *timeline_open_read(int64_t began);
void timeline_close(struct timeline **timeline);

int64_t timeline_began(const struct timeline *tl); /* ns CLOCK_MONOTONIC of timeline_open() */
int64_t timeline_wall(const struct timeline *tl,
                      int64_t at); /* ns since 1970 for a time of the case */

/* Hosts: name them before the first packet. Returns the host's index. @name is copied. */
int timeline_add_host(struct timeline *tl, const char *name);
void timeline_add_address(struct timeline *tl, int host, const struct packet_addr *a);
const char *timeline_host(const struct timeline *tl, int host); /* "wire" for FROM_HARNESS */
int timeline_host_of(const struct timeline *tl, const struct packet_addr *a); /* -1: nobody's */
int timeline_host_named(const struct timeline *tl, const char *name);         /* -1: none such */
int timeline_host_count(const struct timeline *tl);
/*
 * In a `loop` world one address speaks for every host. Then a packet's hosts are told by its flow:
 * the opener is the host named first ("client"), the other end the second ("server").
 */
void timeline_share_addresses(struct timeline *tl);

/*
 * Where a program of the case lies on this machine, which another machine or checkout need not
 * share: the normalised trace writes the path's last part in its place. @path is copied.
 */
void timeline_add_place(struct timeline *tl, const char *path);
size_t timeline_place_count(const struct timeline *tl);
const char *timeline_place(const struct timeline *tl, size_t index);

/*
 * Write an event. @who and @text are copied; @text may hold anything and is made one line of UTF-8.
 * The pointer stays good, the record is the timeline's.
 */
struct event *timeline_add(struct timeline *tl, enum event_kind kind, const char *who, int line,
                           const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Other words for an event whose end came later (a call that returns). */
void timeline_set_text(struct event *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* As timeline_add(), of something that was @at. @text is made one line of UTF-8. */
struct event *timeline_add_read(struct timeline *tl, enum event_kind kind, int64_t at,
                                const char *who, const char *text);
/* The bytes of an event that is read back (copied). */
void timeline_set_bytes(struct event *e, int stream, const void *p, size_t len);
/* As timeline_add() with bytes (copied). stream: 1, 2, or 0. */
struct event *timeline_add_bytes(struct timeline *tl, enum event_kind kind, const char *who,
                                 int stream, const void *p, size_t len);
/*
 * Write a packet that came onto the link at @at from host @from (or FROM_HARNESS). Copies @data.
 * Decodes it, sorts it into its flow, finds @to by its destination address.
 */
struct timeline_packet *timeline_add_packet(struct timeline *tl, int64_t at, int from,
                                            const void *data, size_t len);
/* The script begins something that may put packets on the link: those from here on have it as their
 * step. @who and @words are copied; @words may hold anything, as in timeline_add(). */
void timeline_begin_step(struct timeline *tl, const char *who, int line, const char *words);
/* Say why a packet is what it is. Later words replace earlier ones. */
void timeline_set_cause(struct timeline_packet *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

size_t timeline_count(const struct timeline *tl);
const struct event *timeline_get(const struct timeline *tl, size_t index);
int64_t timeline_packets(const struct timeline *tl); /* highest packet number */
struct timeline_packet *timeline_packet(const struct timeline *tl,
                                        int64_t number); /* NULL: none such */
struct flow_table *timeline_flows(const struct timeline *tl);

/* Names of the hosts that speak in a packet: by address, or by flow when addresses are shared. "?"
 * when nobody has the address. */
const char *timeline_src(const struct timeline *tl, const struct timeline_packet *p);
const char *timeline_dst(const struct timeline *tl, const struct timeline_packet *p);

/* From here on nothing belongs to the case: packets and events are still kept, readers stop before.
 */
void timeline_seal(struct timeline *tl);
int64_t
timeline_sealed_packets(const struct timeline *tl); /* as timeline_packets(), as of the seal */
size_t timeline_sealed_count(const struct timeline *tl);
/* When that was, ns; the time of the last event where nobody sealed it. */
int64_t timeline_sealed_at(const struct timeline *tl);

const char *event_kind_text(enum event_kind k);
int event_kind_number(const char *text); /* -1: none such */
const char *packet_fate_text(enum packet_fate f);
int packet_fate_number(const char *text); /* -1: none such */

/*
 * One packet in the words of a pattern line, numbers relative to its flow:
 * `client > server  P. seq 1:14 ack 1 len 13 "the last line"`; `server > client  icmp unreachable
 * port`. detail: also window, options, fate.
 */
struct buf;
void timeline_packet_text(const struct timeline *tl, const struct timeline_packet *p, bool detail,
                          struct buf *out);
/* What it is in its flow: "retransmission", "window probe", …; NULL: nothing out of the ordinary.
 */
const char *timeline_packet_role(const struct timeline_packet *p);

#endif
