/* SPDX-License-Identifier: MIT */
/*
 * test_diag.c - the kernel's socket table: rows for what we made, in a fixed order, nothing else
 */
#include "../isolated.h"
#include "socket/diag.h"
#include "socket/sock.h"
#include "world/world.h"
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_host(void **state)
{
	static const char *const names[] = {"host"};
	struct err err = {0};
	*state = world_open(WORLD_LOOP, names, 1, false, &err);
	if (!*state)
		print_error("%s\n", err.text);
	return *state ? 0 : -1;
}

static int close_host(void **state)
{
	struct world *w = *state;
	world_close(&w);
	return 0;
}

static int open_kind(struct world *w, enum sock_kind kind, int version)
{
	struct err err = {0};
	int fd = sock_open(world_host(w, 0), kind, version, &err);
	ok(fd >= 0);
	return fd;
}

static struct diag_table table(struct world *w, enum diag_family family, bool info)
{
	struct err err = {0};
	struct diag_table t;
	ok(host_enter(world_host(w, 0), &err) == 0);
	ok(diag_read(family, DIAG_ALL, info, &t, &err) == 0);
	ok(host_leave(world_host(w, 0), &err) == 0);
	return t;
}

static int listener(struct world *w, int version, uint16_t port, int backlog)
{
	struct sock_address a = {.end = {.addr = {.version = (uint8_t)version}, .port = port}};
	int fd = open_kind(w, SOCK_KIND_TCP, version);
	assert_int_equal(sock_bind(fd, &a).error, 0);
	assert_int_equal(sock_listen(fd, backlog).error, 0);
	return fd;
}

static void states_have_names(void **state)
{
	(void)state;
	for (int i = DIAG_ESTABLISHED; i <= DIAG_CLOSING; i++)
		assert_int_equal(diag_state_number(diag_state_text((uint8_t)i)), i);
	assert_string_equal(diag_state_text(0), "?");
	assert_string_equal(diag_state_text(200), "?");
	assert_int_equal(diag_state_number("TIME-WAIT"), DIAG_TIME_WAIT);
	assert_int_equal(diag_state_number("FIN_WAIT_1"), DIAG_FIN_WAIT1);
	assert_int_equal(diag_state_number("NONE"), -1);
}

static void nothing_in_a_new_host(void **state)
{
	for (int f = DIAG_TCP; f <= DIAG_UNIX; f++) {
		struct diag_table t = table(*state, (enum diag_family)f, true);
		assert_int_equal(t.count, 0);
		diag_free(&t);
	}
}

static void listeners_in_order(void **state)
{
	struct err err = {0};
	int b = listener(*state, 4, 6001, 7), c = listener(*state, 6, 5000, 3),
	    a = listener(*state, 4, 6000, 0);
	struct diag_table t = table(*state, DIAG_TCP, false);
	assert_int_equal(t.count, 3);
	assert_int_equal(t.rows[0].inode, sock_inode(a, &err));
	assert_int_equal(t.rows[1].inode, sock_inode(b, &err));
	assert_int_equal(t.rows[2].inode, sock_inode(c, &err));
	assert_int_equal(t.rows[0].version, 4);
	assert_int_equal(t.rows[2].version, 6);
	assert_false(t.rows[2].v6only);
	assert_int_equal(t.rows[1].state, DIAG_LISTEN);
	assert_int_equal(t.rows[1].local.port, 6001);
	assert_int_equal(t.rows[1].send_queue, 7);
	assert_int_equal(t.rows[1].receive_queue, 0);
	assert_false(t.rows[0].has_info);
	diag_free(&t);
	close(a);
	close(b);
	close(c);
}

static const struct diag_row *find(const struct diag_table *t, uint32_t inode)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->rows[i].inode == inode)
			return &t->rows[i];
	}
	return NULL;
}

/* IPv4 into a socket of IPv6: the addresses are given as IPv4. */
static void connection_with_queues(void **state)
{
	struct err err = {0};
	struct sock_address a = {.end = {.addr = {4, {127, 0, 0, 1}}, .port = 6003}};
	int l = listener(*state, 6, 6003, 1), client = open_kind(*state, SOCK_KIND_TCP, 4);
	sock_connect(client, &a);
	struct pollfd p = {.fd = l, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 60000), 1);
	struct sock_outcome o = sock_accept(l, NULL);
	assert_int_equal(o.error, 0);
	int server = (int)o.result;
	assert_int_equal(sock_send(client, "hello", 5, 0, NULL).result, 5);
	p.fd = server;
	assert_int_equal(poll(&p, 1, 60000), 1);

	struct diag_table t = table(*state, DIAG_TCP, true);
	assert_int_equal(t.count, 3);
	const struct diag_row *row = find(&t, sock_inode(server, &err));
	assert_non_null(row);
	assert_int_equal(row->state, DIAG_ESTABLISHED);
	assert_int_equal(row->version, 6);
	assert_int_equal(row->local.addr.version, 4);
	assert_true(packet_end_equal(&row->local, &a.end));
	assert_int_equal(row->receive_queue, 5);
	assert_true(row->has_info);
	assert_int_equal(row->info.tcpi_bytes_received, 5);
	assert_true(row->cookie != 0);
	row = find(&t, sock_inode(client, &err));
	assert_non_null(row);
	assert_int_equal(row->version, 4);
	assert_true(packet_end_equal(&row->remote, &a.end));
	diag_free(&t);
	diag_free(&t);

	/* who closes first stays behind in TIME_WAIT, as nobody's */
	close(client);
	close(l);
	p = (struct pollfd){.fd = server, .events = POLLRDHUP};
	assert_int_equal(poll(&p, 1, 60000), 1);
	struct diag_table closing = table(*state, DIAG_TCP, false);
	row = find(&closing, sock_inode(server, &err));
	assert_non_null(row);
	assert_int_equal(row->state, DIAG_CLOSE_WAIT);
	diag_free(&closing);
	char room[8];
	assert_int_equal(sock_recv(server, room, sizeof room, 0, NULL, NULL).result, 5);
	close(server);
}

static void udp_rows(void **state)
{
	struct err err = {0};
	struct sock_address a = {.end = {.addr = {4, {127, 0, 0, 1}}, .port = 6004}};
	int fd = open_kind(*state, SOCK_KIND_UDP, 4);
	assert_int_equal(sock_bind(fd, &a).error, 0);
	struct diag_table t = table(*state, DIAG_UDP, true);
	const struct diag_row *row = find(&t, sock_inode(fd, &err));
	assert_non_null(row);
	assert_int_equal(row->state, DIAG_CLOSE);
	assert_true(packet_end_equal(&row->local, &a.end));
	diag_free(&t);
	close(fd);
}

static void unix_rows(void **state)
{
	struct err err = {0};
	struct sock_address a = {.path = "@a name"};
	int l = open_kind(*state, SOCK_KIND_UNIX_STREAM, 0),
	    client = open_kind(*state, SOCK_KIND_UNIX_STREAM, 0);
	assert_int_equal(sock_bind(l, &a).error, 0);
	assert_int_equal(sock_listen(l, 3).error, 0);
	assert_int_equal(sock_connect(client, &a).error, 0);
	struct diag_table t = table(*state, DIAG_UNIX, false);
	const struct diag_row *row = find(&t, sock_inode(l, &err));
	assert_non_null(row);
	assert_string_equal(row->path, "@a name");
	assert_int_equal(row->state, DIAG_LISTEN);
	assert_int_equal(row->unix_type, SOCK_STREAM);
	assert_int_equal(row->receive_queue, 1);
	assert_int_equal(row->send_queue, 3);
	row = find(&t, sock_inode(client, &err));
	assert_non_null(row);
	assert_int_equal(row->state, DIAG_ESTABLISHED);
	diag_free(&t);
	close(l);
	close(client);
}

/* More rows than one message holds. */
static void many_rows(void **state)
{
	enum { MANY = 300 };
	int fd[MANY];
	for (int i = 0; i < MANY; i++)
		fd[i] = listener(*state, i % 2 ? 6 : 4, (uint16_t)(10000 + i), 1);
	struct diag_table t = table(*state, DIAG_TCP, true);
	size_t listening = 0;
	for (size_t i = 0; i < t.count; i++)
		listening += t.rows[i].state == DIAG_LISTEN;
	assert_int_equal(listening, MANY);
	diag_free(&t);
	for (int i = 0; i < MANY; i++)
		close(fd[i]);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(states_have_names),  cmocka_unit_test(nothing_in_a_new_host),
	    cmocka_unit_test(listeners_in_order), cmocka_unit_test(connection_with_queues),
	    cmocka_unit_test(udp_rows),           cmocka_unit_test(unix_rows),
	    cmocka_unit_test(many_rows),
	};
	return cmocka_run_group_tests(list, open_host, close_host);
}

int main(void)
{
	return run_isolated(tests);
}
