/* SPDX-License-Identifier: MIT */
/*
 * scene.c - see scene.h: the rows of a case
 *
 * Theory. The timeline is in order of writing, and the wire writes a packet down when it takes it.
 * When it was delivered is a time only: the arrival belongs before the first event that is not
 * earlier. Where nothing that is drawn lies between, leaving and arriving are one row.
 */
#include "report/scene.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "evidence/load.h"
#include "report/scene_own.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* A packet that has left and not arrived yet. */
struct flight {
	const struct timeline_packet *p;
	size_t row;   /* where it left */
	size_t until; /* event before which it arrives or is lost */
	int64_t at;   /* ns, when */
};

struct actor {
	const char *name; /* the timeline's */
	int host;
	bool socket_seen; /* it made a call about a socket, or is no traced program */
};

struct making {
	struct scene *s;
	const struct case_evidence *c;
	const struct timeline *tl;
	const struct scene_setting *set;
	size_t *lost_at; /* for each packet the event at which it was dropped; 0: none */
	struct flight *flights;
	size_t flight_count;
	struct actor *actors;
	size_t actor_count;
	int *end_of_flow;
};

const char *scene_keep(struct scene *s, char *text)
{
	MEM_ROOM(s->texts->list, s->texts->count);
	s->texts->list[s->texts->count++] = text;
	return text;
}

static const char *keep_line(struct scene *s, const char *text)
{
	struct buf b = {0};

	if (!text || !*text)
		return "";
	text_one_line(&b, text, strlen(text));
	return scene_keep(s, buf_take(&b));
}

static const char *keep_buf(struct scene *s, struct buf *b)
{
	return b->len > 0 ? scene_keep(s, buf_take(b)) : "";
}

static struct actor *actor_of(struct making *m, const char *name)
{
	for (size_t i = 0; i < m->actor_count; i++) {
		if (strcmp(m->actors[i].name, name) == 0)
			return &m->actors[i];
	}
	MEM_ROOM(m->actors, m->actor_count);
	m->actors[m->actor_count] =
	    (struct actor){.name = name, .host = timeline_host_named(m->tl, name)};
	return &m->actors[m->actor_count++];
}

static bool starts_with(const char *s, const char *word)
{
	return strncmp(s, word, strlen(word)) == 0;
}

static bool ends_with(const char *s, const char *word)
{
	size_t len = strlen(s), n = strlen(word);

	return len >= n && strcmp(s + len - n, word) == 0;
}

/* Whose host? Told by the event, or by an earlier one of the same actor. */
static int host_of(struct making *m, const struct event *e)
{
	struct actor *a = actor_of(m, e->who);
	const char *in;

	if (e->host >= 0)
		a->host = e->host;
	/* evidence of an earlier version says it in words only */
	else if (e->kind == EVENT_STEP && starts_with(e->text, "socket(") &&
	         (in = strstr(e->text, ") in ")) && timeline_host_named(m->tl, in + 5) >= 0)
		a->host = timeline_host_named(m->tl, in + 5);
	return a->host;
}

/* What the loader and the C library do before a program's first socket is the same for every
 * program. */
static bool is_preparation(struct making *m, const struct event *e)
{
	static const char *const about[] = {"socket", "accept", "bind",   "connect", "poll",
	                                    "select", "epoll",  "listen", "recv",    "send"};
	struct actor *a = actor_of(m, e->who);

	for (size_t i = 0; !a->socket_seen && i < sizeof about / sizeof *about; i++)
		a->socket_seen = starts_with(e->text, about[i]);
	return !a->socket_seen;
}

static struct scene_row *add_row(struct making *m, enum scene_kind kind, size_t event, int64_t at)
{
	struct scene *s = m->s;

	MEM_ROOM(s->rows, s->row_count);
	s->rows[s->row_count] = (struct scene_row){
	    .kind = kind,
	    .event = event,
	    .at = at - timeline_began(m->tl),
	    .host = SCENE_NOBODY,
	    .who = "",
	    .words = "",
	    .mark = "",
	    .step = "",
	    .from = SCENE_NOBODY,
	    .to = SCENE_NOBODY,
	    .flow = -1,
	};
	return &s->rows[s->row_count++];
}

static enum scene_kind kind_of(const struct event *e)
{
	switch (e->kind) {
	case EVENT_STEP:
		return strcmp(e->who, "expect") == 0 || strcmp(e->who, "order") == 0 ||
		               strcmp(e->who, "quiet") == 0
		           ? SCENE_EXPECT
		           : SCENE_STEP;
	case EVENT_WIRE:
		return SCENE_WIRE;
	case EVENT_OUTPUT:
		return SCENE_OUTPUT;
	case EVENT_INPUT:
		return SCENE_INPUT;
	case EVENT_PROGRAM:
		return SCENE_PROGRAM;
	case EVENT_STATE:
		return SCENE_STATE;
	case EVENT_CALL:
		return SCENE_CALL;
	case EVENT_VERDICT:
		return SCENE_EXPECT;
	case EVENT_NOTE:
	case EVENT_PACKET:
		break;
	}
	return SCENE_NOTE;
}

/* Does event @e make a row? What the wire did with one packet is told with the packet. */
static bool is_drawn(struct making *m, const struct event *e)
{
	const struct timeline_packet *p;

	switch (e->kind) {
	case EVENT_WIRE:
		return e->packet == 0;
	case EVENT_PACKET:
		p = timeline_packet(m->tl, e->packet);
		return p && (m->set->flow == 0 ||
		             (p->note.flow && (int)p->note.flow->index + 1 == m->set->flow));
	case EVENT_CALL:
		return !is_preparation(m, e);
	default:
		return m->set->flow == 0 || e->flow < 0 || e->flow + 1 == m->set->flow;
	}
}

/* The words of a pattern line without the hosts, which the picture shows. */
static const char *packet_words(struct making *m, const struct timeline_packet *p)
{
	struct buf b = {0};
	const char *words;

	timeline_packet_text(m->tl, p, false, &b);
	words = strstr(buf_text(&b), "  ");
	words = keep_line(m->s, words ? words + 2 : buf_text(&b));
	buf_free(&b);
	return words;
}

static const char *packet_mark(struct making *m, const struct timeline_packet *p)
{
	const char *role = timeline_packet_role(p);
	struct buf b = {0};

	if (p->cause)
		text_one_line(&b, p->cause, strlen(p->cause));
	else if (p->fate != FATE_DELIVERED)
		buf_str(&b, packet_fate_text(p->fate));
	if (role)
		buf_printf(&b, "%s%s", b.len ? ", " : "", role);
	/* the kernel leaves its own to a device that is not there; the wire's are on purpose */
	if (p->from == FROM_HARNESS && !p->packet.checksum_ok)
		buf_printf(&b, "%sbad checksum", b.len ? ", " : "");
	return keep_buf(m->s, &b);
}

/* Is anything drawn between the events @after and @until (both not counted)? */
static bool drawn_between(struct making *m, size_t after, size_t until)
{
	for (size_t i = after + 1; i < until; i++) {
		if (is_drawn(m, timeline_get(m->tl, i)))
			return true;
	}
	return false;
}

/* The first event behind @p's own that is not earlier than its delivery. */
static size_t arrival_of(struct making *m, const struct timeline_packet *p)
{
	size_t i = p->event + 1, end = timeline_sealed_count(m->tl);

	while (i < end && timeline_get(m->tl, i)->at < p->delivered_at)
		i++;
	return i;
}

static void fly(struct making *m, const struct timeline_packet *p, size_t row, size_t until,
                int64_t at)
{
	MEM_ROOM(m->flights, m->flight_count);
	m->flights[m->flight_count++] =
	    (struct flight){.p = p, .row = row, .until = until, .at = at};
}

static void packet_row(struct making *m, const struct event *e)
{
	const struct timeline_packet *p = timeline_packet(m->tl, e->packet);
	struct scene_row *r = add_row(m, SCENE_PACKET, e->index, e->at);
	size_t row = m->s->row_count - 1, until = 0;
	int64_t at = p->delivered_at;

	r->first = r->last = p->number;
	r->packets = 1;
	if (p->kernel_at != 0) {
		r->kernel_at = p->kernel_at - timeline_began(m->tl);
		m->s->kernel_times = true;
	}
	r->from = p->from;
	r->to = p->to;
	r->host = p->from;
	r->flow = p->note.flow ? (int)p->note.flow->index : -1;
	r->words = packet_words(m, p);
	r->mark = packet_mark(m, p);
	r->who = keep_line(m->s, e->who);
	if (p->step) {
		struct buf step = {0};

		buf_printf(&step, "%s: %s", p->step->who, p->step->words);
		r->step = keep_line(m->s, buf_text(&step));
		buf_free(&step);
	}
	if (p->fate == FATE_DELIVERED) {
		r->arrow = ARROW_WHOLE;
		until = arrival_of(m, p);
	} else if (p->fate == FATE_WAITING) {
		r->arrow = ARROW_KEPT;
	} else {
		r->arrow = ARROW_LOST;
		until = m->lost_at[p->number];
		at = until ? timeline_get(m->tl, until)->at : 0;
	}
	if (until > 0 && drawn_between(m, p->event, until)) {
		r->arrow = ARROW_LEAVES;
		fly(m, p, row, until, at);
	}
}

/* Those in flight that arrive before event @next. */
static void land(struct making *m, size_t next)
{
	for (;;) {
		size_t first = m->flight_count;
		struct flight f;
		struct scene_row *r;

		for (size_t i = 0; i < m->flight_count; i++) {
			if (m->flights[i].until <= next &&
			    (first == m->flight_count || m->flights[i].at < m->flights[first].at))
				first = i;
		}
		if (first == m->flight_count)
			return;
		f = m->flights[first];
		m->flights[first] = m->flights[--m->flight_count];
		r = add_row(m, SCENE_ARRIVAL, f.p->event, f.at);
		*r = m->s->rows[f.row];
		r->kind = SCENE_ARRIVAL;
		r->kernel_at = 0;
		r->at = f.at - timeline_began(m->tl);
		r->host = f.p->to;
		r->arrow = f.p->fate == FATE_DELIVERED ? ARROW_ARRIVES : ARROW_LOST_LATER;
		r->other = f.row;
		m->s->rows[f.row].other = m->s->row_count - 1;
	}
}

/* "started: /home/me/build/servers/tcp-echo/server 7" becomes "started: tcp-echo/server 7": where
 * things lie on a machine is no part of the picture. */
static const char *started_words(struct scene *s, const char *text)
{
	const char *path = text + strcspn(text, "/"), *end = path + strcspn(path, " "), *from = end;
	struct buf b = {0};

	for (int slashes = 0; from > path && slashes < 2; slashes += *from == '/')
		from--;
	if (*from == '/' && from > path)
		from++;
	buf_add(&b, text, (size_t)(path - text));
	buf_str(&b, from);
	text = keep_line(s, buf_text(&b));
	buf_free(&b);
	return text;
}

static void event_row(struct making *m, const struct event *e)
{
	int host = host_of(m, e);
	struct scene_row *r = add_row(m, kind_of(e), e->index, e->at);

	r->host = host;
	r->who = keep_line(m->s, e->who);
	r->words = e->kind == EVENT_PROGRAM && starts_with(e->text, "started: /")
	               ? started_words(m->s, e->text)
	               : keep_line(m->s, e->text);
	r->line = e->line;
	r->branch = e->branch;
	r->took = e->took;
	r->flow = e->flow >= 0 && (size_t)e->flow < m->s->flow_count ? e->flow : -1;
	r->failed = e->kind == EVENT_STEP && ends_with(e->text, ": not so");
	if (e->kind == EVENT_OUTPUT && e->stream == 2)
		r->mark = "stderr";
	if (r->kind == SCENE_EXPECT || r->kind == SCENE_WIRE)
		r->host = SCENE_NOBODY;
}

static void note_losses(struct making *m)
{
	m->lost_at = mem_zero((size_t)timeline_sealed_packets(m->tl) + 1, sizeof *m->lost_at);
	for (size_t i = 0; i < timeline_sealed_count(m->tl); i++) {
		const struct event *e = timeline_get(m->tl, i);

		if (e->kind == EVENT_WIRE && e->packet > 0 &&
		    e->packet <= timeline_sealed_packets(m->tl) && starts_with(e->text, "drop"))
			m->lost_at[e->packet] = i;
	}
}

static void make_rows(struct making *m)
{
	note_losses(m);
	for (size_t i = 0; i < timeline_sealed_count(m->tl); i++) {
		const struct event *e = timeline_get(m->tl, i);

		land(m, i);
		if (!is_drawn(m, e)) {
			m->s->calls_left_out += e->kind == EVENT_CALL;
			continue;
		}
		if (e->kind == EVENT_PACKET)
			packet_row(m, e);
		else
			event_row(m, e);
	}
	land(m, SIZE_MAX);
}

/* Flows -------------------------------------------------------------------------------------------
 */

static void name_end(struct buf *b, const char *host, const struct packet_end *e)
{
	text_one_line(b, host, strlen(host));
	buf_printf(b, ":%u", e->port);
}

/* The hosts of a flow's two sides, told by its first packet. */
static void sides_of(const struct timeline *tl, const struct flow *f, const char *name[2])
{
	const struct timeline_packet *p = timeline_packet(tl, f->first_number);

	name[0] = name[1] = "?";
	if (!p || p->note.flow != f)
		return;
	name[p->note.dir] = timeline_src(tl, p);
	name[1 - p->note.dir] = timeline_dst(tl, p);
}

static int add_end(struct scene *s, int flow, int side, int host)
{
	MEM_ROOM(s->ends, s->end_count);
	s->ends[s->end_count] =
	    (struct scene_end){.flow = flow, .side = side, .host = host, .first = SIZE_MAX};
	return (int)s->end_count++;
}

static void make_flows(struct making *m)
{
	struct flow_table *t = timeline_flows(m->tl);
	struct scene *s = m->s;

	s->flow_count = flow_count(t);
	s->flows = mem_zero(s->flow_count + 1, sizeof *s->flows);
	m->end_of_flow = mem_zero(s->flow_count + 1, sizeof *m->end_of_flow);
	for (size_t i = 0; i < s->flow_count; i++) {
		const struct flow *f = flow_get(t, i);
		struct scene_flow *to = &s->flows[i];
		const char *host[2];
		struct buf b = {0};

		sides_of(m->tl, f, host);
		to->tcp = f->protocol == IPPROTO_TCP;
		to->index = f->index;
		to->ended = to->tcp ? flow_end_text(f->ended) : "";
		buf_printf(&b, "%s ", to->tcp ? "tcp" : "udp");
		name_end(&b, host[0], &f->side[0].end);
		buf_str(&b, " > ");
		name_end(&b, host[1], &f->side[1].end);
		to->name = keep_buf(s, &b);
		m->end_of_flow[i] = to->ends[0] = to->ends[1] = -1;
		for (int side = 0; side < 2; side++) {
			to->packets += f->side[side].packets;
			to->bytes[side] = f->side[side].bytes;
			to->retransmitted += f->side[side].retransmitted;
			if (to->tcp)
				to->ends[side] = add_end(s, (int)i, side,
				                         timeline_host_named(m->tl, host[side]));
		}
		m->end_of_flow[i] = to->ends[0];
	}
}

/* The verdict -------------------------------------------------------------------------------------
 */

static void mark_row(struct making *m, int64_t packet, int line)
{
	struct scene *s = m->s;
	struct scene_row *found = NULL;

	for (size_t i = 0; i < s->row_count; i++) {
		struct scene_row *r = &s->rows[i];

		if (packet > 0 ? r->first == packet && r->kind == SCENE_PACKET
		               : r->failed && (!found || r->line == line))
			found = r;
		if (packet > 0 && found)
			break;
	}
	if (!found) {
		found = &s->rows[s->row_count - 1];
	}
	found->divergence = true;
}

/* "c.flow: packet 4: …": where the verdict has no number of its own. */
static json_int_t packet_in(const char *reason)
{
	const char *at = strstr(reason, "packet ");
	char *end;
	long long n = at ? strtoll(at + strlen("packet "), &end, 10) : 0;

	return n > 0 ? n : 0;
}

static void judge(struct making *m)
{
	const json_t *v = m->c->verdict;
	struct scene *s = m->s;
	const char *reason = keep_line(s, case_text(v, "reason"));
	json_int_t packet = json_integer_value(json_object_get(v, "packet"));
	json_int_t line = json_integer_value(json_object_get(v, "line"));
	double ms = json_number_value(json_object_get(v, "duration_ms"));
	json_int_t at = json_integer_value(json_object_get(v, "at_ns"));
	int64_t last = s->row_count ? s->rows[s->row_count - 1].at : 0;
	/* a ladder's times never go back */
	int64_t end = at > 0 && at > last && at < NS_PER_S * 1000000 ? at : last;
	struct buf b = {0};
	struct scene_row *r;

	s->verdict = keep_line(s, case_text(v, "verdict"));
	line = line < 0 || line > INT32_MAX ? 0 : line;
	packet = packet > 0 ? packet : packet_in(reason);
	if (strcmp(s->verdict, "pass") == 0) {
		buf_printf(&b, "passed: %zu event%s, %" PRId64 " packet%s in %zu flow%s, ",
		           timeline_sealed_count(m->tl),
		           timeline_sealed_count(m->tl) == 1 ? "" : "s", s->packet_count,
		           s->packet_count == 1 ? "" : "s", s->flow_count,
		           s->flow_count == 1 ? "" : "s");
		text_ns(&b, ms >= 0 && ms < 1e9 ? (int64_t)(ms * 1e6) : end);
		s->sentence = keep_buf(s, &b);
		return;
	}
	if (!*s->verdict) { /* nobody judges anybody's capture: how much there is, and no more */
		buf_printf(&b, "%" PRId64 " frame%s in ", s->packet_count,
		           s->packet_count == 1 ? "" : "s");
		text_ns(&b, end);
		s->sentence = keep_buf(s, &b);
		return;
	}
	buf_printf(&b, "%s%s%s",
	           strcmp(s->verdict, "fail") == 0   ? "failed"
	           : strcmp(s->verdict, "skip") == 0 ? "skipped"
	                                             : s->verdict,
	           *reason ? ": " : "", reason);
	s->sentence = keep_buf(s, &b);
	r = add_row(m, SCENE_VERDICT, SIZE_MAX, end + timeline_began(m->tl));
	r->words = s->sentence;
	r->line = (int)line;
	r->failed = true;
	if (strcmp(s->verdict, "skip") != 0)
		mark_row(m, packet, (int)line);
}

static void make_hosts(struct making *m)
{
	struct scene *s = m->s;

	s->host_count = (size_t)timeline_host_count(m->tl);
	s->hosts = mem_zero(s->host_count + 1, sizeof *s->hosts);
	for (size_t i = 0; i < s->host_count; i++)
		s->hosts[i] = keep_line(s, timeline_host(m->tl, (int)i));
}

void scene_make(struct scene *s, const struct case_evidence *c, const struct scene_setting *set)
{
	struct making m = {.s = s, .c = c, .tl = c->timeline, .set = set};
	struct buf title = {0};

	*s = (struct scene){.texts = mem_zero(1, sizeof *s->texts)};
	case_evidence_name(c, &title);
	s->title = keep_buf(s, &title);
	s->packet_count = timeline_sealed_packets(m.tl);
	make_hosts(&m);
	make_flows(&m);
	make_rows(&m);
	judge(&m);
	scene_states(s, m.tl, m.end_of_flow);
	if (!set->every_row)
		scene_collapse(s, m.tl);
	free(m.lost_at);
	free(m.flights);
	free(m.actors);
	free(m.end_of_flow);
}

void scene_free(struct scene *s)
{
	for (size_t i = 0; s->texts && i < s->texts->count; i++)
		free(s->texts->list[i]);
	if (s->texts)
		free(s->texts->list);
	free(s->texts);
	free(s->hosts);
	free(s->flows);
	free(s->ends);
	free(s->lanes);
	free(s->rows);
	free(s->changes);
	*s = (struct scene){0};
}
