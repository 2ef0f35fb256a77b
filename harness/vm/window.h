/* SPDX-License-Identifier: MIT */
/*
 * window.h - the memory that host and guest both see: a job goes in, evidence comes out
 *
 * The guest's physical memory has two parts. The first is the kernel's. The second, the window, is
 * hidden from the kernel (mem=), so nobody but the guest's process 1 touches it, through /dev/mem;
 * on the host it is a file that QEMU maps. Reading and writing memory completes nothing: no
 * interrupt, no timer, and so nothing of the host's time can come into the guest.
 */
#ifndef SOCKPROOF_VM_WINDOW_H
#define SOCKPROOF_VM_WINDOW_H
#include <stdint.h>

#define WINDOW_KERNEL_MB 192 /* in front of it */
#define WINDOW_MB        64
#define WINDOW_BASE      ((uint64_t)WINDOW_KERNEL_MB << 20)
#define WINDOW_SIZE      ((uint64_t)WINDOW_MB << 20)
#define WINDOW_PAYLOAD   4096 /* where the payload begins */
#define WINDOW_ROOM      (WINDOW_SIZE - WINDOW_PAYLOAD)
#define WINDOW_MAGIC     UINT64_C(0x31776f646e697773)

/* Writing 1 to this port stops the machine between two instructions: QEMU's pvpanic device with
 * -action panic=pause (docs/specs/pvpanic). */
#define WINDOW_STOP_PORT 0x505
#define WINDOW_STOP      1

enum window_state {
	WINDOW_NOTHING = 0,
	WINDOW_READY = 1,  /* guest: booted; the snapshot is taken here */
	WINDOW_JOB = 2,    /* host: the payload is a job (job.h) */
	WINDOW_DONE = 3,   /* guest: the payload is the result (job.h) */
	WINDOW_FAILED = 4, /* guest: the payload says, in words, why there is no result */
};

struct window_head {
	uint64_t magic;
	uint64_t state; /* enum window_state */
	uint64_t len;   /* of the payload */
};

#endif
