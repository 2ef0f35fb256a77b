/* SPDX-License-Identifier: MIT */
/*
 * tool.h - programs of this machine that the virtual clock leans on: started without a shell, their
 * output read
 */
#ifndef SOCKPROOF_VM_TOOL_H
#define SOCKPROOF_VM_TOOL_H
#include <stddef.h>

struct buf;
struct err;

#define VM_QEMU         "qemu-system-x86_64"
#define VM_QEMU_PACKAGE "qemu-system-x86"

/* Run @argv (NULL-terminated; argv[0] is looked for in PATH) until it ends, with @input as its
 * standard input (-1: nothing to read) and what it writes added to @out. Its standard error is
 * dropped. More than @limit bytes are an error, as is an exit status that is not 0. 0, or -1 with
 * @err set; the code is ENOENT when there is no such program. */
int vm_tool_output(const char *const *argv, int input, size_t limit, struct buf *out,
                   struct err *err);

/* The version of QEMU, as it says itself: "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)". free() it. NULL
 * with @err set; the code is ENOENT when it is not installed. */
char *vm_qemu_version(struct err *err);

#endif
