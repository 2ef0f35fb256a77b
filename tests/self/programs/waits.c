/* SPDX-License-Identifier: MIT */
/*
 * waits.c - waits for its input in a call that comes back early only for a signal with a handler
 *
 *   waits poll|poll-limit|ppoll|select|pause [handler]
 * "handler": for SIGUSR1, that does nothing; pause(2) has nothing else to come back for.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

static void nothing(int sig)
{
	(void)sig;
}

static int await_input(const char *how)
{
	struct pollfd f = {.fd = 0, .events = POLLIN};
	fd_set input;

	if (strcmp(how, "poll") == 0)
		return poll(&f, 1, -1);
	if (strcmp(how, "poll-limit") == 0)
		return poll(&f, 1, 1000000);
	if (strcmp(how, "ppoll") == 0)
		return ppoll(&f, 1, NULL, NULL);
	if (strcmp(how, "pause") == 0)
		return pause();
	FD_ZERO(&input);
	FD_SET(0, &input);
	return select(1, &input, NULL, NULL, NULL);
}

int main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = nothing};

	if (argc < 2 || (argc > 2 && sigaction(SIGUSR1, &act, NULL) < 0))
		return 1;
	int result = await_input(argv[1]);
	puts(result < 0 ? strerror(errno) : "input");
	return 0;
}
