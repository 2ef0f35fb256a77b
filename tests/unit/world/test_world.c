/* SPDX-License-Identifier: MIT */
/*
 * test_world.c - hosts, their addresses, sysctls and files, over TUN and veth and in one namespace
 */
#include "../isolated.h"
#include "base/mem.h"
#include "world/world.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = {"client", "server", "third"};

static struct world *open_world(enum world_kind kind, int count, bool use_tun)
{
	struct err err = {0};
	struct world *w = world_open(kind, names, count, use_tun, &err);
	ok(w != NULL);
	return w;
}

static uint64_t own_netns(void)
{
	struct stat st;
	assert_int_equal(stat("/proc/thread-self/ns/net", &st), 0);
	return st.st_ino;
}

static socklen_t to_sockaddr(const struct packet_addr *a, uint16_t port,
                             struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	if (a->version == 4) {
		struct sockaddr_in *in = (struct sockaddr_in *)out;
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, a->bytes, 4);
		return sizeof *in;
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, a->bytes, 16);
	return sizeof *in6;
}

static int socket_in(struct host *h, int family, int type)
{
	struct err err = {0};
	ok(host_enter(h, &err) == 0);
	int fd = socket(family, type | SOCK_CLOEXEC, 0);
	ok(host_leave(h, &err) == 0);
	assert_true(fd >= 0);
	return fd;
}

/* A datagram from @from to address @a of @to arrives at once. No time is given: a veth that is not
 * up would lose it. */
static void datagram_arrives(struct host *from, struct host *to, const struct packet_addr *a)
{
	struct sockaddr_storage address;
	char room[16] = "";
	socklen_t len = to_sockaddr(a, 7000, &address);
	int receiver = socket_in(to, address.ss_family, SOCK_DGRAM);
	int sender = socket_in(from, address.ss_family, SOCK_DGRAM);
	assert_int_equal(bind(receiver, (struct sockaddr *)&address, len), 0);
	assert_int_equal(sendto(sender, "hello", 5, 0, (struct sockaddr *)&address, len), 5);
	if (host_tun(from) >= 0) {
		uint8_t packet[2048];
		ssize_t n = read(host_tun(from), packet, sizeof packet);
		assert_true(n > 0);
		assert_int_equal(packet[0] >> 4, a->version);
		assert_int_equal(write(host_tun(to), packet, (size_t)n), n);
	}
	struct pollfd p = {.fd = receiver, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 60000), 1);
	assert_int_equal(recv(receiver, room, sizeof room, MSG_DONTWAIT), 5);
	assert_string_equal(room, "hello");
	close(receiver);
	close(sender);
}

static void both_ways(struct world *w)
{
	for (int version = 4; version <= 6; version += 2) {
		const struct packet_addr *a = host_address(world_host(w, 1), version);
		const struct packet_addr *b = host_address(world_host(w, 0), version);
		if (!a)
			continue;
		datagram_arrives(world_host(w, 0), world_host(w, 1), a);
		datagram_arrives(world_host(w, 1), world_host(w, 0), b);
	}
}

static bool tun_here(void)
{
	struct err err = {0};
	struct world *w = world_open(WORLD_WIRE, names, 1, true, &err);
	bool here = w != NULL;
	world_close(&w);
	return here;
}

static void hosts_over_tun(void **state)
{
	char text[46];
	uint64_t home = own_netns();
	(void)state;
	if (!tun_here())
		skip();
	struct world *w = open_world(WORLD_WIRE, 3, true);
	assert_int_equal(world_link(w), LINK_TUN);
	assert_int_equal(world_kind(w), WORLD_WIRE);
	assert_int_equal(world_hosts(w), 3);
	assert_int_equal(own_netns(), home);
	assert_string_equal(host_name(world_host(w, 2)), "third");
	assert_int_equal(host_index(world_host(w, 2)), 2);
	assert_string_equal(host_interface(world_host(w, 2)), "eth0");
	assert_string_equal(packet_addr_text(host_address(world_host(w, 2), 4), text), "192.0.2.3");
	assert_string_equal(packet_addr_text(host_address(world_host(w, 2), 6), text),
	                    "2001:db8::3");
	both_ways(w);
	for (int i = 0; i < 3; i++) {
		char byte;
		assert_int_equal(read(host_tun(world_host(w, i)), &byte, 1), -1);
		assert_int_equal(errno, EAGAIN);
	}
	world_close(&w);
	assert_null(w);
}

static void hosts_over_veth(void **state)
{
	(void)state;
	/* often: a link that is not quite up loses the first packet of some */
	for (int i = 0; i < 10; i++) {
		struct world *w = open_world(WORLD_WIRE, 2, false);
		assert_int_equal(world_link(w), LINK_VETH);
		assert_int_equal(host_tun(world_host(w, 0)), -1);
		both_ways(w);
		world_close(&w);
	}
}

static void veth_joins_two(void **state)
{
	struct err err = {0};
	uint64_t home = own_netns();
	(void)state;
	assert_null(world_open(WORLD_WIRE, names, 3, false, &err));
	assert_int_equal(err.code, EINVAL);
	assert_null(world_open(WORLD_WIRE, names, 0, false, &err));
	assert_null(world_open(WORLD_WIRE, names, 9, false, &err));
	assert_int_equal(own_netns(), home);
}

static void one_namespace(void **state)
{
	struct err err = {0};
	struct stat a, b;
	char text[46];
	(void)state;
	struct world *w = open_world(WORLD_LOOP, 2, true);
	assert_int_equal(world_link(w), LINK_LO);
	assert_int_equal(fstat(host_netns(world_host(w, 0)), &a), 0);
	assert_int_equal(fstat(host_netns(world_host(w, 1)), &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_string_equal(host_interface(world_host(w, 1)), "lo");
	assert_string_equal(packet_addr_text(host_address(world_host(w, 1), 4), text), "127.0.0.1");
	assert_string_equal(packet_addr_text(host_address(world_host(w, 1), 6), text), "::1");
	both_ways(w);
	ok(host_enter(world_host(w, 1), &err) == 0);
	assert_int_equal(own_netns(), a.st_ino);
	ok(host_leave(world_host(w, 1), &err) == 0);
	world_close(&w);
}

static void more_addresses(void **state)
{
	struct err err = {0};
	struct packet_addr a;
	const struct packet_addr *list;
	(void)state;
	for (int tun = tun_here(); tun >= 0; tun--) {
		struct world *w = open_world(WORLD_WIRE, 2, tun);
		/* in the world's own network, and outside of it */
		static const struct {
			const char *text;
			int prefix;
		} more[] = {{"192.0.2.77", 24},
		            {"198.51.100.9", 24},
		            {"2001:db8::77", 64},
		            {"2001:db8:1::9", 64}};
		for (int i = 0; i < 4; i++) {
			assert_true(packet_addr_parse(more[i].text, &a));
			ok(host_add_address(world_host(w, 1), &a, more[i].prefix, &err) == 0);
			datagram_arrives(world_host(w, 0), world_host(w, 1), &a);
		}
		assert_int_equal(host_addresses(world_host(w, 1), &list), 6);
		assert_true(packet_addr_equal(&list[5], &a));
		assert_int_equal(host_add_address(world_host(w, 1), &a, 64, &err), -1);
		assert_int_equal(err.code, EEXIST);
		assert_int_equal(host_add_address(world_host(w, 1), &a, 129, &err), -1);
		world_close(&w);
	}
}

static void expect_sysctl(struct host *h, const char *name, const char *wanted)
{
	struct err err = {0};
	char *value = host_sysctl_get(h, name, &err);
	ok(value != NULL);
	assert_string_equal(value, wanted);
	free(value);
}

static void sysctls(void **state)
{
	struct err err = {0};
	const struct host_sysctl *set;
	(void)state;
	struct world *w = open_world(WORLD_WIRE, 2, true);
	struct host *h = world_host(w, 0);
	expect_sysctl(h, "net.ipv4.tcp_congestion_control", "reno");
	expect_sysctl(h, "net.ipv4.ip_local_port_range", "40000\t49999");
	expect_sysctl(h, "net/ipv4/tcp_no_metrics_save", "1");
	expect_sysctl(h, "net.ipv6.conf.eth0.addr_gen_mode", "1");
	assert_int_equal(host_sysctls(h, &set), 0);
	ok(host_sysctl_set(h, "net.ipv4.tcp_abort_on_overflow", "1", &err) == 0);
	expect_sysctl(h, "net.ipv4.tcp_abort_on_overflow", "1");
	expect_sysctl(world_host(w, 1), "net.ipv4.tcp_abort_on_overflow", "0");
	assert_int_equal(host_sysctls(h, &set), 1);
	assert_string_equal(set[0].name, "net.ipv4.tcp_abort_on_overflow");
	assert_string_equal(set[0].value, "1");
	assert_string_equal(set[0].before, "0");

	static const struct {
		const char *name, *value;
		int code;
	} bad[] = {
	    {"net.ipv4.no_such_thing", "1", ENOENT},      {"kernel.hostname", "x", ENOENT},
	    {"net/../kernel/hostname", "x", ENOENT},      {"net", "x", ENOENT},
	    {"net.ipv4.tcp_syn_retries", "many", EINVAL},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(host_sysctl_set(h, bad[i].name, bad[i].value, &err), -1);
		assert_int_equal(err.code, bad[i].code);
		assert_non_null(strstr(err.text, bad[i].name));
	}
	assert_null(host_sysctl_get(h, "net.ipv4.no_such_thing", &err));
	assert_int_equal(err.code, ENOENT);
	assert_int_equal(host_sysctls(h, &set), 1);
	world_close(&w);
}

/* What is fixed in every host, where the kernel's own value is another, and what that is. */
static void fixed_sysctls(void **state)
{
	struct err err = {0};
	const struct host_sysctl *fixed, *set;
	bool told = false;
	(void)state;
	struct world *w = open_world(WORLD_WIRE, 2, true);
	struct host *h = world_host(w, 1);
	size_t count = world_sysctls(w, &fixed);
	for (size_t i = 0; i < count; i++) {
		char *now = host_sysctl_get(h, fixed[i].name, &err);
		ok(now != NULL);
		for (char *c = now; *c; c++)
			*c = *c == '\t' ? ' ' : *c;
		assert_string_equal(now, fixed[i].value);
		free(now);
		assert_non_null(fixed[i].before);
		assert_string_not_equal(fixed[i].before, fixed[i].value);
		assert_null(strchr(fixed[i].before, '\t'));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(fixed[k].name, fixed[i].name);
		/* this one no machine hands down to a new namespace */
		if (strcmp(fixed[i].name, "net.ipv4.tcp_no_metrics_save") == 0) {
			assert_string_equal(fixed[i].value, "1");
			assert_string_equal(fixed[i].before, "0");
			told = true;
		}
	}
	assert_true(told);
	/* a script that sets it: what was before is the kernel's, not ours */
	ok(host_sysctl_set(h, "net.ipv4.tcp_no_metrics_save", "0", &err) == 0);
	assert_int_equal(host_sysctls(h, &set), 1);
	assert_string_equal(set[0].before, "0");
	world_close(&w);
}

static char *slurp(const char *path)
{
	char room[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	ssize_t n = read(fd, room, sizeof room - 1);
	assert_true(n >= 0);
	close(fd);
	return mem_copy(room, (size_t)n);
}

static void hosts_and_resolver(void **state)
{
	struct err err = {0};
	struct stat before, after;
	(void)state;
	struct world *w = open_world(WORLD_WIRE, 2, true);
	struct host *h = world_host(w, 0);
	char *text = slurp(host_file_path(h, HOST_FILE_HOSTS));
	assert_string_equal(
	    text, "127.0.0.1\tlocalhost\n::1\tlocalhost\n192.0.2.1\tclient\n192.0.2.2\tserver\n"
	          "2001:db8::1\tclient\n2001:db8::2\tserver\n");
	free(text);
	text = slurp(host_file_path(h, HOST_FILE_RESOLVER));
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(stat(host_file_path(h, HOST_FILE_HOSTS), &before), 0);
	ok(host_set_file(h, HOST_FILE_HOSTS, "192.0.2.9 other\n", &err) == 0);
	assert_int_equal(stat(host_file_path(h, HOST_FILE_HOSTS), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	text = slurp(host_file_path(h, HOST_FILE_HOSTS));
	assert_string_equal(text, "192.0.2.9 other\n");
	free(text);
	char *path = mem_text(host_file_path(h, HOST_FILE_HOSTS));
	world_close(&w);
	assert_int_equal(access(path, F_OK), -1);
	free(path);
}

static int descriptors_here(void)
{
	int count = 0;
	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void nothing_leaks(void **state)
{
	struct err err = {0};
	int before = descriptors_here();
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct world *w = open_world(i == 2 ? WORLD_LOOP : WORLD_WIRE, 2, i == 0);
		world_close(&w);
	}
	assert_null(world_open(WORLD_WIRE, names, 3, false, &err));
	assert_int_equal(descriptors_here(), before);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(hosts_over_tun), cmocka_unit_test(hosts_over_veth),
	    cmocka_unit_test(veth_joins_two), cmocka_unit_test(one_namespace),
	    cmocka_unit_test(more_addresses), cmocka_unit_test(sysctls),
	    cmocka_unit_test(fixed_sysctls),  cmocka_unit_test(hosts_and_resolver),
	    cmocka_unit_test(nothing_leaks),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return run_isolated(tests);
}
