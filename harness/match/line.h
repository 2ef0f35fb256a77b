/* SPDX-License-Identifier: MIT */
/*
 * line.h - one line of a pattern as match/ holds it; nobody else includes it
 */
#ifndef SOCKPROOF_MATCH_LINE_H
#define SOCKPROOF_MATCH_LINE_H
#include "base/mem.h"
#include "match/pattern.h"

enum line_kind {
	LINE_ANY,   /* filters only: whatever the other words allow */
	LINE_FLAGS, /* a TCP segment */
	LINE_DATA,  /* a run of bytes */
	LINE_UDP,
	LINE_ICMP,
};

/* Words that compare one thing of a packet. */
enum key {
	KEY_SEQ,
	KEY_SEQ_END,
	KEY_ACK,
	KEY_LEN,
	KEY_WIN,
	KEY_MSS,
	KEY_WSCALE,
	KEY_URG,
	KEY_SACKOK,
	KEY_TS,
	KEY_COUNT,
};

struct pattern_line {
	int number;      /* within the text, from 1 */
	char *text;      /* without its label, blanks made one, safe to print */
	char *label;     /* or NULL */
	char *from, *to; /* names of hosts; NULL: anybody */
	enum line_kind kind;
	uint8_t flags; /* LINE_FLAGS: TCP_* that are written */
	bool given[KEY_COUNT];
	uint64_t value[KEY_COUNT];
	bool has_payload;   /* a literal is written */
	struct buf payload; /* the literal */
	bool any_bytes;     /* LINE_DATA: value[KEY_LEN] bytes, whatever they are; 0 in filters: any
	                       number */
	char *icmp;         /* LINE_ICMP: "unreachable port", "unreachable"; NULL: any */
	bool has_after, has_within;
	int64_t after, within; /* ns */
	char *after_label;     /* or NULL */
	size_t after_line;     /* index of the line it means, with after_label */
	int after_column;
	int times; /* at least 1 */
	bool optional;
};

struct pattern {
	struct pattern_line *lines;
	size_t count;
	bool filter;
};

/* How a packet and a line differ. Zero-initialise, misfit_free(). */
struct misfit {
	struct buf found;  /* "R.", where @wanted was expected; without @wanted: what is wrong,
	                      behind the packet's kind */
	struct buf wanted; /* "F." */
	bool bytes;        /* a byte differs: at @at of the line's payload */
	size_t at;
};
void misfit_free(struct misfit *m);
/* Set both words of @m (NULL: nobody wants them). Returns false, so that `return misfit_set(…)`
 * reads well. */
bool misfit_set(struct misfit *m, const char *found, const char *wanted);

/* What a packet is, in the word that a line begins with: "R.", "udp", "icmp echo". Returns @text.
 */
const char *packet_kind_text(const struct packet *p, char text[static 48]);
/* The same of what a line wants. */
void line_kind_text(const struct pattern_line *l, struct buf *out);

/* Is the packet from the line's sender to the line's receiver? */
bool line_speaks(const struct pattern_line *l, const struct timeline *tl,
                 const struct timeline_packet *p);

/*
 * Does the packet as a whole fit a line that is not LINE_DATA? rest: its payload was named by the
 * lines before. Flags are compared exactly, PSH when written. Fills @m when not.
 */
bool line_fits(const struct pattern_line *l, const struct timeline_packet *p, bool rest,
               struct misfit *m);

/* A SYN may leave the payload it carries (RFC 7413) to a line of data. */
bool line_leaves_payload(const struct pattern_line *l, const struct timeline_packet *p);

/* The word of the pattern language for @k: "seq", "ack", … */
const char *key_text(enum key k);

/* The ICMP messages that have a name, for the parser: is @words one, or the beginning of one? */
bool icmp_words_known(const char *words);

#endif
