/* SPDX-License-Identifier: MIT */
/*
 * live.h - libpcap on one host's interface: nanoseconds, immediate mode, nothing lost in silence
 *
 * Theory. libpcap tells a packet's direction only in cooked captures, and cooks on Linux only for
 * its device "any". So one handle on "any" with DLT_LINUX_SLL2, filtered in the kernel to one
 * interface index, gives IP datagrams with the kernel's own word on who sent them: an injected
 * packet with the host's own source address is not mistaken. It costs what a handle on the device
 * itself costs (activation and closing wait for RCU, whatever the device).
 *
 * One thread owns a capture. Packets come as raw IP whatever the interface's link type is; ARP and
 * other protocols are passed over. Times are libpcap's (the kernel's CLOCK_REALTIME), ns since
 * 1970. On a loopback interface each packet comes once, with CAPTURE_UNKNOWN: there is but one
 * side.
 */
#ifndef SOCKPROOF_CAPTURE_LIVE_H
#define SOCKPROOF_CAPTURE_LIVE_H
#include "savefile/pcapng.h"
#include <stddef.h>
#include <stdint.h>

struct err;
struct live_capture; /* opaque */

/* Called for each packet; @data (IP header onwards) is borrowed for the call. Returns 0, or -1 with
 * @err set: live_read() ends with it. */
typedef int live_fn(void *arg, int64_t at, enum capture_direction direction, const uint8_t *data,
                    size_t len, struct err *err);

/*
 * Open @interface of the network namespace this thread is in now; the capture stays there.
 * buffer: bytes of kernel ring. A slot holds a packet of the interface's MTU (64 KiB where
 * segmentation offload makes bigger ones): at MTU 1500 two packets take a page. live_read() fails
 * at a packet longer than its slot.
 * @err: no such interface, no CAP_NET_RAW, interface down, nanoseconds or cooked capture refused.
 */
struct live_capture *live_open(const char *interface, size_t buffer, struct err *err);
void live_close(struct live_capture **c);

/* Descriptor for epoll: readable when live_read() has something. Owned by the capture. */
int live_fd(const struct live_capture *c);

/* Hand over everything the kernel has. Does not block. Returns the number of packets, -1 with @err
 * set. */
int live_read(struct live_capture *c, live_fn *fn, void *arg, struct err *err);

/* Packets that the kernel or the ring lost since the capture was opened: 0 is the only good answer.
 * -1 with @err set. */
int64_t live_lost(struct live_capture *c, struct err *err);

/*
 * The LINKTYPE_LINUX_SLL header of a packet of that direction and IP version: what libpcap told of
 * the last one that came that way (kind of device, sender's link-layer address), but for the
 * interface's index, which that header has no place for.
 */
#define LIVE_HEADER 16
void live_header(const struct live_capture *c, enum capture_direction direction, unsigned version,
                 uint8_t header[LIVE_HEADER]);

/* libpcap's own version line. Static storage. */
const char *live_library(void);

#endif
