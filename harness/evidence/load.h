/* SPDX-License-Identifier: MIT */
/*
 * load.h - a case directory read back: the timeline as it was, what the case was, how it ended
 *
 * The packets' bytes come from capture.pcapng, all else from timeline.jsonl, the hosts from
 * case.json. Of what was loaded timeline_jsonl() and timeline_trace() give the bytes of
 * timeline.jsonl and trace.txt again. Nothing in the files is believed: what does not fit together
 * is an error that names the file, the line or byte, and the cause.
 */
#ifndef SOCKPROOF_EVIDENCE_LOAD_H
#define SOCKPROOF_EVIDENCE_LOAD_H
#include "evidence/timeline.h"
#include <jansson.h>
#include <stddef.h>

struct err;

/* A case. Texts of the JSON objects may hold control characters: escape what is printed. */
struct case_evidence {
	struct timeline *timeline;
	json_t *facts;   /* case.json: scenario, parameters, hosts, command, seed, kernel, … */
	json_t *verdict; /* verdict.json: verdict, reason, explanation, line, … */
};

/* The files of a case directory in memory; borrowed. */
struct case_files {
	const char *case_json, *verdict_json, *timeline_jsonl;
	size_t case_len, verdict_len, timeline_len;
	const void *capture;
	size_t capture_len;
};

/*
 * Read the case directory at @path into @c; free it with case_evidence_free().
 * Returns 0, or -1 with @err set and @c empty (ENOENT, ENOTDIR: no case directory is there;
 * 0: a file is damaged, or missing beside others that only a case directory has).
 */
int case_evidence_load(struct case_evidence *c, const char *path, struct err *err);
/* The same from memory. Errors name the files as they are called in a directory. */
int case_evidence_parse(struct case_evidence *c, const struct case_files *files, struct err *err);
void case_evidence_free(struct case_evidence *c);

/* A text of @object, "" when there is none: borrowed from @object. */
const char *case_text(const json_t *object, const char *key);

/* "close/half-close family=ipv4 (reference)" as the reports name a case, on one line. */
struct buf;
void case_evidence_name(const struct case_evidence *c, struct buf *out);

#endif
