/* SPDX-License-Identifier: MIT */
/*
 * inspect.h - the conversations of any capture: who, how much, how it began and ended
 *
 * Streaming: memory grows with the conversations, not with the file. A file that is corrupt or cut
 * short gives an error with the byte offset, and everything before it is kept.
 */
#ifndef SOCKPROOF_INSPECT_INSPECT_H
#define SOCKPROOF_INSPECT_INSPECT_H
#include "inspect/records.h"
#include "packet/flow.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct inspection; /* opaque */

struct inspect_side {
	struct packet_end end;
	uint64_t packets, bytes,
	    payload;              /* bytes: of frames on the link, as Wireshark counts them */
	uint64_t retransmissions; /* segments whose bytes were all in the capture before */
	uint64_t out_of_order, resets;
	/* fragments that were not the last of their datagram: not in @packets, as in Wireshark */
	uint64_t fragments, fragment_bytes;
};

struct inspect_flow {
	size_t number;               /* from 1, in order of first packets */
	uint8_t protocol;            /* IPPROTO_TCP or IPPROTO_UDP */
	uint32_t stream;             /* Wireshark's tcp.stream or udp.stream */
	struct inspect_side side[2]; /* [0] the opener */
	bool opener_known;           /* false: the capture began later; [0] sent the first packet */
	uint64_t first_number;       /* frame */
	int64_t opened_at, last_at;  /* ns since 1970 */
	int64_t handshake;           /* ns from the first SYN to the opener's ACK; -1: not seen */
	enum flow_end ended;
};

struct inspect_totals {
	uint64_t packets, bytes;          /* all frames that were looked at; bytes on the link */
	uint64_t seen_again;              /* frames that are not among them: see sights.h */
	uint64_t file_bytes;              /* read */
	int64_t first_at, last_at;        /* of the first frame; the latest */
	uint64_t no_ip, other, too_short; /* frames that belong to no conversation, and why */
	uint64_t fragments_lost;          /* whose datagrams never became whole */
	/* frames of link types in which no IP is looked for, and the first such type */
	uint64_t not_read;
	uint32_t not_read_type;
	bool not_read_others; /* there are other such types too */
	const char *format;
};

struct inspect_options {
	const char *filter; /* libpcap filter expression; NULL: every frame */
	/* Called for each frame of conversation @watch (0: none), in order; but the pieces of a
	 * datagram come when it is whole, just before the frame that made it so. -1 ends it. */
	size_t watch;
	int (*on_packet)(void *arg, const struct record *r, struct err *err);
	void *arg;
};

struct inspection *inspect_open(void);
void inspect_close(struct inspection **i);

/*
 * Read the capture on @fd (a file or a pipe; borrowed) to its end. Returns 0, or -1 with @err set;
 * what was read before is there in both cases.
 */
int inspect_fd(struct inspection *i, int fd, const struct inspect_options *o, struct err *err);
int inspect_memory(struct inspection *i, const void *p, size_t len, const struct inspect_options *o,
                   struct err *err);

size_t inspect_count(const struct inspection *i);
struct inspect_flow inspect_get(const struct inspection *i, size_t index); /* from 0 */
struct inspect_totals inspect_totals(const struct inspection *i);

enum inspect_order {
	INSPECT_OPENED,
	INSPECT_BYTES,
	INSPECT_PACKETS,
	INSPECT_DURATION,
	INSPECT_RETRANSMISSIONS,
};
/* "opened", "bytes", …; -1 for another word. */
int inspect_order_number(const char *word);
/* Indexes of all conversations: the earliest first, otherwise the largest first. free() it. */
size_t *inspect_sorted(const struct inspection *i, enum inspect_order order);

#endif
