/* SPDX-License-Identifier: MIT */
/* test_load.c - a case directory comes back as it was; a damaged one says where, and is no crash */
#include "../conversation.h"
#include "base/err.h"
#include "base/mem.h"
#include "evidence/casedir.h"
#include "evidence/load.h"
#include "savefile/link.h"
#include "savefile/pcapng.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char case_json[] =
    "{\"scenario\": \"a/b\", \"parameters\": {\"family\": \"ipv4\", \"n\": 3},\n"
    " \"implementation\": \"reference\", \"world\": \"wire\", \"hosts\": [\n"
    " {\"name\": \"client\", \"addresses\": [\"192.0.2.1\", \"2001:db8::1\"]},\n"
    " {\"name\": \"server\", \"addresses\": [\"192.0.2.2\", \"2001:db8::2\"]}]}\n";
static const char verdict_json[] =
    "{\"verdict\": \"fail\", \"reason\": \"because\", \"explanation\": null, \"line\": 4}\n";

struct written {
	struct buf jsonl, trace, capture;
};

/* A case with everything that a timeline can hold. */
static void tell(struct talk *t)
{
	struct timeline_packet *p;
	struct event *e;

	talk_open(t);
	e = timeline_add(t->tl, EVENT_STEP, "c", 3, "send(\"\xff\x1b[31m \\ \") = 3");
	e->branch = 2;
	e->host = 0;
	timeline_add(t->tl, EVENT_PROGRAM, "server", 1, "started: server 7");
	talk_handshake(t);
	for (int64_t n = 1; n <= 3; n++) {
		p = timeline_packet(t->tl, n);
		p->fate = FATE_DELIVERED;
		p->delivered_at = p->at + 10;
		p->kernel_at = p->at - 10;
	}
	e = timeline_add(t->tl, EVENT_STATE, "c", 5, "ESTABLISHED");
	e->flow = 0;
	e->side = 1;
	p = timeline_packet(
	    t->tl, SAY(t, .from = SERVER, .flags = TCP_ACK, .seq = 1, .ack = 1, .data = "hello"));
	p->fate = FATE_DROPPED;
	timeline_set_cause(p, "dropped by drop#1 (line 7)");
	timeline_add(t->tl, EVENT_WIRE, "drop#1", 7, "drop: data")->packet = p->number;
	p = timeline_add_packet(t->tl, t->at, FROM_HARNESS, "\xf0 no datagram", 14);
	p->to = 1;
	e = timeline_add(t->tl, EVENT_CALL, "server", 0, "recv(4, 10) = 3");
	e->took = 1234;
	e->varies = true;
	timeline_add_bytes(t->tl, EVENT_OUTPUT, "server", 2, "\0\n\"\\\xff\xc3\xa4", 7);
	timeline_add_bytes(t->tl, EVENT_OUTPUT, "server", 1, "", 0);
	timeline_add_bytes(t->tl, EVENT_INPUT, "server", 0, "in\n", 3);
	timeline_seal(t->tl);
	timeline_add(t->tl, EVENT_NOTE, "note", 0, "behind the seal");
}

static void write_down(const struct talk *t, struct written *w)
{
	struct pcapng_section section = {.application = "test"};
	struct pcapng_interface interface = {.linktype = LINK_RAW, .snaplen = 262144};
	struct pcapng_writer out = {0};
	struct err err;

	*w = (struct written){0};
	timeline_jsonl(t->tl, &w->jsonl);
	timeline_trace(t->tl, &w->trace);
	assert_int_equal(pcapng_write_section(&out, &section, &err), 0);
	assert_int_equal(pcapng_write_interface(&out, &interface, &err), 0);
	for (int64_t n = 1; n <= timeline_sealed_packets(t->tl); n++) {
		const struct timeline_packet *p = timeline_packet(t->tl, n);
		struct pcapng_packet q = {
		    .at = timeline_wall(t->tl, p->kernel_at ? p->kernel_at : p->at),
		    .data = p->data,
		    .len = p->len,
		    .original_len = p->len,
		};

		assert_int_equal(pcapng_write_packet(&out, &q, &err), 0);
	}
	w->capture = out.out;
}

static void forget(struct written *w)
{
	buf_free(&w->jsonl);
	buf_free(&w->trace);
	buf_free(&w->capture);
}

static struct case_files files_of(const struct written *w)
{
	return (struct case_files){
	    .case_json = case_json,
	    .case_len = strlen(case_json),
	    .verdict_json = verdict_json,
	    .verdict_len = strlen(verdict_json),
	    .timeline_jsonl = buf_text(&w->jsonl),
	    .timeline_len = w->jsonl.len,
	    .capture = w->capture.p,
	    .capture_len = w->capture.len,
	};
}

static void comes_back(void **state)
{
	struct talk t;
	struct written w, again;
	struct case_evidence c;
	struct case_files f;
	struct buf name = {0};
	struct err err = {0};

	(void)state;
	tell(&t);
	write_down(&t, &w);
	f = files_of(&w);
	if (case_evidence_parse(&c, &f, &err) < 0)
		fail_msg("%s", err.text);
	struct talk loaded = {.tl = c.timeline};
	write_down(&loaded, &again);
	assert_string_equal(buf_text(&again.jsonl), buf_text(&w.jsonl));
	assert_string_equal(buf_text(&again.trace), buf_text(&w.trace));
	assert_int_equal(again.capture.len, w.capture.len);
	assert_memory_equal(again.capture.p, w.capture.p, w.capture.len);
	/* what the wire damaged beyond reading is there too, and so is where it was to go */
	assert_int_equal(timeline_packet(c.timeline, 5)->to, 1);
	assert_string_equal(timeline_packet(c.timeline, 4)->cause, "dropped by drop#1 (line 7)");
	assert_string_equal(case_text(c.verdict, "reason"), "because");
	case_evidence_name(&c, &name);
	assert_string_equal(buf_text(&name), "a/b family=ipv4 n=3 (reference)");
	buf_free(&name);
	case_evidence_free(&c);
	forget(&again);
	forget(&w);
	talk_close(&t);
}

/* In timeline.jsonl @from becomes @to, once; then the error says @says. */
struct damage {
	const char *from, *to, *says;
};

static void damaged_line(const struct written *w, const struct damage *d)
{
	const char *at = strstr(buf_text(&w->jsonl), d->from);
	struct case_files f = files_of(w);
	struct case_evidence c;
	struct buf b = {0};
	struct err err = {0};

	if (!at)
		fail_msg("%s is not in: %s", d->from, buf_text(&w->jsonl));
	buf_add(&b, w->jsonl.p, (size_t)(at - w->jsonl.p));
	buf_str(&b, d->to);
	buf_str(&b, at + strlen(d->from));
	f.timeline_jsonl = buf_text(&b);
	f.timeline_len = b.len;
	assert_int_equal(case_evidence_parse(&c, &f, &err), -1);
	if (!strstr(err.text, d->says))
		fail_msg("\"%s\" is not in: %s", d->says, err.text);
	assert_null(c.timeline);
	buf_free(&b);
}

static void damaged(void **state)
{
	static const struct damage list[] = {
	    {"{\"n\":1,", "{\"n\":7,", "timeline.jsonl: line 2: \"n\" is 7"},
	    {"\"kind\":\"step\"", "\"kind\":\"leap\"", "line 1: \"kind\" is no kind"},
	    {"\"kind\":\"step\"", "\"kind\":5", "line 1: \"kind\" is no text"},
	    {"\"at_ns\"", "\"at\"", "line 1: \"at_ns\" is missing"},
	    {"\"fate\":\"dropped\"", "\"fate\":\"eaten\"", "\"fate\" is none"},
	    {"\"from\":\"client\"", "\"from\":\"nowhere\"", "\"from\" names no host"},
	    {"\"packet\":2,", "\"packet\":3,", "packet 3 where packet 2 is next"},
	    {"\"len\":48", "\"len\":49", "has 49 bytes here, 48 in capture.pcapng"},
	    {"\"took_ns\":1234", "\"took_ns\":-1", "\"took_ns\" is -1"},
	    {"\"took_ns\":1234", "\"took_ns\":1.5", "\"took_ns\" is no whole number"},
	    {"\\\\xff\xc3\xa4\"", "\\\\xf\"", "\"data\" at character"},
	    {"\"len\":7", "\"len\":6", "\"len\" is 6, \"data\" has 7 bytes"},
	};
	struct talk t;
	struct written w;

	(void)state;
	tell(&t);
	write_down(&t, &w);
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		if (*list[i].says)
			damaged_line(&w, &list[i]);
	}
	forget(&w);
	talk_close(&t);
}

static void says(struct case_files f, const char *what)
{
	struct case_evidence c;
	struct err err = {0};

	assert_int_equal(case_evidence_parse(&c, &f, &err), -1);
	if (!strstr(err.text, what))
		fail_msg("\"%s\" is not in: %s", what, err.text);
}

/* Whatever a file is cut to, there is an answer, and only the whole file is a case. */
static void cut_short(void **state)
{
	struct talk t;
	struct written w;
	struct case_evidence c;
	struct err err = {0};

	(void)state;
	tell(&t);
	write_down(&t, &w);
	for (size_t len = 0; len < w.jsonl.len; len++) {
		struct case_files f = files_of(&w);

		f.timeline_len = len;
		/* whole lines behind the last packet may be missing: nothing else tells of them */
		if (case_evidence_parse(&c, &f, &err) == 0) {
			assert_int_equal(w.jsonl.p[len - 1], '\n');
			assert_int_equal(timeline_packets(c.timeline), 5);
			case_evidence_free(&c);
		}
	}
	for (size_t len = 0; len < w.capture.len; len++) {
		struct case_files f = files_of(&w);

		f.capture_len = len;
		assert_int_equal(case_evidence_parse(&c, &f, &err), -1);
		assert_non_null(strstr(err.text, "capture.pcapng"));
	}
	struct case_files f = files_of(&w);
	f.timeline_len -= 3;
	says(f, "cut short at byte");
	f = files_of(&w);
	f.case_len = 40;
	says(f, "case.json: line 1, column");
	f = files_of(&w);
	f.case_json = "[]";
	f.case_len = 2;
	says(f, "case.json: it is no JSON object");
	f.case_json = "{\"hosts\": [{\"name\": \"x\", \"addresses\": [\"1.2.3\"]}]}";
	f.case_len = strlen(f.case_json);
	says(f, "has the address \"1.2.3\", which is none");
	f = files_of(&w);
	f.verdict_len = 0;
	says(f, "verdict.json: line 1");
	f = files_of(&w);
	f.timeline_len = 0; /* a capture of which nothing is told */
	says(f, "capture.pcapng has packet 1, which timeline.jsonl does not tell of");
	forget(&w);
	talk_close(&t);
}

static void no_directory(void **state)
{
	struct case_evidence c;
	struct err err = {0};

	(void)state;
	assert_int_equal(case_evidence_load(&c, "/nowhere/at/all", &err), -1);
	assert_non_null(strstr(err.text, "/nowhere/at/all: No such file"));
	assert_int_equal(case_evidence_load(&c, "/proc/self/fd", &err), -1);
	assert_non_null(strstr(err.text, "case.json: No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(comes_back),
	    cmocka_unit_test(damaged),
	    cmocka_unit_test(cut_short),
	    cmocka_unit_test(no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
