/* SPDX-License-Identifier: MIT */
/* pieces.c - what it is told how (msg or vec), echoes stdin with it through a socket pair, in
 * pieces of two and three bytes */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char in[8] = "abcde", out[8] = {0};
	struct iovec from[2] = {{in, 2}, {in + 2, 3}}, to[2] = {{out, 2}, {out + 2, 3}};
	struct msghdr give = {.msg_iov = from, .msg_iovlen = 2},
	              take = {.msg_iov = to, .msg_iovlen = 2};
	int ends[2];

	if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return 1;
	int msg = strcmp(argv[1], "msg") == 0;
	ssize_t sent = msg ? sendmsg(ends[0], &give, 0) : writev(ends[0], from, 2);
	if (sent < 5 && write(ends[0], in + sent, (size_t)(5 - sent)) != 5 - sent)
		return 1;
	ssize_t got = msg ? recvmsg(ends[1], &take, 0) : readv(ends[1], to, 2);
	/* the lengths are the program's own again */
	if (from[0].iov_len != 2 || to[0].iov_len != 2 || give.msg_iovlen != 2 ||
	    take.msg_iovlen != 2)
		return 1;
	printf("sent %zd got %zd \"%s\"\n", sent, got, out);
	return 0;
}
