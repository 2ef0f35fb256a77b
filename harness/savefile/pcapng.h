/* SPDX-License-Identifier: MIT */
/*
 * pcapng.h - capture files of our own writing, and a strict reader of anybody's
 * (draft-ietf-opsawg-pcapng)
 *
 * libpcap cannot write pcapng and reads only one link type and snap length per file; hence this
 * pair. Times are int64_t nanoseconds since 1970; if_tsresol is always 9 in what is written.
 */
#ifndef SOCKPROOF_SAVEFILE_PCAPNG_H
#define SOCKPROOF_SAVEFILE_PCAPNG_H
#include "base/mem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct err;

enum capture_direction { CAPTURE_UNKNOWN = 0, CAPTURE_INBOUND = 1, CAPTURE_OUTBOUND = 2 };

/* What a section says of itself. Any text may be NULL. */
struct pcapng_section {
	const char *hardware, *os, *application, *comment;
};

struct pcapng_interface {
	const char *name, *description, *filter; /* any may be NULL */
	uint16_t linktype;                       /* LINKTYPE_*: 101 raw IP, 1 Ethernet */
	uint32_t snaplen;                        /* bytes; 0: no limit */
};

/* Wireshark (WTAP_MAX_PACKET_SIZE_STANDARD) and libpcap (MAXIMUM_SNAPLEN) refuse longer ones. */
#define PCAPNG_PACKET_MAX 262144u

struct pcapng_packet {
	uint32_t interface; /* index in order of writing */
	int64_t at;         /* ns since 1970 */
	const void *data;
	size_t len;          /* bytes captured */
	size_t original_len; /* bytes on the link, at least @len */
	enum capture_direction direction;
	uint64_t id;         /* epb_packetid; 0: none */
	const char *comment; /* NULL: none; UTF-8, at most 65535 bytes */
};

struct pcapng_name {
	const char *address; /* "192.0.2.1", "2001:db8::1" */
	const char *name;
};

/* A field of a journal entry (systemd's Journal Export Format): NAME and any bytes. */
struct pcapng_field {
	const char *name;
	const void *value;
	size_t len;
};

/*
 * Writer: blocks are added to a buffer, which the caller writes where it likes. In this order:
 * section, interfaces, names, then packets and journal entries. Each call returns 0, or -1 with
 * @err set (a text over 65535 bytes, an interface that was not written, a packet over
 * PCAPNG_PACKET_MAX or over the snap length, an address that is none, a time before 1970); then
 * nothing was added.
 */
struct pcapng_writer {
	struct buf out;      /* release with buf_free() */
	uint32_t interfaces; /* written so far */
	uint32_t snaplen;    /* the smallest of theirs; 0: no limit */
};
int pcapng_write_section(struct pcapng_writer *w, const struct pcapng_section *s, struct err *err);
int pcapng_write_interface(struct pcapng_writer *w, const struct pcapng_interface *i,
                           struct err *err);
int pcapng_write_names(struct pcapng_writer *w, const struct pcapng_name *names, size_t count,
                       struct err *err);
int pcapng_write_packet(struct pcapng_writer *w, const struct pcapng_packet *p, struct err *err);
/*
 * A systemd Journal Export Block: Wireshark shows it among the packets, with a frame number of its
 * own; libpcap passes it over. The first field must be __REALTIME_TIMESTAMP, in us since 1970. All
 * of them together: at most PCAPNG_PACKET_MAX bytes.
 */
int pcapng_write_journal(struct pcapng_writer *w, const struct pcapng_field *fields, size_t count,
                         struct err *err);

#endif
