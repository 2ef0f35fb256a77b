/* SPDX-License-Identifier: MIT */
/*
 * against.h - references: what the main case of each scenario left when somebody last looked at it
 *
 * FOLDER/TOPIC/BEHAVIOUR/ holds the capture and the normalised trace of the first case of that
 * scenario's plan. A case agrees with its reference when it passes and its trace is the same: what
 * a kernel may choose (times, segmentation, retransmissions, ports) is not in a trace. Where they
 * part is told by diff/.
 */
#ifndef SOCKPROOF_CLI_AGAINST_H
#define SOCKPROOF_CLI_AGAINST_H
#include "cli/cli.h"

struct buf;
struct against; /* opaque */

/* Compare with @folder; accept: renew what differs, write what is missing. Borrowed. */
struct against *against_open(const char *folder, bool accept);
void against_close(struct against **a);

/* What @c came to; directory: of its evidence, or "". */
void against_take(struct against *a, const struct plan_case *c, const struct outcome *o,
                  const char *directory);
/* References whose scenario is none of @found are stale. */
void against_stale(struct against *a, const struct discovery *found);

/* What parts, for people; nothing when nothing does. */
void against_text(const struct against *a, struct buf *out);
/* Writes FOLDER/README.md after renewals. Returns -1 to go on with the run's own status, or the
 * exit status: EXIT_FAILED when something parts and was not accepted, EXIT_ERRED after a complaint.
 */
int against_finish(struct against *a);

#endif
