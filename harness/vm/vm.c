/* SPDX-License-Identifier: MIT */
/* vm.c - see vm.h */
#include "vm/vm.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "vm/job.h"
#include "vm/kernel.h"
#include "vm/machine.h"
#include "vm/snapshot.h"
#include "vm/tool.h"
#include "vm/window.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A guest computes at a fifth to a tenth of this machine's speed, and its own limit (guest.c) is in
 * its own time; these are for a guest that never answers at all. */
#define BOOT_PATIENCE (120 * NS_PER_S)
#define CASE_PATIENCE (170 * NS_PER_S)

/* What the harness needs of a kernel; '?': may be missing. */
static const char *const modules[] = {"tun",           "veth",      "inet_diag", "tcp_diag",
                                      "udp_diag",      "?raw_diag", "unix_diag", "?af_packet_diag",
                                      "?netlink_diag", NULL};

struct vm {
	char *qemu_version;
	struct vm_kernel kernel;
	struct snapshot snapshot;
	const char *version;
	int64_t patience; /* for a case, ns */
};

struct vm *vm_open(const struct vm_setting *setting, bool *missing, struct err *err)
{
	struct vm *vm = mem_zero(1, sizeof *vm);
	struct snapshot_setting ss = {.kernel = &vm->kernel,
	                              .progress = setting->progress,
	                              .patience = setting->patience ? setting->patience * NS_PER_S
	                                                            : BOOT_PATIENCE};
	int rc = -1;

	*missing = true;
	vm->snapshot.folder = -1;
	vm->version = setting->version;
	vm->patience = setting->patience ? setting->patience * NS_PER_S : CASE_PATIENCE;
	vm->qemu_version = vm_qemu_version(err);
	if (!vm->qemu_version)
		err_wrap(err, "apt-get install " VM_QEMU_PACKAGE " brings what is missing");
	else
		rc = vm_kernel_find(setting->kernel, modules, &vm->kernel, err);
	if (rc == 0) {
		*missing = false;
		ss.qemu_version = vm->qemu_version;
		rc = snapshot_get(&ss, &vm->snapshot, err);
	}
	if (rc < 0)
		vm_close(&vm);
	return vm;
}

void vm_close(struct vm **p)
{
	struct vm *vm = *p;

	if (!vm)
		return;
	*p = NULL;
	snapshot_free(&vm->snapshot);
	vm_kernel_free(&vm->kernel);
	free(vm->qemu_version);
	free(vm);
}

const char *vm_release(const struct vm *vm)
{
	return vm->kernel.release;
}

const char *vm_qemu(const struct vm *vm)
{
	return vm->qemu_version;
}

/* Put the job into the window, let the guest run, take the result out of it. */
static int play(struct vm *vm, struct machine *m, const struct buf *job,
                const struct perform_setting *setting, struct outcome *out, struct err *err)
{
	struct window_head *head = machine_window(m);
	const char *payload = (const char *)head + WINDOW_PAYLOAD;
	uint64_t len;
	int end;

	if (job->len > WINDOW_ROOM)
		return err_set(err, E2BIG,
		               "the programs of this case and what they need are %zu MiB; a guest "
		               "takes %d MiB",
		               job->len >> 20, WINDOW_MB - 1);
	memcpy((char *)head + WINDOW_PAYLOAD, job->p, job->len);
	*head = (struct window_head){.magic = WINDOW_MAGIC, .state = WINDOW_JOB, .len = job->len};
	end = machine_run(m, vm->patience, NULL, NULL, err);
	if (end < 0)
		return -1;
	len = head->len;
	if (end == MACHINE_STOPPED && head->state == WINDOW_DONE && len <= WINDOW_ROOM)
		return job_result(payload, len, setting, out, err);
	if (end == MACHINE_STOPPED && head->state == WINDOW_FAILED && len <= WINDOW_ROOM)
		return err_set(err, EIO, "the guest: %.*s", (int)(len < 800 ? len : 800), payload);
	if (end == MACHINE_LATE)
		err_set(err, ETIMEDOUT,
		        "the guest gave no answer within %lld s of this machine's time",
		        (long long)(vm->patience / NS_PER_S));
	else
		err_set(err, EIO, "the guest ended before it had a verdict");
	machine_last_words(m, err);
	return -1;
}

static int perform(struct vm *vm, struct script *s, const struct plan_case *c,
                   const struct perform_setting *setting, struct outcome *out, struct err *err)
{
	const struct job_words words = {.qemu = vm->qemu_version,
	                                .ns_per_instruction = MACHINE_NS_PER_INSTRUCTION};
	struct machine_setting ms = {.memory = vm->snapshot.memory};
	struct machine *m;
	struct buf job = {0};
	int rc = job_pack(s, c, setting, &words, &job, err);

	if (rc == 0) {
		ms.state = open(vm->snapshot.state, O_RDONLY | O_CLOEXEC);
		if (ms.state < 0)
			rc = err_sys(err, errno, "%s", vm->snapshot.state);
	}
	if (rc == 0) {
		m = machine_start(&ms, err);
		close(ms.state);
		rc = m ? play(vm, m, &job, setting, out, err) : -1;
		machine_close(&m);
	}
	buf_free(&job);
	return rc;
}

void vm_perform(struct vm *vm, struct script *s, const struct plan_case *c,
                const struct perform_setting *setting, struct outcome *out)
{
	struct err err;

	*out = (struct outcome){0};
	if (perform(vm, s, c, setting, out, &err) < 0) {
		outcome_free(out);
		*out = (struct outcome){
		    .verdict = OUTCOME_ERROR, .reason = mem_text(err.text), .trace = mem_text("")};
	}
	job_own_paths(c, out);
}
