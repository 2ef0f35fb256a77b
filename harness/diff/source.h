/* SPDX-License-Identifier: MIT */
/*
 * source.h - one side of a comparison: a case directory, a reference, or any capture
 *
 * A case directory has everything. A reference (captures/) has the capture and the normalised
 * trace. A capture has packets only; its hosts are called by their addresses, or as the other side
 * calls them. Nothing in the files is believed.
 */
#ifndef SOCKPROOF_DIFF_SOURCE_H
#define SOCKPROOF_DIFF_SOURCE_H
#include "evidence/load.h"
#include "evidence/trace.h"
#include <stdbool.h>
#include <stddef.h>

struct err;

/* What a reference directory holds, besides case directories' own files. */
#define REFERENCE_CAPTURE "capture.pcapng"
#define REFERENCE_TRACE   "trace.txt"

enum diff_source_kind { SOURCE_CASE, SOURCE_REFERENCE, SOURCE_CAPTURE };

struct diff_source {
	enum diff_source_kind kind;
	char *name;                    /* as it was called; harmless to print */
	struct case_evidence evidence; /* timeline: never NULL; facts, verdict: of a case only */
	char *trace;                   /* normalised; NULL for a capture */
	struct trace_steps steps;      /* of a case */
	int64_t packets;  /* that were there when it was made; more than it has: it was cut */
	int64_t left_out; /* frames of a capture that hold no IP: ARP and the like */
	char *comment, *os, *application; /* what the capture says of itself; "" for nothing */
};

/* What lies at @path. -1 with @err set when nothing does (code ENOENT). A folder with a part of a
 * case's files is a case. */
int diff_source_kind(const char *path, enum diff_source_kind *kind, struct err *err);
/*
 * Read what lies at @path. names: the other side, that may know who
 * has which address, or NULL; borrowed. Free it with
 * diff_source_free(). Returns 0, or -1 with @err set and @s empty: not there (ENOENT, ENOTDIR), or
 * damaged (0).
 */
int diff_source_open(struct diff_source *s, const char *path, const struct diff_source *names,
                     struct err *err);
/* A case whose evidence is in memory, which becomes @s's. */
void diff_source_of_case(struct diff_source *s, const char *name, struct case_evidence *c);
/* A capture of @len bytes in memory; borrowed for the call. */
int diff_source_of_capture(struct diff_source *s, const char *name, const void *p, size_t len,
                           const struct diff_source *names, struct err *err);
void diff_source_free(struct diff_source *s);

/*
 * A normalised trace, whole, free() it; NULL with @err set. Its lines are as text_one_line() makes
 * them today, so that two may be compared: what is escaped now stood as it was in traces of before
 * (captures/data/message-long has U+061C among its bytes), and a file may come from anybody.
 */
char *diff_trace_read(const char *path, struct err *err);

/* The value of a line `key=value` of a capture's comment; free() it; "" when there is none. */
char *diff_comment_value(const char *comment, const char *key);
/* Is it a reference of which only the beginning was kept? */
bool diff_source_is_cut(const struct diff_source *s);
/*
 * Is there anything in @a or @b that a comparison looks at? Not where a capture is one of them,
 * there are frames, and none of them holds IP: whether those mean the same nobody can say.
 * Returns 0, or -1 with @err set.
 */
int diff_sources_check(const struct diff_source *a, const struct diff_source *b, struct err *err);

/* "tcp client:50001 > server:7", free() it. */
char *diff_flow_name(const struct diff_source *s, const struct flow *f);

#endif
