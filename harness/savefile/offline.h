/* SPDX-License-Identifier: MIT */
/*
 * offline.h - reading capture files: pcapng by our own reader, classic pcap by libpcap
 *
 * Streaming: memory does not grow with the file. A file that is corrupt or cut short gives what
 * could be read, then an error with the byte offset; lengths in the file are never believed before
 * they are checked.
 */
#ifndef SOCKPROOF_SAVEFILE_OFFLINE_H
#define SOCKPROOF_SAVEFILE_OFFLINE_H
#include "savefile/pcapng.h"
#include <stddef.h>
#include <stdint.h>

struct err;
struct capture_file; /* opaque */

/* One packet of a file; borrowed until the next capture_file_next(). */
struct capture_packet {
	int64_t number;      /* from 1, as Wireshark's frame number */
	int64_t at;          /* ns since 1970 */
	const uint8_t *data; /* link header onwards */
	size_t len, original_len;
	uint32_t linktype;          /* LINKTYPE_* */
	uint32_t interface;         /* index in the file; 0 for classic pcap */
	const char *interface_name; /* NULL: unnamed */
	enum capture_direction direction;
	uint64_t id;
	const char *comment; /* the first opt_comment, NUL-terminated; NULL: none */
	const uint8_t *ip;   /* where the IP header begins (Ethernet, VLAN, cooked v1/v2, raw, null,
	                        loop); NULL: no IP */
	size_t ip_len;       /* bytes from there */
};

/* Open a pcap (µs or ns, either byte order) or pcapng file. NULL with @err set: not there, not a
 * capture, … */
struct capture_file *capture_file_open(const char *path, struct err *err);
/* As capture_file_open() from memory (borrowed until capture_file_close()). */
struct capture_file *capture_file_open_memory(const void *p, size_t len, struct err *err);
void capture_file_close(struct capture_file **f);

/* Returns 1 with @p filled, 0 at the end, -1 with @err set ("<path>: at byte 1234: …"); after -1
 * only close. */
int capture_file_next(struct capture_file *f, struct capture_packet *p, struct err *err);

/* Facts of the first section; each NULL when absent, all of them for classic pcap. Never NULL
 * itself. Borrowed from @f. Known after the first capture_file_next(). */
const struct pcapng_section *capture_file_section(const struct capture_file *f);

#endif
