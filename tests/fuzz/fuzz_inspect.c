/* SPDX-License-Identifier: MIT */
/*
 * fuzz_inspect.c - the conversations of any bytes: nothing is lost, nothing is counted twice, and
 * the quick reader finds the frames that the thorough one finds
 */
#include "base/err.h"
#include "inspect/inspect.h"
#include "inspect/records.h"
#include "inspect/source.h"
#include "savefile/offline.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void count(const uint8_t *data, size_t size)
{
	struct inspection *i = inspect_open();
	struct inspect_options o = {0};
	struct inspect_totals totals;
	uint64_t packets = 0;
	struct err err = {0};
	size_t *sorted;

	must(inspect_memory(i, data, size, &o, &err) == 0 || err.text[0] != '\0');
	totals = inspect_totals(i);
	for (size_t k = 0; k < inspect_count(i); k++) {
		struct inspect_flow f = inspect_get(i, k);

		must(f.number == k + 1 && f.side[0].packets + f.side[1].packets > 0);
		must(f.opened_at <= f.last_at);
		for (int n = 0; n < 2; n++) {
			must(f.side[n].retransmissions + f.side[n].out_of_order <=
			     f.side[n].packets);
			packets += f.side[n].packets + f.side[n].fragments;
		}
	}
	packets += totals.no_ip + totals.not_read + totals.other + totals.too_short +
	           totals.fragments_lost;
	/* pieces of whole datagrams of other protocols are in no sum */
	must(packets <= totals.packets);
	sorted = inspect_sorted(i, (enum inspect_order)(size % 5));
	free(sorted);
	inspect_close(&i);
}

/* Both read pcapng until one of them refuses; until then they agree. (libpcap, behind the thorough
 * one for pcap, cuts packets at a snap length that the file only claims.) */
static void compare(const uint8_t *data, size_t size)
{
	static const uint8_t section[] = {0x0a, 0x0d, 0x0d, 0x0a};
	struct source s = source_of_memory(data, size);
	struct err err = {0};
	struct records *r = records_open(&s, &err);
	struct capture_file *f = capture_file_open_memory(data, size, &err);
	struct record one;
	struct capture_packet other;

	while (r && f && memcmp(data, section, sizeof section) == 0 &&
	       records_next(r, &one, &err) > 0 && capture_file_next(f, &other, &err) > 0) {
		must(one.number >= (uint64_t)other.number && one.len == other.len);
		must(one.len == 0 || memcmp(one.data, other.data, one.len) == 0);
		must(one.original == other.original_len);
	}
	records_close(&r);
	capture_file_close(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	count(data, size);
	compare(data, size);
	return 0;
}
