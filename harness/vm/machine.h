/* SPDX-License-Identifier: MIT */
/*
 * machine.h - a QEMU process: booted until the guest stops itself, saved, resumed
 *
 * Theory. Time in the guest is counted in instructions (-icount shift, sleep=off): an instruction
 * takes 8 ns, and when the guest sleeps its clock jumps to the next timer. Nothing else moves it,
 * so the same memory, devices and window give the same run, nanosecond for nanosecond, whatever the
 * host does meanwhile. The guest stops the machine by an instruction (window.h); what is saved
 * there, and resumed later, is the state between two instructions.
 *
 * The guest's memory is a memory file while it boots, and a file of the snapshot's folder from then
 * on, mapped privately (copy on write) by every resumed machine: resuming copies nothing, and reads
 * only the pages that the guest touches.
 */
#ifndef SOCKPROOF_VM_MACHINE_H
#define SOCKPROOF_VM_MACHINE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct machine; /* opaque */

#define MACHINE_SHIFT              3 /* of -icount */
#define MACHINE_NS_PER_INSTRUCTION (1u << MACHINE_SHIFT)

struct machine_setting {
	const char *command_line; /* of the kernel: boot; NULL: resume */
	/* when booting, descriptors of memory files (memfd_create(2)) */
	int kernel; /* a bzImage, or an ELF file with an entry point for PVH */
	int initrd;
	int fresh; /* the guest's memory, WINDOW_KERNEL_MB, empty; shared */
	/* when resuming */
	const char *memory; /* the file of the guest's memory, mapped privately */
	int state;          /* descriptor of the saved devices, to read from */
};

/* Start it, stopped before its first instruction. NULL with @err set. Dies with this process. */
struct machine *machine_start(const struct machine_setting *s, struct err *err);
/* End it and forget it; *m may be NULL. */
void machine_close(struct machine **m);

/* The window (WINDOW_SIZE bytes, window.h), mapped here. */
void *machine_window(struct machine *m);

enum machine_end {
	MACHINE_STOPPED, /* the guest stopped it */
	MACHINE_GONE,    /* QEMU has ended: the guest panicked or shut down */
	MACHINE_LATE,    /* neither within the time */
};
/* Let it run until one of these. patience: ns of this machine's clock, in which it was not only
 * waiting for a processor that others had. tick(arg) is called about
 * four times a second; may be NULL. -1 with @err set: QEMU does not answer as it should. */
int machine_run(struct machine *m, int64_t patience, void (*tick)(void *arg), void *arg,
                struct err *err);

/* Save the devices of a stopped machine into the new file @path; the memory is in its file. */
int machine_save(struct machine *m, const char *path, struct err *err);

/* Behind @err's text: what QEMU died of, and what the guest said last on its console, or from where
 * a dying kernel began to say why. */
void machine_last_words(struct machine *m, struct err *err);

/* The arguments that make the machine what it is, as one text: what a snapshot is kept under. */
char *machine_words(const struct machine_setting *s);

#endif
