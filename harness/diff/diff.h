/* SPDX-License-Identifier: MIT */
/*
 * diff.h - where two cases or captures part, and what kind of difference it is
 *
 * Theory. Two recordings of the same thing are never the same bytes: ports, sequence numbers and
 * times are others, a kernel cuts a stream elsewhere, acknowledges sooner, repeats what it need
 * not have. So conversations are paired by who opened them to whom, the packets of a pair by their
 * place in their direction's stream, and a difference has a weight:
 *
 *   parts   what programs and scripts caused: what the normalised trace holds (bytes that arrived,
 *           SYN, FIN, RST, ICMP errors, output, steps, states, ends, verdict), the options of a
 *           handshake, datagrams and their order
 *   manner  how a kernel put it: segmentation, PSH, ACKs, windows, retransmissions, which of two
 *           directions spoke first, what was lost and sent again
 *
 * Times are looked at only when asked for, and part then.
 */
#ifndef SOCKPROOF_DIFF_DIFF_H
#define SOCKPROOF_DIFF_DIFF_H
#include "diff/source.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum diff_kind {
	DIFF_VERDICT,
	DIFF_CONVERSATION, /* only one side has it */
	DIFF_BYTES,
	DIFF_FLAGS, /* SYN, FIN, RST, URG, ECN; in manner: PSH */
	DIFF_OPTIONS,
	DIFF_DATAGRAM, /* only one side has it */
	DIFF_ICMP,
	DIFF_ORDER,
	DIFF_STEP,
	DIFF_STATE,
	DIFF_OUTPUT,
	DIFF_PROGRAM, /* how it started, stopped, ended */
	DIFF_TRACE,   /* the normalised traces part, and none of the others says why */
	DIFF_SEGMENTATION,
	DIFF_RETRANSMISSION,
	DIFF_ACKS,
	DIFF_WINDOW,
	DIFF_FATE, /* lost, held, delivered */
	DIFF_TIME,
	DIFF_KINDS
};
const char *diff_kind_text(enum diff_kind k);

/* Where it is in one of the two. */
struct diff_place {
	int64_t packet; /* 0: none */
	int line;       /* of the scenario file: the step under way; 0: none */
	char *step;     /* its words, or NULL */
	char *words;    /* what stands there, or NULL: nothing does */
};

struct diff_item {
	enum diff_kind kind;
	bool parts;
	int conversation; /* index, or -1 */
	struct diff_place side[2];
	char *words; /* what differs, on one line */
	uint64_t order;
};

/* A line of the side by side: the packet's number in each, 0 where it has none. */
struct diff_row {
	int64_t packet[2];
	unsigned kinds; /* bits 1 << diff_kind */
	bool parts;
};

struct diff_conversation {
	const struct flow *flow[2]; /* NULL: that side has it not, or it is no flow */
	char *name;
	struct diff_row *rows;
	size_t row_count;
};

/* A fact that differs and explains rather than parts: parameter, kernel, sysctl. */
struct diff_fact {
	char *name, *value[2]; /* value: NULL where there is none */
};

struct diff_setting {
	bool time;         /* look at times too */
	int64_t tolerance; /* ns */
};

/* Borrows both sources. Texts are one line of UTF-8 without control characters. */
struct diff {
	const struct diff_source *source[2];
	struct diff_item *items; /* in order of where they are; only the first ones of a kind */
	size_t item_count;
	size_t count[DIFF_KINDS][2]; /* all of them: [0] in manner, [1] that part */
	int first;                   /* index of the first that parts; -1: none does */
	bool parts;
	struct diff_conversation *conversations;
	size_t conversation_count;
	struct diff_fact *facts;
	size_t fact_count;
};

/* Compare; never fails. Free with diff_free(). */
void diff_make(struct diff *d, const struct diff_source *a, const struct diff_source *b,
               const struct diff_setting *set);
void diff_free(struct diff *d);

/* Side by side for people: columns wide; all: every difference, not the first ones. */
struct diff_look {
	size_t columns;
	bool all;
};
void diff_text(const struct diff *d, const struct diff_look *look, struct buf *out);
/* One object; its fields are told in docs/diff.md. */
json_t *diff_json(const struct diff *d);
/* A page that stands alone, of one comparison or several. */
void diff_html_head(const char *title, struct buf *out);
void diff_html(const struct diff *d, const struct diff_look *look, struct buf *out);
void diff_html_foot(struct buf *out);

/* The first line where two traces part: its number from 1, and both versions of it. */
struct trace_part {
	size_t line;
	const char *text[2]; /* borrowed from the traces */
	int len[2];
};
/* Returns false when they are the same; the commands that programs were started with are not
 * looked at: they hang on where sockproof was built. */
bool trace_part(const char *a, const char *b, struct trace_part *part);

#endif
