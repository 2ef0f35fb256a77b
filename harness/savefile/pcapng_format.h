/* SPDX-License-Identifier: MIT */
/*
 * pcapng_format.h - the numbers of pcapng (draft-ietf-opsawg-pcapng, sections 3.5 and 4), for who
 * writes and who reads it
 */
#ifndef SOCKPROOF_SAVEFILE_PCAPNG_FORMAT_H
#define SOCKPROOF_SAVEFILE_PCAPNG_FORMAT_H
#include <stdint.h>

enum {
	BLOCK_SECTION = 0x0a0d0d0a, /* reads the same in both byte orders */
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OBSOLETE = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_NAMES = 4,
	BLOCK_PACKET = 6,
	BLOCK_JOURNAL = 9,
	BLOCK_SYSDIG_EVENT = 0x204, /* three of Sysdig's and Falco's */
	BLOCK_SYSDIG_EVENT_2 = 0x216,
	BLOCK_SYSDIG_EVENT_2_LARGE = 0x221,
	BLOCK_CUSTOM = 0xbad, /* section 4.7: copied by programs that do not know it, or not */
	BLOCK_CUSTOM_NO_COPY = 0x40000bad,
	OPT_END = 0,
	OPT_COMMENT = 1,
	SHB_HARDWARE = 2,
	SHB_OS = 3,
	SHB_APPLICATION = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	IF_FILTER = 11,
	IF_TSOFFSET = 14,
	EPB_FLAGS = 2,
	EPB_PACKETID = 5,
	NRB_IPV4 = 1,
	NRB_IPV6 = 2,
};

/* The byte-order magic of a section. */
#define PCAPNG_MAGIC         0x1a2b3c4du
#define PCAPNG_MAGIC_SWAPPED 0x4d3c2b1au

/* No more is believed of a file: 16 MiB of packet, and its options. */
#define PCAPNG_BLOCK_MAX      ((16u << 20) + (256u << 10))
#define PCAPNG_INTERFACES_MAX 4096u

/* Ticks in a second by if_tsresol (section 4.2): a power of 10, or of 2 when the highest bit is
 * set. 0: more than 64 bits hold. */
uint64_t pcapng_units(uint8_t resolution);

#endif
