/* SPDX-License-Identifier: MIT */
/*
 * No server: writes to stdout and stderr as fast as it can, without end (which is at 16 GiB each).
 * Must happen: a few MiB are kept, the rest is read and thrown away, and time ends it. 0 of 40: it
 * did not listen.
 */
#include "attack.h"

int main(void)
{
	static char line[1 << 16];

	memset(line, 'A', sizeof line);
	for (size_t i = 79; i < sizeof line; i += 80)
		line[i] = '\n';
	tried("to flood");
	for (long i = 0; i < 16L << 14; i++) {
		if (write(1, line, sizeof line) < 0 || write(2, line, sizeof line) < 0)
			return 1;
	}
	breach("it all was taken");
}
