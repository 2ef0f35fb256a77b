/* SPDX-License-Identifier: MIT */
/*
 * judge.c - flows and packets judged: shape, exactly, never, count, first, and the order of events
 */
#include "match/judge.h"
#include "base/mem.h"
#include "match/walk.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LISTED 8 /* packets listed in an explanation */

void finding_free(struct finding *f)
{
	free(f->reason);
	free(f->explanation);
	*f = (struct finding){0};
}

static enum judgement conclude(struct walk *w, struct finding *f)
{
	enum judgement result = walk_result(w);

	if (result != JUDGE_HOLDS && f)
		walk_explain(w, f);
	walk_free(w);
	return result;
}

enum judgement judge_shape(const struct timeline *tl, const struct flow *flow,
                           const struct pattern *pattern, struct finding *f)
{
	struct walk w, fresh;

	walk_run(&w, tl, flow, pattern, WALK_SHAPE);
	if (walk_result(&w) != JUDGE_PARTS)
		return conclude(&w, f);
	/*
	 * Greed may have given a retransmission to a line that meant the next packet like it. Walk
	 * again, giving them to repeated lines only; believe the walk that comes further.
	 */
	walk_run(&fresh, tl, flow, pattern, WALK_SHAPE_FRESH);
	if (walk_result(&fresh) != JUDGE_PARTS || fresh.parts_packet > w.parts_packet) {
		walk_free(&w);
		return conclude(&fresh, f);
	}
	walk_free(&fresh);
	return conclude(&w, f);
}

enum judgement judge_exactly(const struct timeline *tl, const struct flow *flow,
                             const struct pattern *pattern, struct finding *f)
{
	struct walk w;

	walk_run(&w, tl, flow, pattern, WALK_EXACTLY);
	return conclude(&w, f);
}

/* The next packet behind @number that fits; 0: none. */
static int64_t next_fit(const struct timeline *tl, const struct flow *flow,
                        const struct pattern *filter, int64_t number)
{
	int64_t end = timeline_sealed_packets(tl);

	if (flow && number < flow->first_number)
		number = flow->first_number - 1;
	if (flow && end > flow->last_number)
		end = flow->last_number;
	while (++number <= end) {
		const struct timeline_packet *p = timeline_packet(tl, number);
		if ((!flow || p->note.flow == flow) && pattern_fits(filter, tl, p))
			return number;
	}
	return 0;
}

int64_t judge_first(const struct timeline *tl, const struct flow *flow,
                    const struct pattern *filter, int nth)
{
	int64_t number = 0;

	for (int i = 0; i < nth; i++) {
		number = next_fit(tl, flow, filter, number);
		if (number == 0)
			return 0;
	}
	return number;
}

bool judge_counts(const struct timeline_packet *p, bool repeats)
{
	const struct flow_note *n = &p->note;

	return !n->stray_rst && (repeats || (!n->retransmission && !n->repeated_rst));
}

/* The next one that counts. */
static int64_t next_counted(const struct timeline *tl, const struct flow *flow,
                            const struct pattern *filter, bool repeats, int64_t number)
{
	do
		number = next_fit(tl, flow, filter, number);
	while (number && !judge_counts(timeline_packet(tl, number), repeats));
	return number;
}

/* The packets that fit, one a line. */
static char *list_fits(const struct timeline *tl, const struct flow *flow,
                       const struct pattern *filter, bool repeats)
{
	struct buf out = {0};
	int64_t count = 0;

	for (int64_t n = 0; (n = next_counted(tl, flow, filter, repeats, n)) != 0; count++) {
		if (count >= LISTED)
			continue;
		buf_printf(&out, "%s≠ %4" PRId64 " ", count ? "\n" : "", n);
		timeline_packet_text(tl, timeline_packet(tl, n), true, &out);
	}
	if (count > LISTED)
		buf_printf(&out, "\n⋮ (%" PRId64 " more)", count - LISTED);
	if (count == 0)
		buf_printf(&out, "no packet fits \"%s\"", filter->lines[0].text);
	return buf_take(&out);
}

static void put_packet(const struct timeline *tl, int64_t number, struct buf *out)
{
	struct buf text = {0};

	timeline_packet_text(tl, timeline_packet(tl, number), false, &text);
	buf_printf(out, "packet %" PRId64 ": %s", number, buf_text(&text));
	buf_free(&text);
}

enum judgement judge_never(const struct timeline *tl, const struct flow *flow,
                           const struct pattern *filter, struct finding *f)
{
	int64_t number = next_counted(tl, flow, filter, true, 0);
	struct buf reason = {0};

	if (number == 0)
		return JUDGE_HOLDS;
	if (!f)
		return JUDGE_PARTS;
	put_packet(tl, number, &reason);
	buf_printf(&reason, " came, but \"%s\" must never come", filter->lines[0].text);
	f->reason = buf_take(&reason);
	f->explanation = list_fits(tl, flow, filter, true);
	f->packet = number;
	f->pattern_line = filter->lines[0].number;
	return JUDGE_PARTS;
}

enum judgement judge_count(const struct timeline *tl, const struct flow *flow,
                           const struct pattern *filter, const struct judge_range *range,
                           struct finding *f)
{
	int64_t min = range->min, max = range->max, count = 0, over = 0;
	struct buf reason = {0};

	for (int64_t n = 0; (n = next_counted(tl, flow, filter, range->repeats, n)) != 0;)
		if (++count > max && over == 0)
			over = n;
	if (count >= min && count <= max)
		return JUDGE_HOLDS;
	enum judgement result = count < min ? JUDGE_NOT_YET : JUDGE_PARTS;
	if (!f)
		return result;
	if (over) {
		put_packet(tl, over, &reason);
		buf_str(&reason, " is one too many: ");
	}
	buf_printf(&reason, "%" PRId64 " packet%s fit%s \"%s\", expected %s %" PRId64, count,
	           count == 1 ? "" : "s", count == 1 ? "s" : "", filter->lines[0].text,
	           min == max    ? "exactly"
	           : count < min ? "at least"
	                         : "at most",
	           count < min ? min : max);
	f->reason = buf_take(&reason);
	f->explanation = list_fits(tl, flow, filter, range->repeats);
	f->packet = over;
	f->pattern_line = filter->lines[0].number;
	return result;
}

static void put_event(const struct timeline *tl, size_t event, const char *name, const char *mark,
                      struct buf *out)
{
	const struct event *e = event == SIZE_MAX ? NULL : timeline_get(tl, event);

	buf_printf(out, "%s ", mark);
	if (!e) {
		buf_printf(out, "     %s: (nothing)", name);
		return;
	}
	buf_printf(out, "%4zu %s: %s %s", event, name, event_kind_text(e->kind), e->who);
	if (e->packet)
		buf_printf(out, " packet %" PRId64, e->packet);
	buf_printf(out, "  %s", e->text);
}

/* All of the events as they should follow each other; the one at @wrong does not. */
static char *list_events(const struct timeline *tl, const size_t *events, const char *const *names,
                         size_t count, size_t wrong)
{
	struct buf out = {0};

	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_str(&out, "\n");
		put_event(tl, events[i], names[i], i == wrong ? "≠" : i < wrong ? "=" : " ", &out);
	}
	return buf_take(&out);
}

enum judgement judge_order(const struct timeline *tl, const size_t *events,
                           const char *const *names, size_t count, struct finding *f)
{
	size_t i = 0;

	while (i < count && events[i] != SIZE_MAX && (i == 0 || events[i] > events[i - 1]))
		i++;
	if (i == count)
		return JUDGE_HOLDS;
	enum judgement result = events[i] == SIZE_MAX ? JUDGE_NOT_YET : JUDGE_PARTS;
	if (!f)
		return result;
	const struct event *e = result == JUDGE_PARTS ? timeline_get(tl, events[i]) : NULL;
	if (!e)
		f->reason = mem_printf("%s has not happened", names[i]);
	else if (events[i] == events[i - 1])
		f->reason = mem_printf("%s and %s are one and the same (event %zu)", names[i - 1],
		                       names[i], events[i]);
	else
		f->reason = mem_printf("%s (event %zu) came before %s (event %zu)", names[i],
		                       events[i], names[i - 1], events[i - 1]);
	f->explanation = list_events(tl, events, names, count, i);
	f->packet = e ? e->packet : 0;
	return result;
}
