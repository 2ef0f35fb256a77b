/* SPDX-License-Identifier: MIT */
/* against.c - see against.h */
#include "cli/against.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/folder.h"
#include "diff/diff.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct against {
	const char *folder;
	bool accept, erred;
	size_t compared, parted, missing, stale, written;
	struct buf text;
};

struct against *against_open(const char *folder, bool accept)
{
	struct against *a = mem_zero(1, sizeof *a);

	*a = (struct against){.folder = folder, .accept = accept};
	return a;
}

void against_close(struct against **against)
{
	if (*against)
		buf_free(&(*against)->text);
	free(*against);
	*against = NULL;
}

static void complain(struct against *a, const struct err *err)
{
	a->erred = true;
	cli_complain(EXIT_ERRED, "%s", err->text);
}

/* Whole or not at all. */
static bool write_whole(struct against *a, const char *path, const char *p, size_t len)
{
	struct err err;

	if (file_replace(path, p, len, &err) == 0)
		return true;
	complain(a, &err);
	return false;
}

/* A repository keeps every version of a file: of a capture this long the beginning is kept. */
#define CAPTURE_MOST ((size_t)256 << 10)
#define CAPTURE_KEPT ((size_t)64 << 10)

/* How many of the bytes of a pcapng file of ours to keep: whole blocks. */
static size_t kept(const struct buf *bytes)
{
	size_t at = 0;
	uint32_t len;

	if (bytes->len <= CAPTURE_MOST)
		return bytes->len;
	while (at + 12 <= CAPTURE_KEPT) {
		memcpy(&len, bytes->p + at + 4, sizeof len); /* written here: this byte order */
		if (len < 12 || len > CAPTURE_KEPT - at)
			break;
		at += len;
	}
	return at;
}

static void renew(struct against *a, const char *reference, const struct outcome *o,
                  const char *directory)
{
	char *from = mem_printf("%s/" REFERENCE_CAPTURE, directory);
	char *capture = mem_printf("%s/" REFERENCE_CAPTURE, reference);
	char *trace = mem_printf("%s/" REFERENCE_TRACE, reference);
	struct buf bytes = {0};
	struct err err;

	if (file_read(AT_FDCWD, from, SIZE_MAX, &bytes, &err) < 0 ||
	    file_make_folders(reference, &err) < 0)
		complain(a, &err);
	else if (write_whole(a, capture, bytes.p, kept(&bytes)) &&
	         write_whole(a, trace, o->trace, strlen(o->trace)))
		a->written++;
	buf_free(&bytes);
	free(from);
	free(capture);
	free(trace);
}

/* A reference and the evidence of a case, compared. */
struct pair {
	struct diff_source s[2];
	struct diff d;
	bool made;
};

/* What cannot be read is complained of, and parts from nothing. */
static void pair_open(struct against *a, struct pair *p, const char *reference,
                      const char *directory)
{
	static const struct diff_setting set;
	struct err err;

	*p = (struct pair){0};
	if (diff_source_open(&p->s[1], directory, NULL, &err) < 0 ||
	    diff_source_open(&p->s[0], reference, &p->s[1], &err) < 0) {
		complain(a, &err);
		return;
	}
	diff_make(&p->d, &p->s[0], &p->s[1], &set);
	p->made = true;
}

static void pair_close(struct pair *p)
{
	if (p->made)
		diff_free(&p->d);
	diff_source_free(&p->s[0]);
	diff_source_free(&p->s[1]);
}

static void tell(struct against *a, const struct plan_case *c, const struct outcome *o,
                 const struct pair *pair, const struct trace_part *part)
{
	static const struct diff_look look = {.columns = 100};
	char *words = case_words(c);

	buf_printf(&a->text, "\n=== %s\n", words);
	free(words);
	if (pair->made) {
		diff_text(&pair->d, &look, &a->text);
		return;
	}
	if (o->verdict != OUTCOME_PASS)
		buf_printf(&a->text, "it does not pass: %s\n", o->reason);
	if (part->line > 0)
		buf_printf(&a->text, "trace line %zu\n  A: %.*s\n  B: %.*s\n", part->line,
		           part->len[0], part->text[0], part->len[1], part->text[1]);
}

static void lacks(struct against *a, const struct plan_case *c, const char *reference,
                  const struct outcome *o, const char *directory)
{
	a->missing++;
	if (a->accept && o->verdict == OUTCOME_PASS) {
		buf_printf(&a->text, "\n=== %s\nnew: %s\n", c->scenario->name, reference);
		renew(a, reference, o, directory);
		return;
	}
	buf_printf(&a->text, "\n=== %s\n%s is not there; %s\n", c->scenario->name, reference,
	           a->accept ? "only what passes becomes a reference" : "--accept writes it");
}

void against_take(struct against *a, const struct plan_case *c, const struct outcome *o,
                  const char *directory)
{
	char *reference = mem_printf("%s/%s", a->folder, c->scenario->name);
	char *path = mem_printf("%s/" REFERENCE_TRACE, reference);
	struct trace_part part = {0};
	struct pair pair = {0};
	char *trace = NULL;
	struct err err;

	/* what this machine cannot is no difference */
	if (o->verdict == OUTCOME_SKIP || o->verdict == OUTCOME_ERROR)
		goto out;
	trace = diff_trace_read(path, &err);
	if (!trace) {
		if (err.code == ENOENT || err.code == ENOTDIR)
			lacks(a, c, reference, o, directory);
		else
			complain(a, &err);
		goto out;
	}
	a->compared++;
	/* the captures too, where there is one: a handshake's options are in no trace */
	if (*directory)
		pair_open(a, &pair, reference, directory);
	if (!trace_part(trace, o->trace, &part)) {
		part = (struct trace_part){0};
		if (o->verdict == OUTCOME_PASS && !(pair.made && pair.d.parts))
			goto out;
	}
	a->parted++;
	tell(a, c, o, &pair, &part);
	if (a->accept && o->verdict == OUTCOME_PASS)
		renew(a, reference, o, directory);
out:
	pair_close(&pair);
	free(trace);
	free(reference);
	free(path);
}

static bool is_found(const struct discovery *found, const char *name)
{
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->list[i].name, name) == 0)
			return true;
	}
	return false;
}

void against_stale(struct against *a, const struct discovery *found)
{
	char **names;
	size_t count;
	struct err err;

	if (access(a->folder, F_OK) < 0 || folder_cases(a->folder, &names, &count, &err) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (!is_found(found, names[i])) {
			a->stale++;
			buf_printf(&a->text, "\n=== %s\nthere is no such scenario: rm -r %s/%s\n",
			           names[i], a->folder, names[i]);
		}
		free(names[i]);
	}
	free(names);
}

void against_text(const struct against *a, struct buf *out)
{
	buf_add(out, buf_text(&a->text), a->text.len);
	buf_printf(out, "\n%zu compared with %s: %zu part", a->compared, a->folder, a->parted);
	if (a->missing > 0)
		buf_printf(out, ", %zu had none", a->missing);
	if (a->stale > 0)
		buf_printf(out, ", %zu of no scenario", a->stale);
	if (a->accept)
		buf_printf(out, ", %zu written", a->written);
	else if (a->parted + a->missing > 0)
		buf_str(out, "; what is meant to be so is taken over with --accept");
	buf_str(out, "\n");
}

static void add_value(struct buf *out, const struct diff_source *s, const char *key)
{
	char *value = diff_comment_value(s->comment, key);

	text_one_line(out, value, strlen(value));
	free(value);
}

static void add_row(const char *name, const struct diff_source *s, const struct stat *st,
                    struct buf *out)
{
	buf_printf(out, "| [%s](%s/" REFERENCE_TRACE ") | ", name, name);
	if (diff_source_is_cut(s))
		buf_printf(out, "the first %lld of ",
		           (long long)timeline_packets(s->evidence.timeline));
	buf_printf(out, "%lld | %lld | ", (long long)s->packets, (long long)st->st_size);
	add_value(out, s, "clock");
	buf_str(out, " | ");
	text_one_line(out, s->os, strlen(s->os));
	buf_str(out, " | ");
	text_one_line(out, s->application, strlen(s->application));
	buf_str(out, ", ");
	add_value(out, s, "libpcap");
	buf_str(out, " | `");
	add_value(out, s, "command");
	buf_str(out, "` |\n");
}

static const char head[] =
    "# Reference captures\n\n"
    "Made by `sockproof run --against captures --accept`; `sockproof run --against captures` "
    "compares with them\n"
    "(docs/diff.md). Each folder has the capture and the normalised trace of its scenario's main "
    "case: the first\n"
    "of its plan. What is compared is the trace; the capture shows where they part. Of a capture "
    "over 256 KiB only\n"
    "the beginning is kept.\n\n"
    "| scenario | packets | bytes | clock | kernel | made by | command |\n"
    "|---|---|---|---|---|---|---|\n";

static void index_all(struct against *a)
{
	char *path = mem_printf("%s/README.md", a->folder), **names = NULL;
	struct buf text = {0};
	size_t count = 0;
	struct err err;

	if (file_read(AT_FDCWD, path, SIZE_MAX, &text, &err) == 0 &&
	    strncmp(buf_text(&text), head, strcspn(head, "\n")) != 0) {
		a->erred = true;
		cli_complain(
		    EXIT_ERRED,
		    "%s is not an index of references, and is left as it is; keep references in a "
		    "folder of their own",
		    path);
		buf_free(&text);
		free(path);
		return;
	}
	buf_consume(&text, text.len);
	if (folder_cases(a->folder, &names, &count, &err) < 0) {
		complain(a, &err);
	}
	buf_str(&text, head);
	for (size_t i = 0; i < count; i++) {
		char *reference = mem_printf("%s/%s", a->folder, names[i]);
		char *capture = mem_printf("%s/" REFERENCE_CAPTURE, reference);
		struct diff_source s = {0};
		struct stat st = {0};

		if (stat(capture, &st) < 0 || diff_source_open(&s, reference, NULL, &err) < 0) {
			a->erred = true;
			cli_complain(EXIT_ERRED, "%s cannot be read", reference);
		} else {
			add_row(names[i], &s, &st, &text);
		}
		diff_source_free(&s);
		free(capture);
		free(reference);
		free(names[i]);
	}
	free(names);
	write_whole(a, path, text.p, text.len);
	buf_free(&text);
	free(path);
}

int against_finish(struct against *a)
{
	size_t open;

	if (a->written > 0)
		index_all(a);
	if (a->erred)
		return EXIT_ERRED;
	open = a->parted + a->missing - a->written + a->stale;
	return open > 0 ? EXIT_FAILED : -1;
}
