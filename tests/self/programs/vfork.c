/* SPDX-License-Identifier: MIT */
/*
 * vfork.c - makes a child that is held between vfork(2) and execve(2) by a FIFO until somebody
 * writes to it
 *
 *   vfork FIFO vfork|clone|spawn [thread]
 * Makes FIFO; the child opens it and becomes echo(1). By clone(2) as musl's posix_spawn(3) does, by
 * posix_spawn(3) as this libc does. With "thread" another thread waits for stdin meanwhile.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *echo[] = {(char[]){"echo"}, (char[]){"executed"}, NULL};

static int child(void *fifo)
{
	if (open(fifo, O_RDONLY) >= 0)
		execve("/bin/echo", echo, environ);
	_exit(1);
}

static pid_t by_clone(char *fifo)
{
	static char stack[65536] __attribute__((aligned(16)));

	return clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, fifo);
}

static pid_t by_spawn(char *fifo)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions) != 0 ||
	    posix_spawn_file_actions_addopen(&actions, 5, fifo, O_RDONLY, 0) != 0 ||
	    posix_spawn(&pid, "/bin/echo", &actions, NULL, echo, environ) != 0)
		return -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static void *read_input(void *arg)
{
	char byte;

	if (read(0, &byte, 1) == 1)
		puts("has input");
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 3 || mkfifo(argv[1], 0600) < 0 ||
	    (argc > 3 && pthread_create(&thread, NULL, read_input, NULL) != 0))
		return 1;
	puts("begins");
	if (strcmp(argv[2], "vfork") == 0) {
		pid = vfork();
		if (pid == 0)
			child(argv[1]);
	} else {
		pid = strcmp(argv[2], "clone") == 0 ? by_clone(argv[1]) : by_spawn(argv[1]);
	}
	if (pid < 0)
		return 1;
	puts("goes on");
	waitpid(pid, NULL, 0);
	return argc > 3 ? pthread_join(thread, NULL) : 0;
}
