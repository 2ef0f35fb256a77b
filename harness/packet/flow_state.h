/* SPDX-License-Identifier: MIT */
/*
 * flow_state.h - what flow.c and flow_tcp.c know of a flow beyond what they show
 */
#ifndef SOCKPROOF_PACKET_FLOW_STATE_H
#define SOCKPROOF_PACKET_FLOW_STATE_H
#include "packet/flow.h"
#include "packet/spans.h"

struct flow_hidden {
	struct spans spans;
	bool isn_guessed;  /* from the peer's acknowledgement: its own first packet knows better */
	bool syn, syn_ack; /* it sent one */
	bool has_wscale;
	bool acked_once, windowed; /* it sent an ACK; last_window means something */
	uint64_t fin_at;           /* relative; with flow_side.fin */
	uint32_t rst_seq;          /* of its last RST; with flow_side.rst */
};

struct flow_state {
	struct flow flow; /* first: a struct flow * of this table is one of these */
	struct flow_hidden hidden[2];
};

/* Fill @note for a TCP segment from side @dir and bring the flow up to date. Direction and counts
 * of packets are done. */
void flow_tcp(struct flow_state *s, int dir, int64_t number, int64_t at, const struct packet *p,
              struct flow_note *note);

/* The flow ends in this way, unless it ended before. */
void flow_ended(struct flow *f, enum flow_end how, int64_t at);

#endif
