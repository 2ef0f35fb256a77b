/* SPDX-License-Identifier: MIT */
/*
 * walk.h - packets walked along the lines of a pattern; judge and explain read what came of it
 */
#ifndef SOCKPROOF_MATCH_WALK_H
#define SOCKPROOF_MATCH_WALK_H
#include "match/judge.h"
#include "match/line.h"

#define NO_LINE SIZE_MAX

enum walk_rule {
	WALK_EXACTLY,
	WALK_SHAPE,       /* a line may take a retransmission */
	WALK_SHAPE_FRESH, /* only a repeated line (× N) may */
};

enum row_mark {
	ROW_FITS,   /* the packet satisfied the line, or some of it */
	ROW_PASSED, /* needs no name */
	ROW_PARTS,  /* here they part; line may be NO_LINE: nothing more was expected */
	ROW_BEHIND, /* behind the parting, not compared */
};

/* A packet beside a line: one row of the explanation. */
struct row {
	int64_t packet;
	size_t line; /* index, or NO_LINE */
	enum row_mark mark;
};

/* How far a line of the pattern came. */
struct progress {
	bool done;
	bool skipped;   /* optional, and what came fits a later line */
	int taken;      /* packets that fit whole */
	uint64_t bytes; /* LINE_DATA: so many came */
	int64_t last;   /* number of its last packet; 0: none */
	char *passed; /* of the last packet that would have fit at another time: "packet 3 came …";
	                 or NULL */
};

/* The lines of one direction (shape) or all of them (exactly), in order. */
struct lane {
	size_t *lines; /* indexes into the pattern */
	size_t count, at;
	int64_t before; /* last packet of the line before the current one; 0: none */
	int64_t last;   /* last packet of the lane that was seen */
	uint64_t pos;   /* relative sequence number of the next byte to be named */
	bool parted;
	int64_t *ahead; /* packets that lie beyond a hole, by number */
	size_t ahead_count;
};

struct walk {
	const struct timeline *tl;
	const struct flow *flow;
	const struct pattern *pattern;
	enum walk_rule rule;
	struct lane lanes[2];
	const char *side[2];       /* names of the flow's hosts; NULL: nothing seen */
	struct progress *progress; /* one for each line */
	struct row *rows;
	size_t row_count;
	/* where they part; packet 0: nowhere */
	int64_t parts_packet;
	size_t parts_line;
	struct misfit misfit; /* empty with NO_LINE */
	bool left_over;       /* some line took some of the packet */
	const uint8_t *rest;  /* what of its payload nobody took; borrowed */
	size_t rest_len;
	size_t stranger; /* a line that speaks of hosts which are not in the flow; NO_LINE: none */
};

/* Walk the packets of @flow (NULL: none so far). Call walk_free() afterwards. */
void walk_run(struct walk *w, const struct timeline *tl, const struct flow *flow,
              const struct pattern *pattern, enum walk_rule rule);
void walk_free(struct walk *w);
enum judgement walk_result(const struct walk *w);
/* The first line of the pattern that has not got what it wants; NO_LINE: all have. */
size_t walk_missing(const struct walk *w);
/* The lane that walks a line. */
const struct lane *walk_lane_of(const struct walk *w, size_t line);

/* Words for it (explain.c): fills @f. Not for JUDGE_HOLDS. */
void walk_explain(const struct walk *w, struct finding *f);

#endif
