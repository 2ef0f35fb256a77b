/* SPDX-License-Identifier: MIT */
/*
 * flow.h - datagrams sorted into conversations, with what each one is in its own
 *
 * A flow is a TCP connection (RFC 9293) or a UDP 5-tuple. Direction 0 is from the opener: who sent
 * the first SYN, or, without one, the first datagram seen (its receiver when that is a SYN-ACK). A
 * new SYN on the same 5-tuple with another initial sequence number opens a new flow once the old
 * one ended, or when nobody ever answered in it. ICMP errors belong to the flow they quote.
 * Fragments after the first belong to none. Times are int64_t nanoseconds; only carried.
 */
#ifndef SOCKPROOF_PACKET_FLOW_H
#define SOCKPROOF_PACKET_FLOW_H
#include "packet/packet.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum flow_end {
	FLOW_OPEN,    /* not ended in what was seen */
	FLOW_REFUSED, /* RST answered the SYN, or an ICMP error did */
	FLOW_CLOSED,  /* FIN both ways */
	FLOW_RESET,   /* RST after the handshake */
};

struct flow_side {
	struct packet_end end;
	bool has_isn;
	uint32_t isn;                   /* of its SYN, or of the first sequence number seen */
	uint64_t next;                  /* relative sequence number after the highest byte sent */
	uint64_t acked;                 /* highest relative acknowledgement number it sent */
	bool fin, rst;                  /* it sent one */
	int64_t fin_number, rst_number; /* packet numbers of the first; 0: none */
	uint16_t last_window;
	uint8_t wscale; /* of its SYN; 0 when not offered */
	uint64_t packets, payload_packets, retransmitted, out_of_order;
	uint64_t bytes;        /* payload bytes sent in order from relative 1, each counted once */
	uint64_t bytes_ahead;  /* more of them, beyond a hole that was not filled (so far) */
	const uint8_t *stream; /* those @bytes when the table keeps streams; until the next
	                          flow_add(). NULL: none */
};

struct flow {
	unsigned index;                    /* place in the table, from 0 */
	uint8_t protocol;                  /* IPPROTO_TCP or IPPROTO_UDP */
	struct flow_side side[2];          /* [0] the opener */
	int64_t first_number, last_number; /* packet numbers */
	int64_t opened_at, ended_at;
	enum flow_end ended;
	int closed_first; /* side that sent the first FIN or RST; -1: none */
};

/* What one packet is in its flow. */
struct flow_note {
	struct flow *flow; /* NULL: belongs to none; owned by the table */
	int dir; /* 0: sent by the opener, 1: by the other; for an ICMP error, who sent the error */
	uint64_t seq, seq_end; /* relative: SYN is 0, first byte 1; seq_end = seq + payload (SYN and
	                          FIN not counted, as tcpdump prints) */
	uint64_t ack;          /* relative; meaningful with TCP_ACK */
	bool retransmission;   /* SYN, FIN or payload, all of it sent before */
	bool partly_old;       /* some of the payload was sent before */
	bool out_of_order;     /* begins beyond what was sent so far */
	bool pure_ack; /* ACK without SYN, FIN, RST, payload, URG; keepalives and window probes are
	                  not */
	bool duplicate_ack, window_update;
	bool keepalive; /* none or one garbage byte at next-1, when all before is acknowledged (RFC
	                   9293 3.8.4) */
	bool window_probe; /* a byte, or none at next-1, while the peer's window is 0 */
	bool stray_rst; /* RST from a side that both FINs and both their ACKs were seen of: a kernel
	                   that has forgotten the connection answers a late repetition (RFC 9293
	                   3.10.7.1); nothing is reset */
	bool repeated_rst; /* RST as this side has sent one before, as it answers repetitions */
	uint32_t window;   /* scaled */
};

struct flow_table;

/* keep_streams: store every flow's bytes (memory grows with them). */
struct flow_table *flow_table_open(bool keep_streams);
void flow_table_close(struct flow_table **t);

/* Sort in packet @number (from 1, rising), seen at @at. @note is filled; its flow lives as long as
 * the table. */
void flow_add(struct flow_table *t, int64_t number, int64_t at, const struct packet *p,
              struct flow_note *note);

size_t flow_count(const struct flow_table *t);
/* The flow at @index; its address never changes. */
struct flow *flow_get(const struct flow_table *t, size_t index);
/* The latest flow between @a and @b, either way round; NULL when there is none. */
struct flow *flow_find(const struct flow_table *t, uint8_t protocol, const struct packet_end *a,
                       const struct packet_end *b);

/* "refused", "closed", "reset", "open". */
const char *flow_end_text(enum flow_end e);

#endif
