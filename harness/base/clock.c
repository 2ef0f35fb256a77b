/* SPDX-License-Identifier: MIT */
/* clock.c - see clock.h; clock_gettime(2) and clock_getres(2) cannot fail for these clocks */
#include "base/clock.h"
#include <time.h>

static int64_t now(clockid_t id)
{
	struct timespec ts = {0};

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t clock_now(void)
{
	return now(CLOCK_MONOTONIC);
}

int64_t clock_wall(void)
{
	return now(CLOCK_REALTIME);
}

/* That clock is moved on at each tick (clock_getres(2), "coarse"; kernel/time/posix-timers.c). */
int64_t clock_tick(void)
{
	struct timespec ts = {0};

	clock_getres(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}
