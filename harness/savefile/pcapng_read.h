/* SPDX-License-Identifier: MIT */
/*
 * pcapng_read.h - the reader behind capture_file_open(): one block at a time, from a stream
 */
#ifndef SOCKPROOF_SAVEFILE_PCAPNG_READ_H
#define SOCKPROOF_SAVEFILE_PCAPNG_READ_H
#include "savefile/pcapng.h"
#include <stdint.h>
#include <stdio.h>

struct capture_packet;
struct err;
struct pcapng_reader; /* opaque */

/* Read from @f, which is at its start; it becomes the reader's. */
struct pcapng_reader *pcapng_reader_open(FILE *f);
void pcapng_reader_close(struct pcapng_reader **r);

/*
 * The next packet: number, ip and ip_len are left to the caller. Borrowed until the next call.
 * Returns 1, 0 at the end, -1 with @err set ("at byte 1234: …").
 */
int pcapng_reader_next(struct pcapng_reader *r, struct capture_packet *p, struct err *err);

/* As capture_file_section(). */
const struct pcapng_section *pcapng_reader_section(const struct pcapng_reader *r);

#endif
