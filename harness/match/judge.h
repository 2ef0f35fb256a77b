/* SPDX-License-Identifier: MIT */
/*
 * judge.h - evidence against expectation: holds, not yet, or where they part
 *
 * Readers only: nothing here waits, and nothing touches the network. Judging the same evidence
 * twice gives the same words. Explanations are plain UTF-8 text of several lines, without a
 * trailing newline.
 * @f may be NULL where only the judgement is wanted (words for a long flow take longer than judging
 * it).
 */
#ifndef SOCKPROOF_MATCH_JUDGE_H
#define SOCKPROOF_MATCH_JUDGE_H
#include "evidence/timeline.h"
#include "match/pattern.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum judgement {
	JUDGE_HOLDS,
	JUDGE_NOT_YET, /* all evidence fits so far, but something expected has not come */
	JUDGE_PARTS,   /* evidence and expectation part */
};

/* Why. Zero-initialise; finding_free() releases. */
struct finding {
	char *reason; /* one line that names the packet or line a person would point at; NULL when
	                 it holds */
	char *explanation; /* expected and actual side by side, first divergence marked "≠"; NULL
	                      when it holds */
	int64_t packet;    /* number of the packet where they part; 0: none */
	int pattern_line;  /* line of the pattern (from 1) where they part; 0: none */
};
void finding_free(struct finding *f);

/*
 * Every line of @pattern must be found in @flow in its own order per direction; pure ACKs, window
 * updates, keepalives and retransmissions may come unnamed, everything else must be named. Across
 * directions only `after` orders. Packets up to timeline_sealed_packets() count.
 */
enum judgement judge_shape(const struct timeline *tl, const struct flow *flow,
                           const struct pattern *pattern, struct finding *f);

/* Every packet of @flow, in this order, both directions together; nothing unnamed but what
 * `optional` and `× N` allow. `data` may span packets. */
enum judgement judge_exactly(const struct timeline *tl, const struct flow *flow,
                             const struct pattern *pattern, struct finding *f);

/* No packet of @flow (NULL: of the case) fits the filter. HOLDS or PARTS, never NOT_YET. */
enum judgement judge_never(const struct timeline *tl, const struct flow *flow,
                           const struct pattern *filter, struct finding *f);

/*
 * How many packets. repeats: retransmissions and repeated RSTs are counted too; without it they are
 * not, since how often a kernel says a thing again hangs on how late it was heard, which is the
 * machine's load. Stray RSTs never count.
 */
struct judge_range {
	int64_t min, max;
	bool repeats;
};

/* Does this packet count, where it fits? */
bool judge_counts(const struct timeline_packet *p, bool repeats);

/* At least min and at most max packets of @flow (NULL: of the case) fit the filter. Too few:
 * NOT_YET. */
enum judgement judge_count(const struct timeline *tl, const struct flow *flow,
                           const struct pattern *filter, const struct judge_range *range,
                           struct finding *f);

/* Number of the @nth (from 1) packet of @flow (NULL: of the case) that fits, 0 when there is none
 * so far. */
int64_t judge_first(const struct timeline *tl, const struct flow *flow,
                    const struct pattern *filter, int nth);

/* Events (timeline indexes; SIZE_MAX: has not happened) must be rising. names: what the script
 * called each. */
enum judgement judge_order(const struct timeline *tl, const size_t *events,
                           const char *const *names, size_t count, struct finding *f);

enum text_rule { TEXT_HAS, TEXT_LINE, TEXT_EXACTLY, TEXT_NEVER };
/*
 * Output or received bytes against what was expected: contains, has a line equal to (ended by \n or
 * \r\n: an unended one may still grow), is exactly (a proper prefix is NOT_YET), never contains.
 * what: whose bytes, for the words ("stdout of fork"). An explanation shows both, escaped, line by
 * line for text, as a hex dump around the first differing byte for binary.
 */
enum judgement judge_text(enum text_rule rule, const char *what, const void *expected,
                          size_t expected_len, const void *actual, size_t actual_len,
                          struct finding *f);

#endif
