/* SPDX-License-Identifier: MIT */
/*
 * floor.c - the floor that ci/bench measures sockproof against: the same kernel objects, nothing
 * else
 *
 * usage: floor N		N worlds one after another, each in a process of its own; prints
 * nothing
 *
 * A world: two network namespaces, a TUN device in each, libpcap on both (immediate, nanoseconds),
 * a handshake, an echo and a close between two sockets, packets carried from one TUN to the other
 * by this loop. No timeline, no script, no judging, no evidence. What fails ends it with a message:
 * a benchmark of failures is none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct side {
	int tun;
	pcap_t *pcap;
	int sock;
};

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static struct sockaddr_in address(const char *text, uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};

	must(inet_pton(AF_INET, text, &a.sin_addr) == 1, text);
	return a;
}

static void bring_up(int fd, const char *name, const char *addr)
{
	struct ifreq ifr = {0};
	struct sockaddr_in a;

	snprintf(ifr.ifr_name, sizeof ifr.ifr_name, "%s", name);
	if (addr) {
		a = address(addr, 0);
		memcpy(&ifr.ifr_addr, &a, sizeof a);
		must(ioctl(fd, SIOCSIFADDR, &ifr) == 0, "SIOCSIFADDR");
		a = address("255.255.255.0", 0);
		memcpy(&ifr.ifr_netmask, &a, sizeof a);
		must(ioctl(fd, SIOCSIFNETMASK, &ifr) == 0, "SIOCSIFNETMASK");
	}
	memset(&ifr.ifr_ifru, 0, sizeof ifr.ifr_ifru);
	must(ioctl(fd, SIOCGIFFLAGS, &ifr) == 0, "SIOCGIFFLAGS");
	ifr.ifr_flags |= IFF_UP;
	must(ioctl(fd, SIOCSIFFLAGS, &ifr) == 0, "SIOCSIFFLAGS");
}

static void quiet_ipv6(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/default/addr_gen_mode", O_WRONLY);

	if (fd < 0)
		return;
	must(write(fd, "1", 1) == 1, "addr_gen_mode");
	close(fd);
}

static pcap_t *tap(const char *name)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create(name, text);

	must(p != NULL, "pcap_create");
	pcap_set_snaplen(p, 65535);
	pcap_set_immediate_mode(p, 1);
	pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	pcap_set_buffer_size(p, 8 << 20);
	must(pcap_activate(p) >= 0, "pcap_activate");
	must(pcap_setnonblock(p, 1, text) == 0, "pcap_setnonblock");
	return p;
}

static void open_side(struct side *s, const char *addr)
{
	struct ifreq ifr = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int ctl;

	must(unshare(CLONE_NEWNET) == 0, "unshare");
	quiet_ipv6();
	ctl = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	must(ctl >= 0, "socket");
	bring_up(ctl, "lo", NULL);
	s->tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	must(s->tun >= 0, "/dev/net/tun");
	snprintf(ifr.ifr_name, sizeof ifr.ifr_name, "eth0");
	must(ioctl(s->tun, TUNSETIFF, &ifr) == 0, "TUNSETIFF");
	must(ioctl(s->tun, TUNSETPERSIST, 1) == 0, "TUNSETPERSIST");
	bring_up(ctl, "eth0", addr);
	close(ctl);
	s->sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	must(s->sock >= 0, "socket");
	s->pcap = tap("eth0");
}

static void ignore(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	(void)user;
	(void)h;
	(void)bytes;
}

static void carry(struct side *a, struct side *b)
{
	char bytes[65536];
	ssize_t n;
	int moved;

	do {
		moved = 0;
		if ((n = read(a->tun, bytes, sizeof bytes)) > 0)
			moved += write(b->tun, bytes, (size_t)n) > 0;
		if ((n = read(b->tun, bytes, sizeof bytes)) > 0)
			moved += write(a->tun, bytes, (size_t)n) > 0;
	} while (moved > 0);
	pcap_dispatch(a->pcap, -1, ignore, NULL);
	pcap_dispatch(b->pcap, -1, ignore, NULL);
}

static void receive(struct side *a, struct side *b, int fd, ssize_t want)
{
	char bytes[64];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof bytes, 0)) < 0 && errno == EAGAIN)
		carry(a, b);
	must(n == want, "recv");
}

static void world(void)
{
	struct sockaddr_in server = address("192.0.2.2", 6000);
	struct side c, s;
	int one;

	open_side(&c, "192.0.2.1");
	open_side(&s, "192.0.2.2");
	must(bind(s.sock, (void *)&server, sizeof server) == 0 && listen(s.sock, 1) == 0, "listen");
	must(connect(c.sock, (void *)&server, sizeof server) < 0 && errno == EINPROGRESS,
	     "connect");
	while ((one = accept(s.sock, NULL, NULL)) < 0)
		carry(&c, &s);
	must(fcntl(one, F_SETFL, O_NONBLOCK) == 0, "fcntl");
	must(send(c.sock, "hello", 5, 0) == 5 && shutdown(c.sock, SHUT_WR) == 0, "send");
	receive(&c, &s, one, 5);
	receive(&c, &s, one, 0);
	must(send(one, "hello", 5, 0) == 5 && close(one) == 0, "send");
	receive(&c, &s, c.sock, 5);
	receive(&c, &s, c.sock, 0);
	carry(&c, &s);
	pcap_close(c.pcap);
	pcap_close(s.pcap);
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 1;

	for (int i = 0; i < count; i++) {
		pid_t pid = fork();
		int status;

		must(pid >= 0, "fork");
		if (pid == 0) {
			world();
			_exit(0);
		}
		must(waitpid(pid, &status, 0) == pid && status == 0, "a world");
	}
	return 0;
}
