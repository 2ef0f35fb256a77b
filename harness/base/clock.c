/* SPDX-License-Identifier: MIT */
/* clock.c - see clock.h; clock_gettime(2) cannot fail for these two clocks */
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
