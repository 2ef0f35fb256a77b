/* SPDX-License-Identifier: MIT */
/* test_loop.c - handlers run when their descriptor is ready, not when removed; waits end in time */
#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#define ok(call)                                                                                   \
	do {                                                                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s", #call, err.text);                                       \
	} while (0)

struct bell {
	struct loop *loop;
	int fd;
	struct loop_watch *watch;
	int rung;
	uint32_t events;
	struct bell *other; /* to be removed, or added, by its handler */
	int fails;
};

static int ring(void *arg, uint32_t events, struct err *err)
{
	struct bell *b = arg;
	uint64_t n;
	b->rung++;
	b->events = events;
	if (read(b->fd, &n, sizeof n) < 0)
		return err_sys(err, errno, "read");
	return b->fails ? err_set(err, EIO, "bell broke") : 0;
}

static int ring_and_remove(void *arg, uint32_t events, struct err *err)
{
	struct bell *b = arg;
	loop_remove(b->loop, &b->other->watch);
	return ring(arg, events, err);
}

static int ring_and_add(void *arg, uint32_t events, struct err *err)
{
	struct bell *b = arg;
	b->other->watch = loop_add(b->loop, b->other->fd, EPOLLIN, ring, b->other, err);
	return b->other->watch ? ring(arg, events, err) : -1;
}

static struct bell bell_in(struct loop *l)
{
	struct bell b = {.loop = l, .fd = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC)};
	assert_true(b.fd >= 0);
	return b;
}

static void watch(struct bell *b, loop_fn *fn)
{
	struct err err = {0};
	ok(b->watch = loop_add(b->loop, b->fd, EPOLLIN, fn, b, &err));
}

static struct loop *open_loop(void)
{
	struct err err = {0};
	struct loop *l = loop_open(&err);
	ok(l != NULL);
	return l;
}

static void handles_what_is_ready(void **state)
{
	struct err err = {0};
	struct loop *l = open_loop();
	struct bell a = bell_in(l), b = bell_in(l);
	uint64_t one = 1;
	(void)state;
	watch(&a, ring);
	watch(&b, ring);
	assert_int_equal(loop_step(l, INT64_MAX, &err), 2);
	assert_int_equal(a.rung, 1);
	assert_int_equal(b.rung, 1);
	assert_int_equal(a.events, EPOLLIN);
	assert_int_equal(loop_step(l, 0, &err), 0);
	assert_int_equal(write(b.fd, &one, sizeof one), sizeof one);
	assert_int_equal(loop_step(l, INT64_MAX, &err), 1);
	assert_int_equal(a.rung, 1);
	assert_int_equal(b.rung, 2);
	/* a past time: no wait, but what is ready is handled */
	assert_int_equal(write(a.fd, &one, sizeof one), sizeof one);
	assert_int_equal(loop_step(l, 0, &err), 1);
	assert_int_equal(a.rung, 2);
	/* a watch that is removed is called no more */
	loop_remove(l, &a.watch);
	assert_null(a.watch);
	loop_remove(l, &a.watch);
	assert_int_equal(write(a.fd, &one, sizeof one), sizeof one);
	assert_int_equal(loop_step(l, 0, &err), 0);
	assert_int_equal(a.rung, 2);
	/* and may be watched anew */
	watch(&a, ring);
	assert_int_equal(loop_step(l, INT64_MAX, &err), 1);
	assert_int_equal(a.rung, 3);
	loop_close(&l);
	assert_null(l);
	loop_close(&l);
	close(a.fd);
	close(b.fd);
}

/* Both are ready; whichever comes first removes the other. */
static void removed_while_handling(void **state)
{
	struct err err = {0};
	struct loop *l = open_loop();
	struct bell a = bell_in(l), b = bell_in(l);
	(void)state;
	a.other = &b;
	b.other = &a;
	watch(&a, ring_and_remove);
	watch(&b, ring_and_remove);
	assert_int_equal(loop_step(l, INT64_MAX, &err), 1);
	assert_int_equal(a.rung + b.rung, 1);
	assert_int_equal(!!a.watch + !!b.watch, 1);
	assert_int_equal(loop_step(l, 0, &err), 0);
	/* itself */
	struct bell c = bell_in(l);
	uint64_t one = 1;
	c.other = &c;
	watch(&c, ring_and_remove);
	assert_int_equal(loop_step(l, INT64_MAX, &err), 1);
	assert_int_equal(write(c.fd, &one, sizeof one), sizeof one);
	assert_int_equal(loop_step(l, 0, &err), 0);
	assert_int_equal(c.rung, 1);
	loop_close(&l);
	close(a.fd);
	close(b.fd);
	close(c.fd);
}

static void added_while_handling(void **state)
{
	struct err err = {0};
	struct loop *l = open_loop();
	struct bell a = bell_in(l), b = bell_in(l);
	(void)state;
	a.other = &b;
	watch(&a, ring_and_add);
	assert_int_equal(loop_step(l, INT64_MAX, &err), 1);
	assert_int_equal(a.rung, 1);
	assert_int_equal(b.rung, 0);
	assert_int_equal(loop_step(l, INT64_MAX, &err), 1);
	assert_int_equal(b.rung, 1);
	loop_close(&l);
	close(a.fd);
	close(b.fd);
}

static void more_than_a_batch(void **state)
{
	struct err err = {0};
	struct loop *l = open_loop();
	struct bell many[100];
	int steps = 0, n, handled = 0;
	(void)state;
	for (int i = 0; i < 100; i++) {
		many[i] = bell_in(l);
		watch(&many[i], ring);
	}
	while ((n = loop_step(l, 0, &err)) > 0) {
		handled += n;
		steps++;
	}
	assert_int_equal(n, 0);
	assert_int_equal(handled, 100);
	assert_true(steps > 1);
	for (int i = 0; i < 100; i += 2)
		loop_remove(l, &many[i].watch);
	loop_close(&l); /* frees those in use and those removed */
	for (int i = 0; i < 100; i++) {
		assert_int_equal(many[i].rung, 1);
		close(many[i].fd);
	}
}

static void errors_end_the_step(void **state)
{
	struct err err = {0};
	struct loop *l = open_loop();
	struct bell a = bell_in(l);
	(void)state;
	a.fails = 1;
	watch(&a, ring);
	assert_int_equal(loop_step(l, INT64_MAX, &err), -1);
	assert_string_equal(err.text, "bell broke");
	assert_int_equal(err.code, EIO);
	/* a descriptor that cannot be watched */
	assert_null(loop_add(l, a.fd, EPOLLIN, ring, &a, &err));
	assert_int_equal(err.code, EEXIST);
	assert_null(loop_add(l, -1, EPOLLIN, ring, &a, &err));
	assert_int_equal(err.code, EBADF);
	assert_non_null(strstr(err.text, "watching descriptor -1"));
	loop_close(&l);
	close(a.fd);
}

/* Nothing is ready: the wait ends at its time, never before it. */
static void waits_until(void **state)
{
	struct err err = {0};
	struct loop *l = open_loop();
	struct bell a = bell_in(l);
	(void)state;
	for (int i = 0; i < 5; i++) {
		int64_t until = clock_now() + i * NS_PER_MS / 2 + 1;
		assert_int_equal(loop_step(l, until, &err), 0);
		assert_true(clock_now() >= until);
	}
	/* the earlier of two is over and leaves nothing behind that would end the later one */
	int64_t soon = clock_now() + 2 * NS_PER_MS, later = soon + 5 * NS_PER_MS;
	watch(&a, ring);
	assert_int_equal(loop_step(l, soon, &err), 1);
	assert_int_equal(loop_step(l, later, &err), 0);
	assert_true(clock_now() >= later);
	/* nor does a later one that is still set delay an earlier */
	uint64_t one = 1;
	assert_int_equal(write(a.fd, &one, sizeof one), sizeof one);
	assert_int_equal(loop_step(l, clock_now() + 3600 * NS_PER_S, &err), 1);
	soon = clock_now() + NS_PER_MS;
	assert_int_equal(loop_step(l, soon, &err), 0);
	assert_true(clock_now() >= soon);
	loop_close(&l);
	close(a.fd);
}

static void past_times(void **state)
{
	struct err err = {0};
	struct loop *l = open_loop();
	(void)state;
	assert_int_equal(loop_step(l, clock_now(), &err), 0);
	assert_int_equal(loop_step(l, 1, &err), 0);
	assert_int_equal(loop_step(l, 0, &err), 0);
	assert_int_equal(loop_step(l, -1, &err), 0);
	assert_int_equal(loop_step(l, INT64_MIN, &err), 0);
	loop_close(&l);
}

int main(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(handles_what_is_ready),
	    cmocka_unit_test(removed_while_handling),
	    cmocka_unit_test(added_while_handling),
	    cmocka_unit_test(more_than_a_batch),
	    cmocka_unit_test(errors_end_the_step),
	    cmocka_unit_test(waits_until),
	    cmocka_unit_test(past_times),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}
