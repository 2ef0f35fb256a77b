/* SPDX-License-Identifier: MIT */
/*
 * judging.h - a conversation, a pattern, and what the judge says, for the unit tests of match/
 */
#ifndef SOCKPROOF_TESTS_UNIT_MATCH_JUDGING_H
#define SOCKPROOF_TESTS_UNIT_MATCH_JUDGING_H
#include "../conversation.h"
#include "base/err.h"
#include "match/judge.h"

static const char *const both_hosts[] = {"client", "server"};

struct court {
	struct talk talk;
	struct finding finding;
};

static inline int court_open(void **state)
{
	static struct court c;

	c = (struct court){0};
	talk_open(&c.talk);
	*state = &c;
	return 0;
}

static inline int court_close(void **state)
{
	struct court *c = *state;

	finding_free(&c->finding);
	talk_close(&c->talk);
	return 0;
}

#define COURT_TEST(f) cmocka_unit_test_setup_teardown(f, court_open, court_close)

static inline struct pattern *pattern_of(const char *text)
{
	struct err err = {0};
	struct pattern *p = pattern_parse(text, strlen(text), both_hosts, 2, &err);

	if (!p)
		fail_msg("%s", err.text);
	return p;
}

static inline struct pattern *filter_of(const char *text)
{
	struct err err = {0};
	struct pattern *p = pattern_parse_filter(text, strlen(text), both_hosts, 2, &err);

	if (!p)
		fail_msg("%s", err.text);
	return p;
}

typedef enum judgement flow_judge(const struct timeline *tl, const struct flow *flow,
                                  const struct pattern *pattern, struct finding *f);

static inline enum judgement judged(struct court *c, flow_judge *judge, const char *text)
{
	struct pattern *p = pattern_of(text);
	const struct flow_table *flows = timeline_flows(c->talk.tl);

	finding_free(&c->finding);
	enum judgement result =
	    judge(c->talk.tl, flow_count(flows) ? flow_get(flows, 0) : NULL, p, &c->finding);
	pattern_close(&p);
	if (result == JUDGE_HOLDS) {
		assert_null(c->finding.reason);
		assert_null(c->finding.explanation);
	} else {
		assert_non_null(c->finding.reason);
		assert_null(strchr(c->finding.reason, '\n'));
		assert_non_null(c->finding.explanation);
	}
	return result;
}

static inline void holds(struct court *c, flow_judge *judge, const char *text)
{
	if (judged(c, judge, text) != JUDGE_HOLDS)
		fail_msg("%s\n%s", c->finding.reason, c->finding.explanation);
}

/* Parts, or waits, for just this reason. */
static inline void says(struct court *c, flow_judge *judge, const char *text,
                        enum judgement expected, const char *reason)
{
	enum judgement result = judged(c, judge, text);

	if (result != expected)
		fail_msg("judged %d, not %d: %s", result, expected,
		         c->finding.reason ? c->finding.reason : "holds");
	assert_string_equal(c->finding.reason, reason);
}

/* What came nearest stands at the end of the explanation. */
static inline void nearest(const struct court *c, const char *words)
{
	const char *end = strrchr(c->finding.explanation, '\n');

	assert_non_null(end);
	assert_string_equal(end + 1, words);
}

#endif
