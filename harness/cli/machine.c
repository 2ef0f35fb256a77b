/* SPDX-License-Identifier: MIT */
/* machine.c - whether scenarios can run here, and with what */
#include "cli/runner.h"
#include "world/isolate.h"
#include "world/probe.h"
#include <stdlib.h>

int runner_machine(struct runner_setting *s)
{
	struct probe_answer answers[PROBE_COUNT];

	probe_machine(answers);
	s->user = isolate_needs_user();
	s->use_tun = answers[PROBE_TUN].works && !getenv("SOCKPROOF_NO_TUN");
	for (int i = 0; i < PROBE_COUNT; i++) {
		/* without TUN, tracing and accounting, only those scenarios that need it are
		 * skipped */
		if (answers[i].works || i == PROBE_TUN || i == PROBE_TRACE ||
		    i == PROBE_ACCOUNTING || (i == PROBE_VETH && s->use_tun))
			continue;
		return cli_complain(EXIT_MACHINE, "this machine cannot: %s: %s%s%s",
		                    probe_text((enum probe_what)i), answers[i].detail,
		                    answers[i].mend[0] ? "\nsockproof: mend: " : "",
		                    answers[i].mend);
	}
	return -1;
}
