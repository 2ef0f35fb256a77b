/* SPDX-License-Identifier: MIT */
/*
 * test_sock.c - scripted sockets: every call's outcome as it was, in every family
 */
#include "../isolated.h"
#include "socket/diag.h"
#include "socket/sock.h"
#include "world/world.h"
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct host *host; /* the group's only one */
static struct world *world;

static int open_host(void **state)
{
	static const char *const names[] = {"host"};
	struct err err = {0};
	(void)state;
	world = world_open(WORLD_LOOP, names, 1, false, &err);
	if (!world)
		print_error("%s\n", err.text);
	host = world ? world_host(world, 0) : NULL;
	return world ? 0 : -1;
}

static int close_host(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static int open_kind(enum sock_kind kind, int version)
{
	struct err err = {0};
	int fd = sock_open(host, kind, version, &err);
	ok(fd >= 0);
	return fd;
}

static void expect(struct sock_outcome o, int64_t result, int error)
{
	assert_int_equal(o.error, error);
	assert_int_equal(o.result, result);
}

static struct sock_address local(int version, uint16_t port)
{
	struct sock_address a = {0};
	a.end.addr = *host_address(host, version);
	a.end.port = port;
	return a;
}

static void wait_for(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};
	assert_int_equal(poll(&p, 1, 60000), 1);
}

static void kinds_have_names(void **state)
{
	(void)state;
	for (int k = 0; k <= SOCK_KIND_UNIX_SEQPACKET; k++)
		assert_int_equal(sock_kind_number(sock_kind_text((enum sock_kind)k)), k);
	assert_int_equal(sock_kind_number("sctp"), -1);
}

static void tcp_there_and_back(void **state)
{
	char room[16] = "", text[32];
	(void)state;
	for (int version = 4; version <= 6; version += 2) {
		struct sock_address a = local(version, 6000), peer, own;
		int listener = open_kind(SOCK_KIND_TCP, version),
		    client = open_kind(SOCK_KIND_TCP, version);
		expect(sock_bind(listener, &a), 0, 0);
		expect(sock_listen(listener, 4), 0, 0);
		expect(sock_accept(listener, NULL), -1, EAGAIN);
		struct sock_outcome o = sock_connect(client, &a);
		assert_true(o.result == 0 || o.error == EINPROGRESS);
		wait_for(client, POLLOUT);
		expect(sock_take_error(client), 0, 0);
		wait_for(listener, POLLIN);
		o = sock_accept(listener, &peer);
		assert_int_equal(o.error, 0);
		int server = (int)o.result;
		expect(sock_name(client, &own), 0, 0);
		assert_true(packet_end_equal(&own.end, &peer.end));
		assert_true(own.end.port >= 40000 && own.end.port <= 49999);
		expect(sock_peer(client, &peer), 0, 0);
		assert_int_equal(peer.end.port, 6000);
		assert_true(fcntl(server, F_GETFL) & O_NONBLOCK);
		assert_true(fcntl(server, F_GETFD) & FD_CLOEXEC);
		struct buf b = {0};
		sock_address_text(&peer, &b);
		snprintf(text, sizeof text, "%s", version == 4 ? "127.0.0.1:6000" : "[::1]:6000");
		assert_string_equal(buf_text(&b), text);
		buf_free(&b);

		expect(sock_recv(server, room, sizeof room, 0, NULL, NULL), -1, EAGAIN);
		expect(sock_send(client, "hello", 5, 0, NULL), 5, 0);
		wait_for(server, POLLIN);
		expect(sock_recv(server, room, sizeof room, sock_flag("PEEK"), NULL, NULL), 5, 0);
		expect(sock_recv(server, room, 2, 0, NULL, NULL), 2, 0);
		expect(sock_recv(server, room, sizeof room, 0, NULL, NULL), 3, 0);
		expect(sock_shutdown(client, SHUT_WR), 0, 0);
		wait_for(server, POLLIN);
		expect(sock_recv(server, room, sizeof room, 0, NULL, NULL), 0, 0);
		expect(sock_send(client, "x", 1, 0, NULL), -1, EPIPE);
		expect(sock_linger(server, 0), 0, 0);
		close(server);
		wait_for(client, POLLHUP);
		expect(sock_take_error(client), ECONNRESET, 0);
		close(client);
		close(listener);
	}
}

static void refusals(void **state)
{
	struct sock_address a = local(4, 6001), none;
	(void)state;
	int fd = open_kind(SOCK_KIND_TCP, 4);
	struct sock_outcome o = sock_connect(fd, &a);
	if (o.error == EINPROGRESS) {
		wait_for(fd, POLLOUT | POLLERR);
		expect(sock_take_error(fd), ECONNREFUSED, 0);
	} else {
		expect(o, -1, ECONNREFUSED);
	}
	expect(sock_peer(fd, &none), -1, ENOTCONN);
	expect(sock_listen(-1, 1), -1, EBADF);
	close(fd);
}

static void udp_to_and_from(void **state)
{
	char room[4] = "";
	int flags;
	(void)state;
	for (int version = 4; version <= 6; version += 2) {
		struct sock_address a = local(version, 6002), from;
		int server = open_kind(SOCK_KIND_UDP, version),
		    client = open_kind(SOCK_KIND_UDP, version);
		expect(sock_bind(server, &a), 0, 0);
		expect(sock_send(client, "too long", 8, 0, &a), 8, 0);
		wait_for(server, POLLIN);
		expect(sock_recv(server, room, sizeof room, 0, &from, &flags), 4, 0);
		assert_int_equal(flags, MSG_TRUNC);
		assert_int_equal(from.end.addr.version, version);
		assert_true(from.end.port != 0);
		expect(sock_connect(client, &a), 0, 0);
		expect(sock_connect(client, NULL), 0, 0); /* dissolved */
		expect(sock_send(client, "x", 1, 0, NULL), -1,
		       version == 4 ? EDESTADDRREQ : EDESTADDRREQ);
		close(server);
		close(client);
	}
}

static void unix_sockets(void **state)
{
	static const enum sock_kind kinds[] = {SOCK_KIND_UNIX_STREAM, SOCK_KIND_UNIX_SEQPACKET};
	char room[8];
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct sock_address a = {0}, got;
		struct buf b = {0};
		snprintf(a.path, sizeof a.path, i % 2 ? "@abstract" : "%s/sock-%zu",
		         isolate_scratch(), i);
		int listener = open_kind(kinds[i / 2], 0), client = open_kind(kinds[i / 2], 0);
		expect(sock_connect(client, &a), -1, i % 2 ? ECONNREFUSED : ENOENT);
		expect(sock_bind(listener, &a), 0, 0);
		expect(sock_listen(listener, 0), 0, 0);
		expect(sock_name(listener, &got), 0, 0);
		assert_string_equal(got.path, a.path);
		sock_address_text(&got, &b);
		assert_string_equal(buf_text(&b), a.path);
		buf_free(&b);
		expect(sock_connect(client, &a), 0, 0);
		int full = open_kind(kinds[i / 2], 0);
		expect(sock_connect(full, &a), -1, EAGAIN); /* unix(7): no room in the queue */
		struct sock_outcome o = sock_accept(listener, NULL);
		assert_int_equal(o.error, 0);
		expect(sock_send(client, "hi", 2, 0, NULL), 2, 0);
		expect(sock_recv((int)o.result, room, sizeof room, 0, NULL, NULL), 2, 0);
		close((int)o.result);
		close(listener);
		close(client);
		close(full);
	}
}

/* sun_path is 108 bytes: a name may fill it to the last, without a NUL. */
static void longest_unix_path(void **state)
{
	struct sock_address a = {0}, got;
	(void)state;
	memset(a.path, 'x', 108);
	memcpy(a.path, isolate_scratch(), strlen(isolate_scratch()));
	a.path[strlen(isolate_scratch())] = '/';
	int fd = open_kind(SOCK_KIND_UNIX_DGRAM, 0);
	expect(sock_bind(fd, &a), 0, 0);
	expect(sock_name(fd, &got), 0, 0);
	assert_string_equal(got.path, a.path);
	assert_int_equal(access(a.path, F_OK), 0);
	close(fd);
}

/* One byte more is passed on all the same: it is the kernel that refuses it. */
static void too_long_unix_path(void **state)
{
	struct sock_address a = {.path = "@"};
	(void)state;
	int fd = open_kind(SOCK_KIND_UNIX_DGRAM, 0);
	memset(a.path + 1, 'x', 108);
	expect(sock_bind(fd, &a), -1, EINVAL);
	memset(a.path + 1, 'x', sizeof a.path - 2);
	expect(sock_bind(fd, &a), -1, EINVAL);
	close(fd);
}

static void kinds_of_descriptors(void **state)
{
	(void)state;
	for (int k = 0; k <= SOCK_KIND_UNIX_SEQPACKET; k++) {
		int fd = open_kind((enum sock_kind)k, 6);
		assert_int_equal(sock_kind_of(fd), k);
		close(fd);
	}
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(sock_kind_of(null), -1);
	close(null);
}

static void descriptors_and_credentials_go_along(void **state)
{
	struct sock_control sent = {.count = SOCK_CONTROL_FDS}, came;
	int pair[2], flags, on = 1;
	char room[4];
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on), 0);
	for (int i = 0; i < sent.count; i++)
		sent.fds[i] = pair[0];
	expect(sock_send_control(pair[0], "x", 1, 0, NULL, &sent), 1, 0);
	expect(sock_recv_control(pair[1], room, sizeof room, 0, NULL, &flags, &came), 1, 0);
	assert_int_equal(flags & MSG_CTRUNC, 0);
	assert_int_equal(came.count, SOCK_CONTROL_FDS);
	for (int i = 0; i < came.count; i++) {
		assert_true(fcntl(came.fds[i], F_GETFD) & FD_CLOEXEC);
		close(came.fds[i]);
	}
	assert_true(came.has_credentials);
	assert_int_equal(came.pid, getpid());
	assert_int_equal(came.uid, getuid());
	expect(sock_peer_credentials(pair[1], &came), 0, 0);
	assert_int_equal(came.pid, getpid());

	expect(sock_send_control(pair[0], "y", 1, 0, NULL, &sent), 1, 0);
	expect(sock_recv(pair[1], room, sizeof room, 0, NULL, &flags), 1, 0);
	assert_true(flags & MSG_CTRUNC);
	close(pair[0]);
	close(pair[1]);
}

static void options_by_name(void **state)
{
	size_t count;
	int value = -1;
	(void)state;
	const struct sock_option *list = sock_option_list(&count);
	assert_true(count > 80);
	for (size_t i = 0; i < count; i++)
		assert_ptr_equal(sock_option_find(list[i].name), &list[i]);
	assert_null(sock_option_find("SO_NOTHING"));

	int fd = open_kind(SOCK_KIND_TCP, 6);
	static const char *const flags[] = {"SO_REUSEADDR", "SO_KEEPALIVE", "TCP_NODELAY",
	                                    "TCP_QUICKACK", "IPV6_V6ONLY",  "TCP_CORK"};
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		const struct sock_option *o = sock_option_find(flags[i]);
		expect(sock_option_set(fd, o, 1), 0, 0);
		expect(sock_option_get(fd, o, &value), 0, 0);
		assert_int_equal(value, 1);
	}
	expect(sock_option_get(fd, sock_option_find("SO_TYPE"), &value), 0, 0);
	assert_int_equal(value, SOCK_STREAM);
	assert_false(sock_option_find("SO_TYPE")->writable);
	expect(sock_option_set(fd, sock_option_find("SO_TYPE"), 1), -1, ENOPROTOOPT);

	/* a struct timeval, in microseconds: 1.5 s is more than a kernel's tick would round */
	expect(sock_option_set(fd, sock_option_find("SO_RCVTIMEO"), 1500000), 0, 0);
	expect(sock_option_get(fd, sock_option_find("SO_RCVTIMEO"), &value), 0, 0);
	assert_int_equal(value, 1500000);
	expect(sock_option_set(fd, sock_option_find("SO_SNDTIMEO"), -1), -1, EDOM);
	close(fd);

	fd = open_kind(SOCK_KIND_UDP, 4);
	expect(sock_option_set(fd, sock_option_find("IP_TTL"), 7), 0, 0);
	expect(sock_option_get(fd, sock_option_find("IP_TTL"), &value), 0, 0);
	assert_int_equal(value, 7);
	close(fd);
}

static void flags_by_name(void **state)
{
	(void)state;
	assert_int_equal(sock_flag("OOB"), MSG_OOB);
	assert_int_equal(sock_flag("MSG_WAITALL"), MSG_WAITALL);
	assert_int_equal(sock_flag("NONE"), 0);
}

static void inode_is_the_kernels(void **state)
{
	struct err err = {0};
	struct stat st;
	(void)state;
	int fd = open_kind(SOCK_KIND_UDP, 4);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(sock_inode(fd, &err), st.st_ino);
	close(fd);
	assert_int_equal(sock_inode(-1, &err), 0);
	assert_int_equal(err.code, EBADF);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(kinds_have_names),
	    cmocka_unit_test(tcp_there_and_back),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(udp_to_and_from),
	    cmocka_unit_test(unix_sockets),
	    cmocka_unit_test(longest_unix_path),
	    cmocka_unit_test(too_long_unix_path),
	    cmocka_unit_test(kinds_of_descriptors),
	    cmocka_unit_test(descriptors_and_credentials_go_along),
	    cmocka_unit_test(options_by_name),
	    cmocka_unit_test(flags_by_name),
	    cmocka_unit_test(inode_is_the_kernels),
	};
	return cmocka_run_group_tests(list, open_host, close_host);
}

int main(void)
{
	return run_isolated(tests);
}
