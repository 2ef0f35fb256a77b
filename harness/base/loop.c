/* SPDX-License-Identifier: MIT */
/*
 * loop.c - see loop.h
 *
 * Theory. A watch lives until it is removed; one that is removed while a batch of events is being
 * handled is only marked and freed after the batch, so that an event further down the batch finds
 * it marked and not freed. The timerfd ends a wait to the nanosecond, which epoll_wait(2)'s
 * milliseconds cannot.
 */
#include "base/loop.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct loop_watch {
	struct loop *loop;
	struct loop_watch *previous, *next;
	int fd;
	bool removed;
	loop_fn *fn;
	void *arg;
};

struct loop {
	int epoll, timer;
	int64_t armed; /* what the timer is set to; 0: disarmed */
	struct loop_watch *watches, *graveyard;
};

#define BATCH 32

struct loop *loop_open(struct err *err)
{
	struct loop *l = mem_zero(1, sizeof *l);
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};

	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (l->epoll < 0 || l->timer < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->timer, &ev) < 0) {
		err_sys(err, errno, "event loop");
		loop_close(&l);
		return NULL;
	}
	return l;
}

static void free_list(struct loop_watch **list)
{
	while (*list) {
		struct loop_watch *w = *list;

		*list = w->next;
		free(w);
	}
}

void loop_close(struct loop **l)
{
	if (!*l)
		return;
	free_list(&(*l)->watches);
	free_list(&(*l)->graveyard);
	if ((*l)->epoll >= 0)
		close((*l)->epoll);
	if ((*l)->timer >= 0)
		close((*l)->timer);
	free(*l);
	*l = NULL;
}

struct loop_watch *loop_add(struct loop *l, int fd, uint32_t events, loop_fn *fn, void *arg,
                            struct err *err)
{
	struct loop_watch *w = mem_zero(1, sizeof *w);
	struct epoll_event ev = {.events = events, .data.ptr = w};

	*w = (struct loop_watch){.loop = l, .next = l->watches, .fd = fd, .fn = fn, .arg = arg};
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) < 0) {
		err_sys(err, errno, "watching descriptor %d", fd);
		free(w);
		return NULL;
	}
	if (l->watches)
		l->watches->previous = w;
	l->watches = w;
	return w;
}

void loop_remove(struct loop *l, struct loop_watch **w)
{
	struct loop_watch *gone = *w;

	if (!gone)
		return;
	*w = NULL;
	/* fails only when the descriptor was closed before: then the kernel has forgotten it
	 * already */
	(void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, gone->fd, NULL);
	if (gone->previous)
		gone->previous->next = gone->next;
	else
		l->watches = gone->next;
	if (gone->next)
		gone->next->previous = gone->previous;
	gone->removed = true;
	gone->next = l->graveyard;
	l->graveyard = gone;
}

/* Set the timer to fire at @until, unless it is set so already. */
static int arm(struct loop *l, int64_t until, struct err *err)
{
	struct itimerspec spec = {0};

	if (l->armed == until)
		return 0;
	spec.it_value.tv_sec = until / NS_PER_S;
	spec.it_value.tv_nsec = until % NS_PER_S;
	if (timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &spec, NULL) < 0)
		return err_sys(err, errno, "setting the timer");
	l->armed = until;
	return 0;
}

static int dispatch(struct loop *l, const struct epoll_event *events, int count, struct err *err)
{
	int handled = 0;

	for (int i = 0; i < count; i++) {
		struct loop_watch *w = events[i].data.ptr;
		uint64_t expirations;

		if (!w) { /* the timer: it has done its work by waking us */
			if (read(l->timer, &expirations, sizeof expirations) < 0 && errno != EAGAIN)
				return err_sys(err, errno, "reading the timer");
			l->armed = 0;
			continue;
		}
		if (w->removed)
			continue;
		if (w->fn(w->arg, events[i].events, err) < 0)
			return -1;
		handled++;
	}
	return handled;
}

int loop_step(struct loop *l, int64_t until, struct err *err)
{
	struct epoll_event events[BATCH];

	for (;;) {
		int timeout = -1, count, handled;

		if (until <= clock_now())
			timeout = 0;
		else if (until != INT64_MAX && arm(l, until, err) < 0)
			return -1;
		count = epoll_wait(l->epoll, events, BATCH, timeout);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return err_sys(err, errno, "epoll_wait");
		handled = dispatch(l, events, count, err);
		free_list(&l->graveyard);
		if (handled != 0 || timeout == 0)
			return handled;
	}
}
