/* SPDX-License-Identifier: MIT */
/*
 * casedir.h - a case's evidence on disk, written whole or not at all
 *
 * Files go into a hidden sibling folder first; casedir_commit() puts it in place with rename(2),
 * and what was there before goes only then. When anything fails (no space, no permission) the
 * earlier directory is as it was. Only an empty directory or one that holds CASEDIR_MARK is ever
 * replaced: a wrong --out cannot cost anybody their files.
 */
#ifndef SOCKPROOF_EVIDENCE_CASEDIR_H
#define SOCKPROOF_EVIDENCE_CASEDIR_H
#include "evidence/timeline.h"
#include <stdbool.h>
#include <stddef.h>

#define CASEDIR_MARK     "case.json" /* every case directory has it */
#define CASEDIR_VERDICT  "verdict.json"
#define CASEDIR_TIMELINE "timeline.jsonl"

struct buf;
struct err;
struct casedir; /* opaque */

/* Begin a case directory at @path (parents are made). NULL with @err set: file, cause, mend. */
struct casedir *casedir_begin(const char *path, struct err *err);
/* Add one file of these bytes. name: no slash, no leading dot. */
int casedir_add(struct casedir *d, const char *name, const void *p, size_t len, struct err *err);
/* Put it in place. After this or after a failure call casedir_close(). */
int casedir_commit(struct casedir *d, struct err *err);
/* Free; what was not committed is removed. */
void casedir_close(struct casedir **casedir);
/*
 * The directory of repetition @number (from 2) of the case whose directory is @path, beside it;
 * free() it. casedir_forget() removes all of them that an earlier run left; none there is fine.
 */
char *casedir_repetition(const char *path, size_t number);
void casedir_forget(const char *path);
/* Remove the hidden leftovers of killed runs below @out; those of running ones (flock(2)) stay.
 * Missing @out is fine. */
void casedir_sweep(const char *out);

/* Is @path a folder with any of the files that only a case directory has? It may be damaged. */
bool casedir_is_one(const char *path);

/* timeline.jsonl: one JSON object a line, in order:
 * {"n","at_ns","kind","who","text","line","packet",…}. */
void timeline_jsonl(const struct timeline *tl, struct buf *out);

/*
 * trace.txt: the normalised trace. Byte-identical from run to run. Sections: the script's steps,
 * notes and verdicts in order; each flow, by opener's host, then whom it was opened to, then order
 * of opening: per direction its SYN, delivered bytes (length, 64-bit FNV-1a digest, the first 60
 * escaped), FIN, RST, ICMP errors, how it ended; each program by name: its output per stream and
 * what became of it. Lines of one output are sorted. Of a connection that stood and was reset only
 * how its bytes begin is told, not how many came, nor who sent FIN or RST. No times, no ports
 * chosen by the kernel (they become {port:N} by flow, in program output and steps too), no
 * retransmissions, no pure ACKs, no segmentation, nothing with event.varies, nothing after
 * timeline_seal(). Order is never claimed between actors: that is the kernel's luck.
 */
void timeline_trace(const struct timeline *tl, struct buf *out);

#endif
