/* SPDX-License-Identifier: MIT */
/*
 * waker-marks-runnable.c - a thread asleep in recv is no longer asleep in /proc, or has been on a
 * processor since, by the time the write(2) that delivered its packet into a TUN has returned
 * (kernel/sched/core.c, try_to_wake_up() sets the state before it returns to the waker)
 *
 * Asleep means off its processor, as harness/program/proc.c has it: a thread that has run and is
 * about to sleep again has its state S before its switch is counted.
 */
#include "fact.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>

#define OFTEN 500

struct look {
	char state;
	unsigned long switches;
};

static void read_file(const char *path, char *room, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, room, size - 1);
	if (n < 0) {
		perror(path);
		exit(UNTRIED);
	}
	room[n] = '\0';
	close(fd);
}

static struct look look(pid_t pid)
{
	char path[64], text[4096];
	struct look l = {.state = '?'};
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	read_file(path, text, sizeof text);
	const char *state = strstr(text, "State:\t"),
	           *switches = strstr(text, "\nvoluntary_ctxt_switches:\t");
	if (state)
		l.state = state[7];
	if (switches)
		l.switches = strtoul(switches + strlen("\nvoluntary_ctxt_switches:\t"), NULL, 10);
	return l;
}

/* Only off its processor does /proc/PID/syscall tell its call instead of "running". */
static bool sleeps(pid_t pid, struct look *l)
{
	char path[64], text[256];
	snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
	read_file(path, text, sizeof text);
	*l = look(pid);
	return strncmp(text, "running", 7) != 0 && l->state == 'S';
}

static int fact(void)
{
	struct world *w = two_hosts();
	struct sock_address a = address_of(w, SERVER, 4, PORT);
	int server = open_socket(w, SERVER, SOCK_KIND_UDP, 4),
	    client = open_socket(w, CLIENT, SOCK_KIND_UDP, 4);
	must_be(sock_bind(server, &a), 0, "bind");
	if (fcntl(server, F_SETFL, 0) < 0)
		return UNTRIED;
	pid_t pid = fork();
	if (pid == 0) {
		char byte;
		for (;;)
			(void)!read(server, &byte, 1);
	}
	int result = HOLDS;
	for (int i = 0; i < OFTEN && result == HOLDS; i++) {
		struct look before, after;

		while (!sleeps(pid, &before))
			sched_yield();
		must_be(sock_send(client, "x", 1, 0, &a), 0, "send");
		carry_one(w, CLIENT);
		if (sleeps(pid, &after) && after.switches == before.switches)
			result = differs("asleep after the packet was delivered, try %d of %d",
			                 i + 1, OFTEN);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	world_close(&w);
	return result;
}

int main(void)
{
	return in_isolation(fact);
}
