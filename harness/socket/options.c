/* SPDX-License-Identifier: MIT */
/*
 * options.c - socket options and message flags by name: socket(7), tcp(7), udp(7), ip(7), ipv6(7),
 * send(2), recv(2)
 */
#include "base/err.h"
#include "socket/sock.h"
#include <errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define SECOND_US 1000000

#define RW(level, name)                                                                            \
	{                                                                                          \
#name, level, name, true, false                                                    \
	}
#define TIME(level, name)                                                                          \
	{                                                                                          \
#name, level, name, true, true                                                     \
	}
#define RO(level, name)                                                                            \
	{                                                                                          \
#name, level, name, false, false                                                   \
	}

/* Those whose value is an int. A byte (IP_TTL, IP_TOS, …) is given and taken as an int too, a
 * struct timeval as its microseconds. */
static const struct sock_option options[] = {
    RO(SOL_SOCKET, SO_ACCEPTCONN),
    RW(SOL_SOCKET, SO_BROADCAST),
    RW(SOL_SOCKET, SO_BUSY_POLL),
    RW(SOL_SOCKET, SO_DEBUG),
    RO(SOL_SOCKET, SO_DOMAIN),
    RW(SOL_SOCKET, SO_DONTROUTE),
    RO(SOL_SOCKET, SO_ERROR),
    RO(SOL_SOCKET, SO_INCOMING_CPU),
    RW(SOL_SOCKET, SO_KEEPALIVE),
    RW(SOL_SOCKET, SO_MARK),
    RW(SOL_SOCKET, SO_MAX_PACING_RATE),
    RW(SOL_SOCKET, SO_NO_CHECK),
    RW(SOL_SOCKET, SO_OOBINLINE),
    RW(SOL_SOCKET, SO_PASSCRED),
    RW(SOL_SOCKET, SO_PEEK_OFF),
    RW(SOL_SOCKET, SO_PRIORITY),
    RO(SOL_SOCKET, SO_PROTOCOL),
    RW(SOL_SOCKET, SO_RCVBUF),
    RW(SOL_SOCKET, SO_RCVBUFFORCE),
    RW(SOL_SOCKET, SO_RCVLOWAT),
    TIME(SOL_SOCKET, SO_RCVTIMEO),
    RW(SOL_SOCKET, SO_REUSEADDR),
    RW(SOL_SOCKET, SO_REUSEPORT),
    RW(SOL_SOCKET, SO_RXQ_OVFL),
    RW(SOL_SOCKET, SO_SNDBUF),
    RW(SOL_SOCKET, SO_SNDBUFFORCE),
    RO(SOL_SOCKET, SO_SNDLOWAT), /* not changeable on Linux: ENOPROTOOPT */
    TIME(SOL_SOCKET, SO_SNDTIMEO),
    RW(SOL_SOCKET, SO_TIMESTAMP),
    RW(SOL_SOCKET, SO_TIMESTAMPNS),
    RO(SOL_SOCKET, SO_TYPE),
    RW(SOL_SOCKET, SO_ZEROCOPY),

    RW(IPPROTO_TCP, TCP_CORK),
    RW(IPPROTO_TCP, TCP_DEFER_ACCEPT),
    RW(IPPROTO_TCP, TCP_FASTOPEN),
    RW(IPPROTO_TCP, TCP_FASTOPEN_CONNECT),
    RW(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE),
    RW(IPPROTO_TCP, TCP_INQ),
    RW(IPPROTO_TCP, TCP_KEEPCNT),
    RW(IPPROTO_TCP, TCP_KEEPIDLE),
    RW(IPPROTO_TCP, TCP_KEEPINTVL),
    RW(IPPROTO_TCP, TCP_LINGER2),
    RW(IPPROTO_TCP, TCP_MAXSEG),
    RW(IPPROTO_TCP, TCP_NODELAY),
    RW(IPPROTO_TCP, TCP_NOTSENT_LOWAT),
    RW(IPPROTO_TCP, TCP_QUICKACK),
    RW(IPPROTO_TCP, TCP_REPAIR),
    RW(IPPROTO_TCP, TCP_SAVE_SYN),
    RW(IPPROTO_TCP, TCP_SYNCNT),
    RW(IPPROTO_TCP, TCP_THIN_DUPACK),
    RW(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS),
    RW(IPPROTO_TCP, TCP_TIMESTAMP),
    RW(IPPROTO_TCP, TCP_TX_DELAY),
    RW(IPPROTO_TCP, TCP_USER_TIMEOUT),
    RW(IPPROTO_TCP, TCP_WINDOW_CLAMP),

    RW(IPPROTO_UDP, UDP_CORK),
    RW(IPPROTO_UDP, UDP_GRO),
    RW(IPPROTO_UDP, UDP_SEGMENT),
    RW(IPPROTO_UDP, UDP_NO_CHECK6_RX),
    RW(IPPROTO_UDP, UDP_NO_CHECK6_TX),

    RW(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT),
    RW(IPPROTO_IP, IP_FREEBIND),
    RW(IPPROTO_IP, IP_HDRINCL),
    RW(IPPROTO_IP, IP_MINTTL),
    RO(IPPROTO_IP, IP_MTU),
    RW(IPPROTO_IP, IP_MTU_DISCOVER),
    RW(IPPROTO_IP, IP_MULTICAST_ALL),
    RW(IPPROTO_IP, IP_MULTICAST_LOOP),
    RW(IPPROTO_IP, IP_MULTICAST_TTL),
    RW(IPPROTO_IP, IP_NODEFRAG),
    RW(IPPROTO_IP, IP_PKTINFO),
    RW(IPPROTO_IP, IP_RECVERR),
    RW(IPPROTO_IP, IP_RECVOPTS),
    RW(IPPROTO_IP, IP_RECVTOS),
    RW(IPPROTO_IP, IP_RECVTTL),
    RW(IPPROTO_IP, IP_TOS),
    RW(IPPROTO_IP, IP_TRANSPARENT),
    RW(IPPROTO_IP, IP_TTL),

    RW(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL),
    RW(IPPROTO_IPV6, IPV6_DONTFRAG),
    RW(IPPROTO_IPV6, IPV6_FREEBIND),
    RW(IPPROTO_IPV6, IPV6_MINHOPCOUNT),
    RO(IPPROTO_IPV6, IPV6_MTU),
    RW(IPPROTO_IPV6, IPV6_MTU_DISCOVER),
    RW(IPPROTO_IPV6, IPV6_MULTICAST_ALL),
    RW(IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
    RW(IPPROTO_IPV6, IPV6_MULTICAST_IF),
    RW(IPPROTO_IPV6, IPV6_MULTICAST_LOOP),
    RW(IPPROTO_IPV6, IPV6_RECVERR),
    RW(IPPROTO_IPV6, IPV6_RECVHOPLIMIT),
    RW(IPPROTO_IPV6, IPV6_RECVPKTINFO),
    RW(IPPROTO_IPV6, IPV6_RECVTCLASS),
    RW(IPPROTO_IPV6, IPV6_TCLASS),
    RW(IPPROTO_IPV6, IPV6_TRANSPARENT),
    RW(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
    RW(IPPROTO_IPV6, IPV6_V6ONLY),
};

const struct sock_option *sock_option_find(const char *name)
{
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	}
	return NULL;
}

const struct sock_option *sock_option_list(size_t *count)
{
	*count = sizeof options / sizeof options[0];
	return options;
}

static struct sock_outcome outcome(int result)
{
	return (struct sock_outcome){.result = result, .error = result < 0 ? errno : 0};
}

static struct sock_outcome set_time(int fd, const struct sock_option *o, int us)
{
	struct timeval tv = {.tv_sec = us / SECOND_US, .tv_usec = us % SECOND_US};
	return outcome(setsockopt(fd, o->level, o->option, &tv, sizeof tv));
}

static struct sock_outcome get_time(int fd, const struct sock_option *o, int *us)
{
	struct timeval tv = {0};
	socklen_t len = sizeof tv;
	struct sock_outcome r = outcome(getsockopt(fd, o->level, o->option, &tv, &len));
	if (r.result == 0)
		*us = (int)(tv.tv_sec * SECOND_US + tv.tv_usec);
	return r;
}

struct sock_outcome sock_option_set(int fd, const struct sock_option *o, int value)
{
	if (o->is_time)
		return set_time(fd, o, value);
	return outcome(setsockopt(fd, o->level, o->option, &value, sizeof value));
}

struct sock_outcome sock_option_get(int fd, const struct sock_option *o, int *value)
{
	if (o->is_time)
		return get_time(fd, o, value);
	/* ip(7): some kernels answer a small value with one byte; on any byte order the rest stays
	 * 0 then */
	union {
		int whole;
		unsigned char byte;
	} answer = {.whole = 0};
	socklen_t len = sizeof answer.whole;
	struct sock_outcome r = outcome(getsockopt(fd, o->level, o->option, &answer, &len));
	if (r.result == 0)
		*value = len == 1 ? answer.byte : answer.whole;
	return r;
}

struct sock_outcome sock_linger(int fd, int seconds)
{
	struct linger l = {.l_onoff = seconds >= 0, .l_linger = seconds >= 0 ? seconds : 0};
	return outcome(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l));
}

struct sock_outcome sock_take_error(int fd)
{
	int value = 0;
	socklen_t len = sizeof value;
	struct sock_outcome o = outcome(getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &len));
	if (o.result == 0)
		o.result = value;
	return o;
}

int sock_flag(const char *name)
{
	static const struct {
		const char *name;
		int flag;
	} flags[] = {
	    {"CONFIRM", MSG_CONFIRM}, {"DONTROUTE", MSG_DONTROUTE}, {"DONTWAIT", MSG_DONTWAIT},
	    {"EOR", MSG_EOR},         {"ERRQUEUE", MSG_ERRQUEUE},   {"FASTOPEN", MSG_FASTOPEN},
	    {"MORE", MSG_MORE},       {"NOSIGNAL", MSG_NOSIGNAL},   {"OOB", MSG_OOB},
	    {"PEEK", MSG_PEEK},       {"TRUNC", MSG_TRUNC},         {"WAITALL", MSG_WAITALL},
	};
	if (strncmp(name, "MSG_", 4) == 0)
		name += 4;
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		if (strcmp(flags[i].name, name) == 0)
			return flags[i].flag;
	}
	return 0;
}
