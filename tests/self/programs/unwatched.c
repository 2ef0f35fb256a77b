/* SPDX-License-Identifier: MIT */
/*
 * unwatched.c - a program that makes calls where a filter of seccomp(2) does not see them
 *
 * usage: unwatched io_uring | io_submit | supervisor | x32
 *
 * Prints "through it" or, where the kernel refuses that, "refused". By io_uring and io_submit it
 * writes to a socket, and fails when nothing came at the other end.
 */
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int pair[2];
static char hello[] = "hello";

static bool by_io_uring(void)
{
	struct io_uring_params p = {0};
	long ring = syscall(SYS_io_uring_setup, 4, &p);

	if (ring < 0)
		return false;
	char *queue = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(unsigned),
	                   PROT_READ | PROT_WRITE, MAP_SHARED, (int)ring, IORING_OFF_SQ_RING);
	struct io_uring_sqe *e = mmap(NULL, p.sq_entries * sizeof *e, PROT_READ | PROT_WRITE,
	                              MAP_SHARED, (int)ring, IORING_OFF_SQES);
	if (queue == MAP_FAILED || e == MAP_FAILED)
		return false;
	e->opcode = IORING_OP_WRITE;
	e->fd = pair[0];
	e->addr = (uintptr_t)hello;
	e->len = sizeof hello;
	*(unsigned *)(queue + p.sq_off.tail) = 1; /* the first entry of the array is 0 already */
	return syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1;
}

static bool by_io_submit(void)
{
	aio_context_t context = 0;
	struct iocb one = {.aio_lio_opcode = IOCB_CMD_PWRITE,
	                   .aio_fildes = (uint32_t)pair[0],
	                   .aio_buf = (uintptr_t)hello,
	                   .aio_nbytes = sizeof hello};
	struct iocb *list[] = {&one};

	return syscall(SYS_io_setup, 1, &context) == 0 &&
	       syscall(SYS_io_submit, context, 1, list) == 1;
}

/* Nobody has to answer: that somebody could is what the tracer has to notice. */
static bool by_supervisor(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog filter = {.len = 1, .filter = &allow};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
	               &filter) >= 0;
}

/* Kernels without x32 refuse it, but only after the filter. */
static bool by_x32(void)
{
#ifdef __x86_64__
	syscall(0x40000000L + SYS_getpid);
	return true;
#else
	return false;
#endif
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*way)(void);
		bool writes;
	} ways[] = {{"io_uring", by_io_uring, true},
	            {"io_submit", by_io_submit, true},
	            {"supervisor", by_supervisor, false},
	            {"x32", by_x32, false}};
	char got[sizeof hello] = "";

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return EXIT_FAILURE;
	for (size_t i = 0; argc == 2 && i < sizeof ways / sizeof *ways; i++) {
		if (strcmp(argv[1], ways[i].name) != 0)
			continue;
		if (!ways[i].way()) {
			puts("refused");
			return EXIT_SUCCESS;
		}
		if (ways[i].writes && recv(pair[1], got, sizeof got, 0) != sizeof got)
			return EXIT_FAILURE;
		puts("through it");
		return EXIT_SUCCESS;
	}
	return EXIT_FAILURE;
}
