/* SPDX-License-Identifier: MIT */
/*
 * Binds whatever port it is not asked to listen on, TCP and UDP, and every name that others may
 * want: from 1 on, until it has no descriptors left but those that the server beside it needs.
 * Must happen: that is its own host's affair; nobody else notices. The server is right: 40 of 40.
 */
#include "attack.h"
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static bool take(int type, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
	int fd = socket(AF_INET, type, 0);

	if (fd < 0)
		return false;
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 1) < 0)) {
		close(fd);
		return false;
	}
	return true;
}

BEFORE_MAIN attack(int argc, char **argv)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int mine = argc > 1 ? atoi(argv[1]) : 0, taken = 0;

	for (int port = 1; port < 65536 && taken < 180; port++) {
		if (port == mine)
			continue;
		taken += take(SOCK_STREAM, port);
		taken += take(SOCK_DGRAM, port);
	}
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(name.sun_path + 1, NAME, strlen(NAME));
	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&name,
	            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(NAME))) == 0)
		breach("an abstract name of the machine is there");
	tried("to take ports, got %d", taken);
}
