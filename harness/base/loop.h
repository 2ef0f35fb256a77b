/* SPDX-License-Identifier: MIT */
/*
 * loop.h - one event loop over descriptors: epoll(7) and one timerfd(2)
 *
 * One thread owns a loop. Times are int64_t nanoseconds of CLOCK_MONOTONIC. Handlers may add and
 * remove watches, their own included; a removed watch is never called again.
 */
#ifndef SOCKPROOF_BASE_LOOP_H
#define SOCKPROOF_BASE_LOOP_H
#include <stdint.h>

struct err;
struct loop;
struct loop_watch;

/* events: EPOLLIN, EPOLLOUT, EPOLLHUP, … as epoll_wait(2) gave them. Returns 0, or -1 with @err
 * set: the loop's run ends with it. */
typedef int loop_fn(void *arg, uint32_t events, struct err *err);

struct loop *loop_open(struct err *err);
void loop_close(struct loop **l); /* frees remaining watches; closes none of their descriptors */

/* Watch @fd (borrowed). events may hold EPOLLET. Returns the watch, owned by the loop, or NULL with
 * @err set. */
struct loop_watch *loop_add(struct loop *l, int fd, uint32_t events, loop_fn *fn, void *arg,
                            struct err *err);
void loop_remove(struct loop *l,
                 struct loop_watch **w); /* before its descriptor is closed; NULL is fine */

/*
 * Handle what is ready; when nothing is, wait for it until @until (INT64_MAX: for ever; a past
 * time: do not wait). Returns how many handlers ran, 0 when the time came, -1 with @err set.
 */
int loop_step(struct loop *l, int64_t until, struct err *err);

#endif
