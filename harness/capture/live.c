/* SPDX-License-Identifier: MIT */
/* live.c - see live.h */
#include "capture/live.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "packet/reader.h"
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLL2_HEADER 20u
/* The longest datagram without jumbograms: a link that joins segments may show one. */
#define DATAGRAM_MAX 65535u

struct live_capture {
	pcap_t *pcap;
	char *interface;
	uint32_t index;
	bool loopback;
	uint8_t cooked[2][SLL2_HEADER]; /* of the last packet [outbound] */
};

/* What is asked of an interface before libpcap is. */
struct link_facts {
	unsigned index, mtu;
	bool up, loopback, joins_segments;
};

/* Does the link show segments that were not cut yet (TSO) or were joined (GRO)? As libpcap asks, by
 * ETHTOOL_G*. */
static bool offloads(int fd, struct ifreq *r)
{
	static const uint32_t questions[] = {ETHTOOL_GTSO, ETHTOOL_GGRO};

	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		struct ethtool_value v = {.cmd = questions[i]};

		int rc;

		r->ifr_data = (void *)&v;
		rc = ioctl(fd, SIOCETHTOOL, r);
		r->ifr_data = NULL;
		if (rc == 0 && v.data)
			return true;
	}
	return false;
}

static int link_ask(const char *interface, struct link_facts *f, struct err *err)
{
	struct ifreq r = {0};
	int fd, rc = -1;

	*f = (struct link_facts){.index = if_nametoindex(interface)};
	if (f->index == 0)
		return err_set(err, ENODEV, "there is no interface %s", interface);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(err, errno, "socket");
	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", interface);
	if (ioctl(fd, SIOCGIFFLAGS, &r) < 0)
		goto out;
	f->up = r.ifr_flags & IFF_UP;
	f->loopback = r.ifr_flags & IFF_LOOPBACK;
	if (ioctl(fd, SIOCGIFMTU, &r) < 0)
		goto out;
	f->mtu = (unsigned)r.ifr_mtu;
	if (ioctl(fd, SIOCGIFHWADDR, &r) < 0)
		goto out;
	/* a TUN device without IFF_VNET_HDR neither takes uncut segments nor joins any, whatever
	 * its flags say */
	f->joins_segments = r.ifr_hwaddr.sa_family != ARPHRD_NONE && offloads(fd, &r);
	rc = 0;
out:
	if (rc < 0)
		err_sys(err, errno, "asking about interface %s", interface);
	close(fd);
	return rc;
}

static int activate(struct live_capture *c, int snaplen, size_t buffer, struct err *err)
{
	int rc;

	/* these fail only on an activated handle */
	pcap_set_snaplen(c->pcap, snaplen);
	pcap_set_immediate_mode(c->pcap, 1);
	pcap_set_buffer_size(c->pcap, buffer > INT32_MAX ? INT32_MAX : (int)buffer);
	if (pcap_set_tstamp_precision(c->pcap, PCAP_TSTAMP_PRECISION_NANO) != 0)
		return err_set(err, ENOTSUP, "libpcap refuses nanoseconds");
	rc = pcap_activate(c->pcap);
	if (rc == PCAP_ERROR_PERM_DENIED)
		return err_set(err, EPERM, "libpcap may not capture (CAP_NET_RAW is missing): %s",
		               pcap_geterr(c->pcap));
	if (rc != 0) /* a warning, too, means that something asked for was not given */
		return err_set(err, 0, "libpcap: %s: %s", pcap_statustostr(rc),
		               pcap_geterr(c->pcap));
	if (pcap_get_tstamp_precision(c->pcap) != PCAP_TSTAMP_PRECISION_NANO)
		return err_set(err, ENOTSUP, "libpcap does not give nanoseconds");
	if (pcap_set_datalink(c->pcap, DLT_LINUX_SLL2) != 0)
		return err_set(err, ENOTSUP, "libpcap cannot cook packets (1.10 can): %s",
		               pcap_geterr(c->pcap));
	return 0;
}

/* In the kernel already: traffic of other interfaces must not fill the ring. */
static int set_filter(struct live_capture *c, struct err *err)
{
	struct bpf_program program;
	char text[32];
	int rc;

	snprintf(text, sizeof text, "ifindex %u", c->index);
	if (pcap_compile(c->pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return err_set(err, 0, "libpcap: %s: %s", text, pcap_geterr(c->pcap));
	rc = pcap_setfilter(c->pcap, &program);
	pcap_freecode(&program);
	if (rc != 0)
		return err_set(err, 0, "libpcap: %s: %s", text, pcap_geterr(c->pcap));
	return 0;
}

struct live_capture *live_open(const char *interface, size_t buffer, struct err *err)
{
	char text[PCAP_ERRBUF_SIZE];
	struct live_capture *c;
	struct link_facts f;
	unsigned longest;

	if (link_ask(interface, &f, err) < 0)
		return NULL;
	if (!f.up) {
		err_set(err, ENETDOWN, "interface %s is down", interface);
		return NULL;
	}
	longest = f.joins_segments && f.mtu < DATAGRAM_MAX ? DATAGRAM_MAX : f.mtu;
	c = mem_zero(1, sizeof *c);
	c->interface = mem_text(interface);
	c->index = f.index;
	c->loopback = f.loopback;
	c->pcap = pcap_create("any", text);
	if (!c->pcap) {
		err_set(err, 0, "libpcap: %s", text);
		goto failed;
	}
	if (activate(c, (int)(longest + SLL2_HEADER), buffer, err) < 0 || set_filter(c, err) < 0)
		goto failed;
	if (pcap_setnonblock(c->pcap, 1, text) != 0 || pcap_get_selectable_fd(c->pcap) < 0) {
		err_set(err, 0, "libpcap: no descriptor to wait on: %s", text);
		goto failed;
	}
	return c;
failed:
	live_close(&c);
	return NULL;
}

void live_close(struct live_capture **capture)
{
	struct live_capture *c = *capture;

	if (!c)
		return;
	*capture = NULL;
	if (c->pcap)
		pcap_close(c->pcap);
	free(c->interface);
	free(c);
}

int live_fd(const struct live_capture *c)
{
	return pcap_get_selectable_fd(c->pcap);
}

struct reading {
	struct live_capture *c;
	live_fn *fn;
	void *arg;
	struct err *err;
	int count;
	bool failed;
};

static enum capture_direction direction_of(const struct live_capture *c, uint8_t packet_type)
{
	if (c->loopback)
		return CAPTURE_UNKNOWN;
	return packet_type == PACKET_OUTGOING ? CAPTURE_OUTBOUND : CAPTURE_INBOUND;
}

static int hand_over(struct reading *r, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct reader in = reader_of(bytes, h->caplen);
	/* LINKTYPE_LINUX_SLL2: protocol, reserved, interface, ARPHRD, packet type, address */
	uint16_t protocol = reader_u16(&in);
	uint32_t index;
	uint8_t type;

	reader_skip(&in, 2);
	index = reader_u32(&in);
	reader_skip(&in, 2);
	type = reader_u8(&in);
	reader_skip(&in, 9);
	if (in.ended)
		return err_set(r->err, EPROTO, "libpcap gave a packet without its cooked header");
	/* what came between activation and the filter may be another interface's */
	if (index != r->c->index || (protocol != ETH_P_IP && protocol != ETH_P_IPV6))
		return 0;
	if (h->caplen < h->len)
		return err_set(
		    r->err, EMSGSIZE,
		    "a packet of %u bytes on %s was cut to %u: it is longer than the MTU",
		    h->len - SLL2_HEADER, r->c->interface, h->caplen - SLL2_HEADER);
	memcpy(r->c->cooked[type == PACKET_OUTGOING], bytes, SLL2_HEADER);
	r->count++;
	/* with nanosecond precision tv_usec holds nanoseconds (pcap_set_tstamp_precision(3PCAP)) */
	return r->fn(r->arg, (int64_t)h->ts.tv_sec * NS_PER_S + (int64_t)h->ts.tv_usec,
	             direction_of(r->c, type), in.p + in.at, reader_left(&in), r->err);
}

static void each(u_char *arg, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct reading *r = (struct reading *)(void *)arg;

	if (r->failed || hand_over(r, h, bytes) == 0)
		return;
	r->failed = true;
	pcap_breakloop(r->c->pcap);
}

int live_read(struct live_capture *c, live_fn *fn, void *arg, struct err *err)
{
	struct reading r = {.c = c, .fn = fn, .arg = arg, .err = err};
	int rc = pcap_dispatch(c->pcap, -1, each, (u_char *)&r);

	if (r.failed)
		return -1;
	if (rc < 0)
		return err_set(err, 0, "libpcap on %s: %s", c->interface, pcap_geterr(c->pcap));
	return r.count;
}

void live_header(const struct live_capture *c, enum capture_direction direction, unsigned version,
                 uint8_t header[LIVE_HEADER])
{
	/* tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html and LINKTYPE_LINUX_SLL.html: the same
	 * fields in another order */
	const uint8_t *from = c->cooked[direction == CAPTURE_OUTBOUND];
	uint16_t protocol = version == 6 ? ETH_P_IPV6 : ETH_P_IP;

	memset(header, 0, LIVE_HEADER);
	header[1] = from[10];             /* packet type */
	memcpy(header + 2, from + 8, 2);  /* ARPHRD */
	header[5] = from[11];             /* address's length */
	memcpy(header + 6, from + 12, 8); /* address */
	header[14] = (uint8_t)(protocol >> 8);
	header[15] = (uint8_t)protocol;
}

int64_t live_lost(struct live_capture *c, struct err *err)
{
	struct pcap_stat s;

	/* ps_ifdrop is the device's own and counts what never was a packet of this case */
	if (pcap_stats(c->pcap, &s) != 0)
		return err_set(err, 0, "libpcap on %s: %s", c->interface, pcap_geterr(c->pcap));
	return s.ps_drop;
}

const char *live_library(void)
{
	return pcap_lib_version();
}
