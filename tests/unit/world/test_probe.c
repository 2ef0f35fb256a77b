/* SPDX-License-Identifier: MIT */
/*
 * test_probe.c - every probe answers, with a mend for what fails
 */
#include "world/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_probe_answers(void **state)
{
	struct probe_answer out[PROBE_COUNT];
	(void)state;
	probe_machine(out);
	for (int i = 0; i < PROBE_COUNT; i++) {
		print_message("%-10s %s %s %s\n", probe_text((enum probe_what)i),
		              out[i].works ? "yes" : "no", out[i].detail, out[i].mend);
		assert_true(strlen(out[i].detail) > 0);
		assert_null(strchr(out[i].detail, '\n'));
		if (out[i].works)
			assert_string_equal(out[i].mend, "");
	}
	/* what needs namespaces cannot work without them */
	if (!out[PROBE_NAMESPACES].works) {
		assert_false(out[PROBE_TUN].works || out[PROBE_VETH].works ||
		             out[PROBE_CAPTURE].works);
		assert_true(strlen(out[PROBE_NAMESPACES].mend) > 0);
	}
}

int main(void)
{
	const struct CMUnitTest list[] = {cmocka_unit_test(every_probe_answers)};
	return cmocka_run_group_tests(list, NULL, NULL);
}
