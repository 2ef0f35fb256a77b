/* SPDX-License-Identifier: MIT */
/*
 * clock.h - the one clock of a case: int64_t nanoseconds of CLOCK_MONOTONIC
 */
#ifndef SOCKPROOF_BASE_CLOCK_H
#define SOCKPROOF_BASE_CLOCK_H
#include <stdint.h>

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

int64_t clock_now(void);  /* CLOCK_MONOTONIC, ns */
int64_t clock_wall(void); /* CLOCK_REALTIME, ns since 1970 */
int64_t clock_tick(void); /* ns between two of the kernel's ticks, 1/HZ */

#endif
