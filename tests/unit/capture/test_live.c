/* SPDX-License-Identifier: MIT */
/*
 * test_live.c - libpcap on devices made for the test, in a network namespace of its own
 *
 * Skipped (77) where no namespace or no /dev/net/tun is to be had.
 */
#include "base/clock.h"
#include "base/err.h"
#include "capture/live.h"
#include "packet/packet.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
/* after what it needs */
#include <cmocka.h>

#define RING ((size_t)1 << 20)

struct devices {
	int control, tun, tap, udp;
};

static struct ifreq request(const char *name)
{
	struct ifreq r = {0};

	strncpy(r.ifr_name, name, sizeof r.ifr_name - 1);
	return r;
}

static bool bring_up(int control, const char *name)
{
	struct ifreq r = request(name);

	r.ifr_flags = IFF_UP | IFF_RUNNING;
	return ioctl(control, SIOCSIFFLAGS, &r) == 0;
}

static int make_device(const char *name, short flags)
{
	struct ifreq r = request(name);
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	r.ifr_flags = (short)(flags | IFF_NO_PI);
	if (fd >= 0 && ioctl(fd, TUNSETIFF, &r) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool set_address(int control, const char *name, const char *address)
{
	struct ifreq r = request(name);
	struct sockaddr_in in = {.sin_family = AF_INET};

	inet_pton(AF_INET, address, &in.sin_addr);
	memcpy(&r.ifr_addr, &in, sizeof in);
	if (ioctl(control, SIOCSIFADDR, &r) < 0)
		return false;
	inet_pton(AF_INET, "255.255.255.0", &in.sin_addr);
	memcpy(&r.ifr_netmask, &in, sizeof in);
	return ioctl(control, SIOCSIFNETMASK, &r) == 0;
}

/* No router solicitations nor multicast reports between the packets that are counted. */
static bool without_ipv6(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return errno == ENOENT;
	done = write(fd, "1", 1) == 1;
	close(fd);
	return done;
}

static bool make_all(struct devices *d)
{
	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return false;
	d->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	d->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return without_ipv6() && (d->tun = make_device("eth0", IFF_TUN)) >= 0 &&
	       (d->tap = make_device("tap0", IFF_TAP)) >= 0 &&
	       set_address(d->control, "eth0", "192.0.2.1") && bring_up(d->control, "lo") &&
	       bring_up(d->control, "eth0") && bring_up(d->control, "tap0");
}

static void close_all(const struct devices *d)
{
	const int fds[] = {d->control, d->tun, d->tap, d->udp};

	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

/* What came. */
struct seen {
	int count;
	int64_t at[16];
	enum capture_direction direction[16];
	uint8_t last[16]; /* last byte of the datagram */
	int fail_at;      /* refuse this one (from 1) */
};

static int see(void *arg, int64_t at, enum capture_direction d, const uint8_t *data, size_t len,
               struct err *err)
{
	struct seen *s = arg;

	if (s->fail_at == s->count + 1)
		return err_set(err, 4711, "refused by the test");
	assert_true(len > 0);
	assert_int_equal(data[0] >> 4, 4);
	if (s->count < 16) {
		s->at[s->count] = at;
		s->direction[s->count] = d;
		s->last[s->count] = data[len - 1];
	}
	s->count++;
	return 0;
}

static struct live_capture *opened(const char *interface, size_t ring)
{
	struct err err;
	struct live_capture *c = live_open(interface, ring, &err);

	if (!c)
		fail_msg("%s", err.text);
	return c;
}

/* Read until @want packets were seen; the deadline is only for a failing test. */
static void read_until(struct live_capture *c, struct seen *s, int want)
{
	struct err err;

	while (s->count < want) {
		struct pollfd p = {.fd = live_fd(c), .events = POLLIN};

		if (poll(&p, 1, 5000) == 0)
			fail_msg("%d packets of %d after five seconds", s->count, want);
		if (live_read(c, see, s, &err) < 0)
			fail_msg("%s", err.text);
	}
}

static void send_to(const struct devices *d, const char *address, char mark)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(6000)};
	uint8_t sent[64];

	inet_pton(AF_INET, address, &in.sin_addr);
	assert_int_equal(sendto(d->udp, &mark, 1, 0, (struct sockaddr *)&in, sizeof in), 1);
	/* a device whose queue is full may stop its senders */
	while (read(d->tun, sent, sizeof sent) > 0)
		;
}

static size_t datagram(const char *from, const char *to, char mark, uint8_t *out, size_t room)
{
	struct packet_spec spec = {.protocol = 253, .payload = &mark, .payload_len = 1};

	packet_addr_parse(from, &spec.src.addr);
	packet_addr_parse(to, &spec.dst.addr);
	return packet_build(&spec, out, room);
}

static void arrive(const struct devices *d, const char *from, const char *to, char mark)
{
	uint8_t data[64];
	size_t len = datagram(from, to, mark, data, sizeof data);

	assert_int_equal(write(d->tun, data, len), len);
}

static void directions(void **state)
{
	struct devices *d = *state;
	struct live_capture *c = opened("eth0", RING);
	struct seen s = {0};
	struct err err;

	send_to(d, "192.0.2.2", 'a');
	arrive(d, "192.0.2.2", "198.51.100.1", 'b');
	arrive(d, "192.0.2.1", "198.51.100.1", 'c'); /* its own address, from outside */
	send_to(d, "192.0.2.3", 'd');
	read_until(c, &s, 4);
	assert_memory_equal(s.last, "abcd", 4);
	assert_int_equal(s.direction[0], CAPTURE_OUTBOUND);
	assert_int_equal(s.direction[1], CAPTURE_INBOUND);
	assert_int_equal(s.direction[2], CAPTURE_INBOUND);
	assert_int_equal(s.direction[3], CAPTURE_OUTBOUND);
	assert_true(live_lost(c, &err) == 0);
	live_close(&c);
	assert_null(c);
}

static void times_are_nanoseconds(void **state)
{
	struct devices *d = *state;
	struct live_capture *c = opened("eth0", RING);
	struct seen s = {0};
	int64_t before = clock_wall(), fine = 0;

	for (int i = 0; i < 8; i++)
		send_to(d, "192.0.2.2", 'a');
	read_until(c, &s, 8);
	for (int i = 0; i < 8; i++) {
		assert_in_range(s.at[i], before, clock_wall());
		fine += s.at[i] % NS_PER_US;
	}
	assert_true(fine > 0);
	live_close(&c);
}

static void other_interfaces_stay_out(void **state)
{
	struct devices *d = *state;
	struct live_capture *c = opened("eth0", RING);
	struct seen s = {0};

	for (int i = 0; i < 100; i++)
		send_to(d, "127.0.0.1", 'l');
	send_to(d, "192.0.2.2", 'e');
	read_until(c, &s, 1);
	assert_int_equal(s.last[0], 'e');
	assert_int_equal(s.count, 1);
	live_close(&c);
}

static void loopback_shows_each_once(void **state)
{
	struct live_capture *c = opened("lo", RING);
	struct devices *d = *state;
	struct seen s = {0};

	/* unanswered, since ICMP would come too: to a socket that is there */
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(6000)};
	int sink = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, "127.0.0.1", &in.sin_addr);
	assert_int_equal(bind(sink, (struct sockaddr *)&in, sizeof in), 0);
	send_to(d, "127.0.0.1", 'a');
	send_to(d, "127.0.0.1", 'b');
	read_until(c, &s, 2);
	assert_int_equal(s.count, 2);
	assert_memory_equal(s.last, "ab", 2);
	assert_int_equal(s.direction[0], CAPTURE_UNKNOWN);
	live_close(&c);
	close(sink);
}

static void ethernet_is_stripped(void **state)
{
	struct devices *d = *state;
	struct live_capture *c = opened("tap0", RING);
	uint8_t frame[128] = "\xff\xff\xff\xff\xff\xffssssss\x08\x06";
	struct seen s = {0};
	size_t len;

	memset(frame + 14, 0, 46); /* ARP: passed over */
	assert_int_equal(write(d->tap, frame, 60), 60);
	frame[13] = 0;
	len = datagram("192.0.2.9", "198.51.100.1", 'x', frame + 14, sizeof frame - 14);
	assert_int_equal(write(d->tap, frame, 14 + len), 14 + len);
	read_until(c, &s, 1);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.direction[0], CAPTURE_INBOUND);
	assert_int_equal(s.last[0], 'x');
	live_close(&c);
}

static void refusal_ends_reading(void **state)
{
	struct devices *d = *state;
	struct live_capture *c = opened("eth0", RING);
	struct seen s = {.fail_at = 2};
	struct err err;
	int rc = 0;

	for (int i = 0; i < 3; i++)
		send_to(d, "192.0.2.2", (char)('a' + i));
	while (rc == 0 || s.count == 0)
		rc = live_read(c, see, &s, &err);
	while (rc >= 0)
		rc = live_read(c, see, &s, &err);
	assert_int_equal(err.code, 4711);
	assert_int_equal(s.count, 1);
	live_close(&c);
}

static void loss_is_counted(void **state)
{
	struct devices *d = *state;
	struct live_capture *c = opened("eth0", 65536);
	struct seen s = {0};
	struct err err;
	int64_t lost;

	for (int i = 0; i < 1000; i++)
		send_to(d, "192.0.2.2", 'a');
	assert_true(live_read(c, see, &s, &err) > 0);
	lost = live_lost(c, &err);
	assert_true(lost > 0);
	assert_int_equal(s.count + lost, 1000);
	assert_true(live_lost(c, &err) == lost); /* asking takes nothing away */
	live_close(&c);
}

static void cut_packets_are_an_error(void **state)
{
	struct devices *d = *state;
	struct live_capture *c = opened("eth0", RING);
	uint8_t data[3000] = {0x45, 0, 3000 >> 8, 3000 & 255};
	struct seen s = {0};
	struct err err;

	assert_int_equal(write(d->tun, data, sizeof data), sizeof data);
	assert_int_equal(live_read(c, see, &s, &err), -1);
	assert_int_equal(err.code, EMSGSIZE);
	assert_non_null(strstr(err.text, "3000 bytes on eth0"));
	live_close(&c);
}

static void wrong_interfaces(void **state)
{
	struct devices *d = *state;
	struct ifreq r = request("tap0");
	struct err err;

	assert_null(live_open("none", RING, &err));
	assert_int_equal(err.code, ENODEV);
	assert_non_null(strstr(err.text, "none"));
	assert_null(live_open("a-name-longer-than-any-may-be", RING, &err));
	assert_int_equal(ioctl(d->control, SIOCSIFFLAGS, &r), 0);
	assert_null(live_open("tap0", RING, &err));
	assert_int_equal(err.code, ENETDOWN);
	assert_true(bring_up(d->control, "tap0"));
}

static void needs_its_capability(void **state)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct err err = {0};

		close_all(*state);
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(0); /* in a user namespace there is nobody else to be */
		_exit(!live_open("eth0", RING, &err) && err.code == EPERM &&
		              strstr(err.text, "CAP_NET_RAW")
		          ? 0
		          : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void knows_its_library(void **state)
{
	(void)state;
	assert_non_null(strstr(live_library(), "libpcap"));
}

int main(void)
{
	struct devices d = {-1, -1, -1, -1};
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_prestate(directions, &d),
	    cmocka_unit_test_prestate(times_are_nanoseconds, &d),
	    cmocka_unit_test_prestate(other_interfaces_stay_out, &d),
	    cmocka_unit_test_prestate(loopback_shows_each_once, &d),
	    cmocka_unit_test_prestate(ethernet_is_stripped, &d),
	    cmocka_unit_test_prestate(refusal_ends_reading, &d),
	    cmocka_unit_test_prestate(loss_is_counted, &d),
	    cmocka_unit_test_prestate(cut_packets_are_an_error, &d),
	    cmocka_unit_test_prestate(wrong_interfaces, &d),
	    cmocka_unit_test_prestate(needs_its_capability, &d),
	    cmocka_unit_test(knows_its_library),
	};

	int status = 77;

	if (make_all(&d))
		status = cmocka_run_group_tests(tests, NULL, NULL);
	close_all(&d);
	return status;
}
