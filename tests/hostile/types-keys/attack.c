/* SPDX-License-Identifier: MIT */
/*
 * Types a command into the terminal of whoever grades (TIOCSTI, TIOCLINUX), and opens terminals by
 * their names.
 * Must happen: it has no terminal, and the call is refused. The server beside it is right: 40
 * of 40.
 */
#include "attack.h"
#include <sys/ioctl.h>
#include <termios.h>

static void type_on(int fd)
{
	static const char keys[] = "typed-by-the-submission\n";
	size_t done = 0;

	while (done < sizeof keys - 1 && ioctl(fd, TIOCSTI, &keys[done]) == 0)
		done++;
	if (done > 0)
		breach("typed %zu keys", done);
}

BEFORE_MAIN attack(void)
{
	char path[32];
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY);

	for (int i = 0; i < 3; i++)
		type_on(i);
	if (fd >= 0) {
		breach("it has a terminal");
		type_on(fd);
		close(fd);
	}
	for (int i = 0; i < 16; i++) {
		snprintf(path, sizeof path, i < 8 ? "/dev/pts/%d" : "/dev/tty%d", i % 8);
		fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
		if (fd < 0)
			continue;
		breach("%s can be opened", path);
		close(fd);
	}
	tried("to type");
}
