/* SPDX-License-Identifier: MIT */
/*
 * job.h - one case on its way into a guest, and what comes back
 *
 * Both are cpio archives (cpio.h). A job holds the scenario and its contract, the programs of the
 * case with what they need, and job.json that says what to play. Paths in the guest do not depend
 * on where the files lie on the host, and no word of the host's own (folders, user, command line)
 * goes in: the same case gives the same job everywhere, byte for byte. A result holds the outcome
 * and the files of the case directory.
 */
#ifndef SOCKPROOF_VM_JOB_H
#define SOCKPROOF_VM_JOB_H
#include "script/script.h"
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

#define JOB_ROOT     "/sockproof"      /* scenarios/ and servers/ of a job */
#define JOB_BUILT    JOB_ROOT "/build" /* servers/, built */
#define JOB_FILE     "sockproof/job.json"
#define JOB_EVIDENCE "/evidence/case" /* where the guest writes the case directory */
#define JOB_OUTCOME  "outcome"        /* of a result; the other entries are evidence/NAME */

/* What the host tells beside the case. */
struct job_words {
	const char *qemu;
	unsigned ns_per_instruction;
};

/* Append the job of @c to @out. 0, or -1 with @err set: a file that the case needs is not there. */
int job_pack(struct script *s, const struct plan_case *c, const struct perform_setting *setting,
             const struct job_words *words, struct buf *out, struct err *err);

/* In the guest, the job unpacked below /. The seed of the case. -1 with @err set. */
int job_seed(uint64_t *seed, struct err *err);
/* There, in a process of its own (isolate_fork(), isolate_settle()): play it, and append the result
 * to @out. Returns 0, or -1 with @err set: the job makes no sense here. */
int job_play(struct script *s, struct buf *out, struct err *err);

/* The outcome of a result into @o, and its files into the case directory of @setting, if they are
 * wanted. The bytes come from a guest and are believed nothing. -1 with @err set: not a result. */
int job_result(const void *bytes, size_t len, const struct perform_setting *setting,
               struct outcome *o, struct err *err);

/* In what the outcome says, the scenario's path as it is here. */
void job_own_paths(const struct plan_case *c, struct outcome *o);

#endif
