/* SPDX-License-Identifier: MIT */
/* test_witness.c - a play whose evidence was lost or contradicts itself does not end well */
#include "../isolated.h"
#include "script/play.h"
#include "script/tap.h"
#include <string.h>

/* What libpcap is made to say it lost (the linker wraps live_lost(), see tests/CMakeLists.txt). */
static int64_t lost;

int64_t __wrap_live_lost(struct live_capture *l, struct err *err);
int64_t __wrap_live_lost(struct live_capture *l, struct err *err)
{
	(void)l;
	(void)err;
	return lost;
}

static int open_play(void **state)
{
	static const struct play_setting setting = {
	    .kind = WORLD_WIRE, .hosts = {"client", "server"}, .host_count = 2, .use_tun = true};
	struct err err = {0};
	struct play *p = play_open(&setting, &err);

	if (!p)
		print_error("%s\n", err.text);
	lost = 0;
	*state = p;
	return p ? 0 : -1;
}

static int close_play(void **state)
{
	struct play *p = *state;

	play_close(&p);
	return 0;
}

static void nothing_lost_and_nothing_said_ends_well(void **state)
{
	struct err err = {0};

	ok(play_end(*state, &err) == 0);
}

static void a_packet_that_only_the_wire_saw_is_an_error(void **state)
{
	static const unsigned char datagram[28] = {0x45, 0, 0, 28, [8] = 64, 17};
	struct play *p = *state;
	struct err err = {0};

	tap_wire(p->taps[1], true, 1, datagram, sizeof datagram);
	assert_int_equal(play_end(p, &err), -1);
	assert_non_null(strstr(err.text, "server"));
}

static void what_libpcap_lost_is_an_error(void **state)
{
	struct err err = {0};

	lost = 3;
	assert_int_equal(play_end(*state, &err), -1);
	assert_string_equal(err.text,
	                    "libpcap lost 3 packets on client: the evidence is not whole");
}

static int tests(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_play, close_play)
	const struct CMUnitTest all[] = {
	    T(nothing_lost_and_nothing_said_ends_well),
	    T(a_packet_that_only_the_wire_saw_is_an_error),
	    T(what_libpcap_lost_is_an_error),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}

int main(void)
{
	return run_isolated(tests);
}
