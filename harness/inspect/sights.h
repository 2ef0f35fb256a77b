/* SPDX-License-Identifier: MIT */
/*
 * sights.h - a packet that several interfaces saw, and says so: is this the first sight of it?
 *
 * Who captures on several interfaces gives each sight of a packet the same epb_packetid
 * (draft-ietf-opsawg-pcapng section 4.3). Only the latest ids are remembered, as many as their
 * lowest sixteen bits tell apart, so memory does not grow with the file.
 */
#ifndef SOCKPROOF_INSPECT_SIGHTS_H
#define SOCKPROOF_INSPECT_SIGHTS_H
#include "inspect/records.h"
#include <stdbool.h>

struct sights; /* opaque */

struct sights *sights_open(void);
void sights_close(struct sights **s);

/*
 * @r has an id. Was it seen on another interface before? Not when it is another packet by now,
 * from or to other ends: translated on its way, it belongs to other conversations.
 */
bool sights_again(struct sights *s, const struct record *r);

#endif
