/* SPDX-License-Identifier: MIT */
/* record_own.h - what the files that write a case's captures share; nobody else includes it */
#ifndef SOCKPROOF_SCRIPT_RECORD_OWN_H
#define SOCKPROOF_SCRIPT_RECORD_OWN_H
#include "savefile/pcapng.h"
#include "script/play.h"
#include "script/script.h"

#define RECORD_SNAPLEN PCAPNG_PACKET_MAX

/* A case to be recorded. Borrows all. */
struct record {
	const struct play *play;
	const struct plan_case *plan;
	const struct perform_setting *setting;
	const struct outcome *outcome;
};

/* Add "key=value", on a line of its own behind what is there. The value is made one line of UTF-8
 * and cut when it is long; a key that no longer fits into a comment is left out. */
void record_key(struct buf *comment, const char *key, const char *value);

/* The section block of each file: what is true of the whole case. */
int record_section(struct pcapng_writer *w, const struct record *r, struct err *err);
/* Names of the hosts' addresses. */
int record_names(struct pcapng_writer *w, const struct record *r, struct err *err);
/* "eth0 192.0.2.1 2001:db8::1" */
void record_place(struct buf *out, const struct host *h);
/* The comment of packet @p. */
void record_comment(struct buf *comment, const struct record *r, const struct timeline_packet *p);

/* taps.pcapng's bytes in @w: what libpcap saw on each host, where that is somebody else's word than
 * the timeline's. */
int record_taps(struct pcapng_writer *w, const struct record *r, struct err *err);

#endif
