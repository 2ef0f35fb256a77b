/* SPDX-License-Identifier: MIT */
/* drawing.c - see drawing_own.h */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/drawing_own.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *drawing_numbers(const struct scene_row *r, char text[static 48])
{
	if (r->first == r->last)
		snprintf(text, 48, "%" PRId64, r->first);
	else
		snprintf(text, 48, "%" PRId64 "–%" PRId64, r->first, r->last);
	return text;
}

void drawing_at(struct buf *out, int64_t ns)
{
	int64_t s = ns / NS_PER_S;

	if (ns < NS_PER_S)
		buf_printf(out, "%.3f ms", (double)ns / (double)NS_PER_MS);
	else
		buf_printf(out, "%.*f s",
		           s < 10      ? 6
		           : s < 100   ? 5
		           : s < 1000  ? 4
		           : s < 10000 ? 3
		                       : 1,
		           (double)ns / (double)NS_PER_S);
}

void drawing_flow(const struct scene *s, const struct scene_row *r, struct buf *out)
{
	if (r->flow >= 0 && s->flow_count > 1)
		buf_printf(out, "%d ", r->flow + 1);
}

static const char *host_name(const struct scene *s, int host, const char *nobody)
{
	return host >= 0 && (size_t)host < s->host_count ? s->hosts[host] : nobody;
}

static void row_packet(const struct scene *s, const struct scene_row *r, struct buf *out)
{
	buf_printf(out, "packet %" PRId64 " %s > %s: %s", r->first, host_name(s, r->from, "wire"),
	           host_name(s, r->to, "nobody"), r->words);
	if (r->arrow == ARROW_ARRIVES)
		buf_str(out, ", arrives now");
	else if (r->arrow == ARROW_LOST_LATER || r->arrow == ARROW_LOST)
		buf_str(out, ", is lost");
	else if (r->arrow == ARROW_LEAVES)
		buf_str(out, ", leaves");
	else if (r->arrow == ARROW_KEPT)
		buf_str(out, ", never arrived");
	if (*r->mark)
		buf_printf(out, " (%s)", r->mark);
	if (*r->step)
		buf_printf(out, ", after %s", r->step);
}

void drawing_row(const struct scene *s, const struct scene_row *r, struct buf *out)
{
	char numbers[48];

	text_ns(out, r->at);
	buf_str(out, " ");
	if (r->kind == SCENE_PACKET || r->kind == SCENE_ARRIVAL) {
		row_packet(s, r, out);
	} else if (r->kind == SCENE_RUN) {
		buf_printf(out, "%zu packet%s", r->packets, r->packets == 1 ? "" : "s");
		if (r->packets > 0)
			buf_printf(out, " %s", drawing_numbers(r, numbers));
		buf_printf(out, " and %zu step%s: %s", r->steps, r->steps == 1 ? "" : "s",
		           r->words);
	} else {
		if (*r->who)
			buf_printf(out, "%s%s%s: ", r->host >= 0 ? s->hosts[r->host] : "",
			           r->host >= 0 ? " " : "", r->who);
		buf_str(out, r->words);
		if (*r->mark)
			buf_printf(out, " (%s)", r->mark);
	}
	if (r->line > 0)
		buf_printf(out, " [line %d]", r->line);
}

void svg_text(struct buf *out, const char *s)
{
	for (;;) {
		/* 0xef: what U+FFFE and U+FFFF begin with */
		size_t plain = strcspn(s, "&<>\"\xef");

		buf_add(out, s, plain);
		s += plain;
		if (*s == '\0')
			return;
		if (strncmp(s, "\xef\xbf\xbe", 3) == 0 || strncmp(s, "\xef\xbf\xbf", 3) == 0)
			s += 2;
		else if (*s == '&')
			buf_str(out, "&amp;");
		else if (*s == '<')
			buf_str(out, "&lt;");
		else if (*s == '>')
			buf_str(out, "&gt;");
		else if (*s == '"')
			buf_str(out, "&quot;");
		else
			buf_add(out, s, 1);
		s++;
	}
}

void svg_cut(struct buf *out, const char *s, size_t columns)
{
	struct buf b = {0};

	text_cut(&b, s, columns);
	svg_text(out, buf_text(&b));
	buf_free(&b);
}

/*
 * Colours: what a thing is has one colour in both schemes' sheets. No variables: programs that make
 * pictures of SVG do not know them.
 */
static const char light[] =
    ".sp-back{fill:#fff}.sp-lane{fill:#f6f8fa}.sp-t{fill:#1f2328}.sp-dim{fill:#656d76}"
    ".sp-life{stroke:#8c959f}.sp-grid{stroke:#eaeef2}.sp text.sp-halo{stroke:#fff}"
    ".sp-bad{fill:#b31d28}.sp-bad-s{stroke:#b31d28}.sp-good{fill:#116329}"
    ".sp-odd{fill:#953800}.sp-odd-s{stroke:#bc4c00}.sp-badback{fill:#ffebe9}"
    ".sp-runback{fill:#f0f3f6}.sp-wireback{fill:#fff8c5}"
    ".sp-open{fill:#d4a72c}.sp-est{fill:#2da44e}.sp-clos{fill:#e16f24}.sp-tw{fill:#8250df}"
    ".sp-ack-s{stroke:#1a7f37}.sp-win-s{stroke:#0969da}.sp-win{fill:#0969da}.sp-ack{fill:#1a7f37}"
    ".sp-f0{stroke:#24292f;fill:#24292f}.sp-f1{stroke:#0969da;fill:#0969da}"
    ".sp-f2{stroke:#8250df;fill:#8250df}.sp-f3{stroke:#1a7f37;fill:#1a7f37}"
    ".sp-f4{stroke:#bf3989;fill:#bf3989}.sp-f5{stroke:#0b7285;fill:#0b7285}"
    ".sp-f6{stroke:#7d4e00;fill:#7d4e00}.sp-f7{stroke:#57606a;fill:#57606a}";
static const char dark[] =
    ".sp-back{fill:#0d1117}.sp-lane{fill:#161b22}.sp-t{fill:#e6edf3}.sp-dim{fill:#8d96a0}"
    ".sp-life{stroke:#6e7681}.sp-grid{stroke:#21262d}.sp text.sp-halo{stroke:#0d1117}"
    ".sp-bad{fill:#ff7b72}.sp-bad-s{stroke:#ff7b72}.sp-good{fill:#3fb950}"
    ".sp-odd{fill:#f0883e}.sp-odd-s{stroke:#f0883e}.sp-badback{fill:#3d1519}"
    ".sp-runback{fill:#1c2128}.sp-wireback{fill:#2e2a14}"
    ".sp-open{fill:#d29922}.sp-est{fill:#3fb950}.sp-clos{fill:#f0883e}.sp-tw{fill:#a371f7}"
    ".sp-ack-s{stroke:#3fb950}.sp-win-s{stroke:#58a6ff}.sp-win{fill:#58a6ff}.sp-ack{fill:#3fb950}"
    ".sp-f0{stroke:#e6edf3;fill:#e6edf3}.sp-f1{stroke:#58a6ff;fill:#58a6ff}"
    ".sp-f2{stroke:#bc8cff;fill:#bc8cff}.sp-f3{stroke:#56d364;fill:#56d364}"
    ".sp-f4{stroke:#f778ba;fill:#f778ba}.sp-f5{stroke:#39c5cf;fill:#39c5cf}"
    ".sp-f6{stroke:#d4a76a;fill:#d4a76a}.sp-f7{stroke:#8b949e;fill:#8b949e}";

void drawing_colors(struct buf *out, bool dark_only)
{
	if (dark_only) {
		buf_str(out, dark);
		return;
	}
	buf_str(out, ".sp text{font:11px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;"
	             "stroke:none}.sp text.sp-big{font-size:14px}"
	             ".sp .sp-b{font-weight:bold}.sp .sp-i{font-style:italic}"
	             ".sp .sp-l{text-anchor:end}.sp .sp-m{text-anchor:middle}"
	             ".sp path,.sp line{fill:none}"
	             ".sp .sp-head,.sp .sp-no{stroke:none}"
	             ".sp "
	             "text.sp-halo{paint-order:stroke;stroke-width:3px;stroke-linejoin:round;"
	             "stroke-opacity:.9}"
	             ".sp .sp-der{fill-opacity:.42}"
	             ".sp .row:target .sp-hit,.sp .row:focus .sp-hit,.sp .row:hover .sp-hit"
	             "{fill:#0969da;fill-opacity:.12}.sp .sp-hit{fill-opacity:0}\n");
	buf_str(out, light);
}

void drawing_style(struct buf *out)
{
	drawing_colors(out, false);
	buf_str(out, "\n@media(prefers-color-scheme:dark){");
	drawing_colors(out, true);
	buf_str(out, "}\n");
}

void svg_open(struct buf *out, const struct drawing_setting *set, const char *id, int width,
              int height, const char *title, const char *description)
{
	const char *prefix = set->prefix ? set->prefix : "";

	buf_printf(out,
	           "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sp\" role=\"group\" "
	           "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
	           "aria-labelledby=\"%s%s-t %s%s-d\">\n<title id=\"%s%s-t\">",
	           width, height, width, height, prefix, id, prefix, id, prefix, id);
	svg_text(out, title);
	buf_printf(out, "</title>\n<desc id=\"%s%s-d\">", prefix, id);
	svg_text(out, description);
	buf_str(out, "</desc>\n");
	if (!set->bare) {
		buf_str(out, "<style>\n");
		drawing_style(out);
		buf_str(out, "</style>\n");
	}
	buf_printf(out, "<rect class=\"sp-back\" width=\"%d\" height=\"%d\"/>\n", width, height);
}

void svg_close(struct buf *out)
{
	buf_str(out, "</svg>\n");
}
