/* SPDX-License-Identifier: MIT */
/* qmp.c - see qmp.h */
#include "vm/qmp.h"
#include "base/clock.h"
#include "base/err.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PATIENCE       (60 * NS_PER_S) /* for an answer: QEMU itself answers at once */
#define LINE_MAX_BYTES ((size_t)1 << 20)

/* Wait until @until for bytes. False: none came. */
static bool more(struct qmp *q, int64_t until)
{
	char piece[4096];
	struct pollfd f = {.fd = q->fd, .events = POLLIN};
	int64_t left = until - clock_now();
	ssize_t n;

	if (q->gone || left <= 0)
		return false;
	if (poll(&f, 1, (int)(left / NS_PER_MS) + 1) <= 0)
		return false;
	n = recv(q->fd, piece, sizeof piece, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0 || q->in.len > LINE_MAX_BYTES) {
		q->gone = true;
		return false;
	}
	buf_add(&q->in, piece, (size_t)n);
	return true;
}

/* One message that is here already; NULL: none whole. Events are taken note of. */
static json_t *message(struct qmp *q)
{
	for (;;) {
		char *end = q->in.len > 0 ? memchr(q->in.p, '\n', q->in.len) : NULL;
		const char *event;
		json_t *j;

		if (!end)
			return NULL;
		j = json_loadb(q->in.p, (size_t)(end - q->in.p), 0, NULL);
		buf_consume(&q->in, (size_t)(end - q->in.p) + 1);
		if (!j)
			continue;
		event = json_string_value(json_object_get(j, "event"));
		if (!event)
			return j;
		q->stopped = q->stopped || strcmp(event, "GUEST_PANICKED") == 0;
		json_decref(j);
	}
}

static json_t *next(struct qmp *q, struct err *err)
{
	int64_t until = clock_now() + PATIENCE;

	for (;;) {
		json_t *j = message(q);

		if (j)
			return j;
		if (more(q, until))
			continue;
		err_set(err, EPIPE, q->gone ? "QEMU ended" : "QEMU does not answer");
		return NULL;
	}
}

/* Less than a socket's buffer: it goes whole or not at all. */
static bool say(const struct qmp *q, char *text, int pass)
{
	char control[CMSG_SPACE(sizeof pass)] = {0};
	struct iovec piece = {.iov_base = text, .iov_len = strlen(text)};
	struct msghdr m = {.msg_iov = &piece, .msg_iovlen = 1};

	if (pass >= 0) {
		struct cmsghdr *c = (struct cmsghdr *)control;

		m.msg_control = control;
		m.msg_controllen = sizeof control;
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof pass);
		memcpy(CMSG_DATA(c), &pass, sizeof pass);
	}
	return sendmsg(q->fd, &m, MSG_NOSIGNAL) == (ssize_t)piece.iov_len;
}

int qmp_do(struct qmp *q, const char *command, json_t *arguments, int pass, json_t **answer,
           struct err *err)
{
	json_t *j = json_pack("{s:s}", "execute", command);
	const char *why;
	char *text;
	bool said;

	if (arguments)
		json_object_set_new(j, "arguments", arguments);
	text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	if (!text)
		return err_set(err, EINVAL, "QMP %s cannot be written", command);
	said = say(q, text, pass);
	free(text);
	if (!said)
		return err_set(err, EPIPE, "QEMU ended before %s", command);
	j = next(q, err);
	if (!j)
		return err_wrap(err, "QMP %s", command);
	why = json_string_value(json_object_get(json_object_get(j, "error"), "desc"));
	if (why) {
		err_set(err, EIO, "QMP %s: %s", command, why);
		json_decref(j);
		return -1;
	}
	if (answer)
		*answer = json_incref(json_object_get(j, "return"));
	json_decref(j);
	return 0;
}

int qmp_begin(struct qmp *q, int fd, struct err *err)
{
	json_t *greeting;

	*q = (struct qmp){.fd = fd};
	greeting = next(q, err);
	if (!greeting)
		return -1;
	json_decref(greeting);
	return qmp_do(q, "qmp_capabilities", NULL, -1, NULL, err);
}

void qmp_listen(struct qmp *q, int64_t until)
{
	do
		json_decref(message(q));
	while (!q->stopped && more(q, until));
	json_decref(message(q));
}

void qmp_free(struct qmp *q)
{
	buf_free(&q->in);
}
