/* SPDX-License-Identifier: MIT */
/*
 * records.h - the frames of a capture, pcap or pcapng, of any program and either byte order
 *
 * The quick reader of inspect/: no copies, no options, no names. savefile/offline.h is the one that
 * tells everything of a packet.
 */
#ifndef SOCKPROOF_INSPECT_RECORDS_H
#define SOCKPROOF_INSPECT_RECORDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct source;
struct records; /* opaque */

/* One frame; borrowed until the next records_next(). */
struct record {
	uint64_t number;     /* from 1, Wireshark's frame number: other blocks may take some */
	int64_t at;          /* ns since 1970; 0 for simple packet blocks, which have none */
	const uint8_t *data; /* link header onwards */
	uint32_t len;        /* bytes captured */
	uint32_t original;   /* bytes on the link */
	uint32_t linktype;   /* LINKTYPE_* */
	uint32_t section, interface; /* of a pcapng; an interface counts in its section */
	bool has_id;
	uint64_t packet_id; /* epb_packetid: the same for each sight of one packet */
};

/* Read from @s, which is at its start and stays the caller's. NULL with @err set: no capture. */
struct records *records_open(struct source *s, struct err *err);
void records_close(struct records **r);

/* Returns 1 with @out filled, 0 at the end, -1 with @err set ("at byte 1234: …"); after -1 only
 * close. */
int records_next(struct records *r, struct record *out, struct err *err);

/* "pcap", "pcapng"; with "nanosecond" in front where it is such. Static storage. */
const char *records_format(const struct records *r);

#endif
