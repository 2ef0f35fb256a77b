// case.js - one case: its data unpacked, its page built. Texts go in as text nodes, pictures as parsed XML: nothing of a case is ever HTML.

function el(tag, props, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props || {})) {
    if (v === false || v === undefined || v === null) continue;
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (k === 'class') e.className = v;
    else e.setAttribute(k, v === true ? '' : v);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return e;
}

const toBytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

async function unpack(id) {
  const stream = new Blob([toBytes($(id).textContent)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

function picture(svg) {
  const doc = new DOMParser().parseFromString(svg, 'image/svg+xml');
  if (doc.querySelector('parsererror')) return el('p', { class: 'note' }, 'This picture cannot be read.');
  return document.importNode(doc.documentElement, true);
}

const shellWord = (s) => (/^[\w@%+=:,./-]+$/.test(s) ? s : `'${s.replaceAll("'", "'\\''")}'`);

// The first word of a command, as the shell was given it: sockproof by the name it had when the case was played
const programOf = (typed) => (typed.match(/^(?:'[^']*'|\\.|[^\s'\\])+/) || ['sockproof'])[0];

function command(name, text) {
  const button = el('button', { type: 'button' }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(button.previousSibling);
      button.textContent = 'Selected';
    }
  });
  return [el('p', { class: 'command-name' }, name), el('div', { class: 'command' }, el('pre', { tabindex: 0 }, text), button)];
}

// "packet 4" in a text as a link to that packet
function withPackets(text, data, go) {
  const parts = [];
  let at = 0;
  for (const m of text.matchAll(/\bpackets? (\d+)/g)) {
    const n = Number(m[1]);
    if (!data.packets || n < 1 || n > data.packet_count) continue;
    parts.push(text.slice(at, m.index), el('a', { href: '#', onclick: (e) => (e.preventDefault(), go(n)) }, m[0]));
    at = m.index + m[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

const inMs = (at) => `${at.toFixed(3)} ms`;
const packetTitle = ([n, , from, to, words]) => `#${n}  ${words.includes(' > ') ? words : `${from} > ${to}  ${words}`}`;

// What a row stands for: [first, last] of a run's packets, or null
function runOf(row) {
  const [first, last] = (row.dataset.packet || '').split('-').map(Number);
  return last ? [first, last] : null;
}

// What the page does not have of a long case is said where it would stand.
function partNote(what, shown, count, data) {
  return shown < count && el('p', { class: 'note part' }, `The page has the first ${shown} of ${count} ${what}; all of them are in ${data.directory}.`);
}

// The dock: what the row under the pointer, or the chosen one, says; a packet's fields and bytes; a run's packets, one of them opened.
function makeDock(data, source, step, open) {
  const title = el('h3', {}), inside = el('div', { class: 'inside' });
  const close = el('button', { type: 'button' }, 'Close');
  const dock = el('section', { class: 'dock', 'aria-label': 'Packet or step', hidden: true }, el('header', {}, title,
    el('button', { type: 'button', 'aria-label': 'Row before', onclick: () => step(-1) }, '↑'),
    el('button', { type: 'button', 'aria-label': 'Next row', onclick: () => step(1) }, '↓'), close), inside);
  let shown = null, opened = 0;

  function hexDump(bytes, from, to) {
    const pre = el('pre', {}), lines = [];
    for (let at = 0; at < bytes.length; at += 16) {
      const part = bytes.subarray(at, at + 16), hexes = [], letters = [];
      // three pieces: before, within and behind what is marked
      const cut = [0, Math.min(Math.max(from - at, 0), part.length), Math.min(Math.max(to - at, 0), part.length), part.length];
      for (let k = 0; k < 3; k++) {
        const piece = part.subarray(cut[k], cut[k + 1]);
        const digits = Array.from(piece, (b, i) => b.toString(16).padStart(2, '0') + (cut[k] + i === 7 ? '  ' : ' ')).join('');
        const text = Array.from(piece, (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '·')).join('');
        hexes.push(k === 1 && digits ? el('mark', {}, digits) : digits);
        letters.push(k === 1 && text ? el('mark', {}, text) : text);
      }
      lines.push(el('span', { class: 'at' }, at.toString(16).padStart(4, '0') + '  '), ...hexes, ' '.repeat((16 - part.length) * 3 + (part.length < 8 ? 1 : 0) + 1), ...letters, '\n');
    }
    pre.append(...lines);
    return pre;
  }

  function packetPanes(p) {
    const [n, at, from, to, words, fate, cause, base64, len, kernel] = p, bytes = toBytes(base64), fields = decodePacket(bytes);
    const pane = el('div', { class: 'bytes', tabindex: 0, role: 'region', 'aria-label': `Bytes of packet ${n}` }, hexDump(bytes, 0, 0));
    const row = (name, value, f) => {
      const tr = el('tr', { class: f && f.layer ? 'layer' : null, 'data-from': f ? f.from : null, tabindex: f ? -1 : null }, el('th', { scope: 'row' }, name), el('td', {}, value));
      if (f) {
        const mark = () => pane.firstChild.replaceWith(hexDump(bytes, f.from, f.to));
        tr.addEventListener('pointerenter', mark);
        tr.addEventListener('focus', mark);
      }
      return tr;
    };
    const body = el('tbody', {}, row('Packet', `#${n}, ${len} bytes${bytes.length < len ? `, the first ${bytes.length} here` : ''}`),
      row('When', `on the link at ${inMs(at)}${kernel === null ? '' : `, seen by the sender's kernel at ${inMs(kernel)} (capture.pcapng)`}`), row('In its flow', words), row('Fate', cause ? `${fate}; ${cause}` : fate),
      ...fields.map((f) => row(f.name, f.layer ? `${f.to - f.from} bytes` : f.value, f)),
      row('Find it', `tshark -r ${shellWord(data.directory + '/capture.pcapng')} -Y 'frame.number == ${n}' -V`));
    return [el('div', { class: 'fields', tabindex: 0, role: 'region', 'aria-label': `Fields of packet ${n}` }, el('table', {}, body)), pane];
  }

  // The packets of a run, to be walked: the one that is opened is the one that Tab leads to
  function packetList(first, last, n) {
    const own = data.packets.slice(first - 1, last);
    const list = el('div', { class: 'packets', role: 'listbox', 'aria-label': `Packets ${first} to ${last}: walk with arrow keys, Escape leads back to the row` }, ...own.map((p) => el('div', {
      role: 'option', 'data-n': p[0], tabindex: p[0] === (n || first) ? 0 : -1, 'aria-selected': String(p[0] === n),
    }, el('b', {}, `#${p[0]}`), el('span', { class: 'dim' }, inMs(p[1])), el('span', {}, p[6] ? `${packetTitle(p).replace(/^#\d+ +/, '')}  (${p[6]})` : packetTitle(p).replace(/^#\d+ +/, '')))));
    const note = partNote('packets', data.packets.length, data.packet_count, data);
    if (last > data.packets.length && note) list.append(note);
    return list;
  }
  inside.addEventListener('click', (e) => e.target.closest('[role=option]') && open(Number(e.target.closest('[role=option]').dataset.n)));
  inside.addEventListener('keydown', (e) => {
    const option = e.target.closest('[role=option]'), all = option ? [...option.parentNode.querySelectorAll('[role=option]')] : [];
    if (!option) return;
    const to = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Home: () => open(Number(all[0].dataset.n)), End: () => open(Number(all[all.length - 1].dataset.n)),
      Enter: () => open(Number(option.dataset.n)), ' ': () => open(Number(option.dataset.n)), Escape: () => open(null), ArrowLeft: () => open(null) }[e.key];
    if (!to) return;
    e.preventDefault();
    to();
  });

  function toldPane(told) {
    const line = Number((told.match(/\[line (\d+)\]$/) || [])[1]);
    const pane = el('div', { class: 'told', tabindex: 0, role: 'region', 'aria-label': 'What this row says' }, el('p', {}, told));
    if (line && source[line - 1] !== undefined) pane.append(sourceView(source, line, [], Math.max(1, line - 3), line + 3));
    return pane;
  }
  const missing = (n) => el('div', { class: 'told', tabindex: 0, role: 'region', 'aria-label': `Packet ${n}` }, partNote('packets', data.packets.length, data.packet_count, data),
    el('p', { class: 'mono' }, `tshark -r ${shellWord(data.directory + '/capture.pcapng')} -Y 'frame.number == ${n}' -V`));

  // @n: of a run's packets the one that is opened
  function show(row, n) {
    const run = runOf(row), told = row.getAttribute('aria-label') || '', one = run ? n || 0 : Number(row.dataset.packet || row.dataset.arrives || '');
    if (row === shown && one === opened && !dock.hidden) return;
    const same = run && row === shown && !dock.hidden && inside.querySelector('.packets');
    shown = row;
    opened = one;
    dock.hidden = false;
    dock.classList.toggle('run', !!run);
    const panes = !one ? [toldPane(told)] : data.packets[one - 1] ? packetPanes(data.packets[one - 1]) : [missing(one)];
    title.textContent = !one ? told : data.packets[one - 1] ? packetTitle(data.packets[one - 1]) : `#${one}`;
    if (!run) return inside.replaceChildren(...panes);
    const list = same || packetList(...run, one), now = list.querySelector(`[data-n="${one}"]`);
    if (!same) inside.replaceChildren(list);
    while (list.nextSibling) list.nextSibling.remove(); // the list stays where it is scrolled to, and keeps the focus
    inside.append(...panes);
    for (const e of list.querySelectorAll('[aria-selected=true]')) e.setAttribute('aria-selected', 'false');
    if (!now) return undefined;
    for (const e of list.querySelectorAll('[tabindex="0"]')) e.tabIndex = -1;
    now.tabIndex = 0;
    now.setAttribute('aria-selected', 'true');
    // scrollIntoView would move the page too
    const top = now.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top + now.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - list.clientHeight / 3;
    return undefined;
  }
  const focusOpened = () => inside.querySelector('[aria-selected=true]')?.focus({ preventScroll: true });
  close.addEventListener('click', () => {
    dock.hidden = true;
    step(0);
  });
  return { dock, show, focusOpened };
}

// Lines first to last of the scenario's file
function sourceView(source, now, bad, first = 1, last = source.length) {
  const pre = el('pre', { class: 'source', tabindex: 0, style: `counter-set: n ${first - 1}` });
  pre.style.counterReset = `n ${first - 1}`;
  for (let n = first; n <= Math.min(last, source.length); n++) pre.append(el('span', { class: bad.includes(n) ? 'here' : n === now ? 'now' : null }, (source[n - 1] || ' ') + '\n'));
  return pre;
}

const LIFE_MARGIN = 14; // beside a lifeline, where a narrow screen shows no more than the wire

function ladderSection(data, source, where, changed) {
  if (!data.ladders) return null;
  const box = el('div', { class: 'ladder scroll boxed', role: 'region', 'aria-label': 'Ladder: what happened, row by row' });
  const names = el('div', { class: 'names', 'aria-hidden': 'true', hidden: true });
  let rows = [], pinned = null, inner = null, walking = false; // the chosen row; where it is a run, which of its packets is opened
  const dock = makeDock(data, source, (by) => {
    if (by) return step(by);
    unpin();
    changed({ packet: null });
    return undefined;
  }, (n) => (n ? openInner(n) : pinned && focus(pinned)));

  // to the next row, or within a run whose packets are walked to the next of them
  function step(by) {
    const run = inner && pinned && runOf(pinned);
    if (run && inner + by >= run[0] && inner + by <= Math.min(run[1], data.packets.length)) return openInner(inner + by);
    if (run && by < 0) return focus(pinned);
    return focus(rows[Math.min(Math.max(rows.indexOf(pinned) + by, 0), rows.length - 1)]);
  }
  function openInner(n) {
    inner = n;
    dock.show(pinned, n);
    dock.focusOpened();
    changed({ packet: n });
  }
  function unpin() {
    if (pinned) pinned.classList.remove('pinned');
    pinned = inner = null;
  }
  function pin(row) {
    unpin();
    for (const r of rows) if (r.tabIndex === 0) r.tabIndex = -1;
    pinned = row;
    row.classList.add('pinned');
    row.tabIndex = 0;
    dock.show(row);
    changed({ packet: (!runOf(row) && Number(row.dataset.packet || row.dataset.arrives)) || null });
  }
  function focus(row) {
    if (!row) return;
    row.focus({ preventScroll: true });
    if (document.activeElement !== row || inner) pin(row);
    reveal(row);
  }
  function go(n) {
    const row = rowOf(n);
    if (!row) return;
    focus(row);
    if (runOf(row)) openInner(n);
    reveal(row);
  }
  // within the window, above the dock
  function reveal(row) {
    const r = row.getBoundingClientRect(), top = 110, bottom = innerHeight - (dock.dock.hidden ? 0 : dock.dock.offsetHeight) - 40;
    if (r.top < top || r.bottom > bottom) scrollBy(0, r.top - (top + (bottom - top) / 3));
  }
  const rowOf = (n) => rows.find((r) => Number(r.dataset.packet) === n) ||
    rows.find((r) => (([a, b]) => a <= n && n <= b)(runOf(r) || []));
  const broken = () => rows.find((r) => r.dataset.divergence);

  function draw(axis) {
    const svg = picture(data.ladders[axis]);
    box.replaceChildren(svg);
    rows = [...svg.querySelectorAll('.row')];
    for (const row of rows) {
      // the browser's own tip would lie on what the dock says
      const t = row.querySelector('title');
      row.setAttribute('aria-label', t ? t.textContent : '');
      if (t) t.remove();
    }
    if (rows[0]) rows[0].tabIndex = 0;
    place();
  }
  // A little too wide is made to fit. On a narrow screen what is seen first is the wire, from the first host's lifeline to the second's.
  function place() {
    const svg = box.firstChild, whole = svg.width.baseVal.value, room = box.clientWidth;
    const lives = [...box.querySelectorAll('.sp-life')].map((e) => e.x1.baseVal.value), fits = room / whole > 0.7;
    let scale = 1;
    if (!fits && lives.length > 1 && room < 700) scale = Math.min(1, Math.max(0.75, room / (lives[1] - lives[0] + 2 * LIFE_MARGIN)));
    svg.style.cssText = fits ? 'max-width: 100%; height: auto' : `width: ${Math.round(whole * scale)}px; height: auto`;
    if (!fits && lives.length && room < 700) box.scrollLeft = (lives[0] - LIFE_MARGIN) * scale;
    placeNames();
  }
  // Whose lifelines these are, above them wherever one has scrolled to; at the edge those that are out of sight
  function placeNames() {
    const svg = box.firstChild, scale = svg.clientWidth / svg.width.baseVal.value || 1, room = box.clientWidth;
    names.hidden = box.scrollWidth <= room;
    if (names.hidden) return;
    const hosts = [...box.querySelectorAll('.sp-life')].map((e) => ({ name: e.nextSibling.textContent, x: e.x1.baseVal.value * scale - box.scrollLeft }));
    const before = hosts.filter((h) => h.x < 0).map((h) => h.name).join(', '), behind = hosts.filter((h) => h.x > room).map((h) => h.name).join(', ');
    const left = el('span', {}, before && `← ${before}`), right = el('span', { class: 'behind' }, behind && `${behind} →`);
    names.replaceChildren(left, right);
    for (const h of hosts.filter(({ x }) => x >= 0 && x <= room)) {
      const name = el('span', { class: 'above' }, h.name), half = () => name.offsetWidth / 2;
      names.append(name);
      name.style.left = `${Math.min(Math.max(h.x - half(), left.offsetWidth), room - right.offsetWidth - 2 * half())}px`;
    }
  }
  function setAxis(axis) {
    const at = pinned ? rows.indexOf(pinned) : -1, n = inner;
    pinned = inner = null;
    draw(axis);
    if (at < 0) return;
    pin(rows[at]);
    if (n) {
      inner = n;
      dock.show(pinned, n);
      changed({ packet: n });
    }
    reveal(rows[at]);
  }
  box.addEventListener('scroll', placeNames);
  let width = 0;
  new ResizeObserver(() => {
    if (box.clientWidth && box.clientWidth !== width) place();
    width = box.clientWidth;
  }).observe(box);
  box.addEventListener('focusin', (e) => e.target.closest('.row') && pin(e.target.closest('.row')));
  box.addEventListener('click', (e) => e.target.closest('.row') && e.target.closest('.row').focus({ preventScroll: true }));
  // moved, not only over: a page that opens or scrolls under a resting pointer has not been pointed at
  box.addEventListener('pointermove', (e) => {
    const row = e.target.closest('.row');
    if (!row || (dock.dock.hidden && e.pointerType !== 'mouse')) return;
    walking ||= row !== pinned && !!document.activeElement.closest('.packets');
    dock.show(row, row === pinned ? inner : null);
  });
  box.addEventListener('pointerleave', () => {
    if (!pinned) return void (dock.dock.hidden = true);
    dock.show(pinned, inner);
    if (walking && document.activeElement === document.body) dock.focusOpened();
    walking = false;
  });
  box.addEventListener('keydown', (e) => {
    const run = (e.key === 'Enter' || e.key === 'ArrowRight') && e.target.closest('.row') === pinned && runOf(pinned);
    if (run && data.packets[run[0] - 1]) {
      e.preventDefault();
      return openInner(run[0]);
    }
    const at = rows.indexOf(e.target.closest('.row')), to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[e.key];
    if (at < 0 || to === undefined || !rows[to]) return;
    e.preventDefault();
    return focus(rows[to]);
  });
  const radio = (value, label) => el('label', {}, el('input', { type: 'radio', name: 'axis', value, checked: where.axis === value, onchange: () => {
    setAxis(value);
    changed({ axis: value });
  } }), el('span', {}, label));
  draw(where.axis);
  const section = el('section', { id: 'ladder' }, el('h2', {}, 'What happened'),
    el('div', { class: 'bar-tools' }, el('fieldset', { class: 'seg', style: 'border-width:1px;margin:0;padding:0' }, el('legend', { class: 'sr' }, 'Rows'), radio('event', 'By event'), radio('time', 'To scale')),
      broken() && el('button', { type: 'button', id: 'to-break', onclick: () => focus(broken()) }, 'Where they part'),
      el('span', { class: 'dim' }, 'Point at a row, or choose one and walk with ↑ ↓: its fields and bytes are told below; Enter or → leads into the packets of a stretch (⋮).')),
    partNote('packets', data.packets.length, data.packet_count, data), names, box, dock.dock);
  return { section, place, go, goBroken: () => focus(broken()) };
}

// A pattern beside the packets, as match/explain.c sets it in columns: mark, line of the pattern, its words, packet, its words.
const COMPARED = /^ {6}expected +found$/;
function comparison(lines, go) {
  const found = lines[0].indexOf('found');
  const kinds = { '≠': ['part', 'they part here'], '=': ['same', 'as expected'], '·': ['dim', 'needs no name'] };
  const rows = lines.slice(1).map((line) => {
    const letters = [...line], text = (from, to) => letters.slice(from, to).join('').trim();
    if (letters[0] === '⋮') return el('tr', { class: 'dim' }, el('td', { colspan: 5 }, line));
    const [, n, words] = letters.slice(found - 7).join('').match(/^ {2} *(\d+) (.*)$/) || [null, '', text(found)];
    const [kind, says] = kinds[letters[0]] || [null, ''];
    return el('tr', { class: kind }, el('td', {}, says && el('span', { 'aria-label': says, role: 'img', title: says }, letters[0])), el('td', { class: 'num' }, text(2, 5)), el('td', {}, text(6, found - 7)),
      el('td', { class: 'num' }, n && el('a', { href: '#', onclick: (e) => (e.preventDefault(), go(Number(n))) }, `#${n}`)), el('td', {}, words.trimEnd()));
  });
  return el('div', { class: 'scroll boxed', tabindex: 0, role: 'region', 'aria-label': 'Expected and found' }, el('table', { class: 'plain compared' },
    el('thead', {}, el('tr', {}, ...['', 'Line', 'Expected', 'Packet', 'Found'].map((h, i) => el('th', { scope: 'col', class: i % 2 ? 'num' : null }, h || el('span', { class: 'sr' }, 'Compared'))))), el('tbody', {}, ...rows)));
}

function explanationSection(data, go) {
  if (!data.explanation) return null;
  const section = el('section', { id: 'explained' }, el('h2', {}, 'Expected and found'));
  let lines = data.explanation.replace(/\n$/, '').split('\n');
  if (COMPARED.test(lines[0])) {
    const end = lines.includes('') ? lines.indexOf('') : lines.length;
    section.append(comparison(lines.slice(0, end), go));
    lines = lines.slice(end + 1);
  }
  if (lines.length) {
    const pre = el('pre', { class: 'explained scroll', tabindex: 0 });
    for (const line of lines) pre.append(el('span', {}, ...withPackets(line, data, go)), '\n');
    section.append(pre);
  }
  return section;
}

function table(caption, heads, rows) {
  return el('div', { class: 'scroll boxed', tabindex: 0, role: 'region', 'aria-label': caption }, el('table', { class: 'plain' }, el('caption', { class: 'sr' }, caption),
    el('thead', {}, el('tr', {}, ...heads.map(([h, c]) => el('th', { scope: 'col', class: c }, h)))),
    el('tbody', {}, ...rows.map((r) => el('tr', {}, ...r.map((v, i) => el('td', { class: heads[i][1] }, v)))))));
}

function outputs(data) {
  const own = (data.outputs || []).filter((o) => o[3] > 0);
  if (!own.length) return null;
  return el('section', { id: 'outputs' }, el('h2', {}, 'What programs wrote'), partNote('outputs', data.outputs.length, data.output_count, data), ...own.map(([who, stream, text, len, cut]) => el('figure', {},
    el('figcaption', {}, who, el('small', {}, `${stream}, ${len} byte${len === 1 ? '' : 's'}${cut ? `, the first ${cut} here` : ''}`)), el('pre', { class: 'output boxed', tabindex: 0 }, text))));
}

function sockets(data) {
  if (!data.sockets || !data.sockets.length) return null;
  const queues = (state, a, b) => (state === 'LISTEN' ? `${a} of ${b} wait` : [a && `${a} unread`, b && `${b} not acknowledged`].filter(Boolean).join(', '));
  return el('section', { id: 'sockets' }, el('h2', {}, 'Sockets when it ended'), table('Sockets when it ended', [['Host'], ['Whose'], ['Protocol'], ['State'], ['Local'], ['Remote'], ['Bytes, or connections']],
    data.sockets.map(([host, protocol, state, local, remote, owner, a, b]) => [host, owner || 'nobody’s', protocol, state, local, state === 'LISTEN' ? '' : remote, queues(state, a, b)])));
}

function states(data) {
  if (!data.states || !data.states.length) return null;
  return el('section', {}, el('h2', {}, 'Sockets, as the kernel told'), table('Sockets, as the kernel told', [['ms', 'num'], ['Host'], ['Who'], ['What'], ['Line', 'num']],
    data.states.map(([at, host, who, words, line]) => [at.toFixed(3), host, who, words, line || ''])));
}

function graphsNote(data) {
  const count = data.graph_count, shown = data.graphs.length;
  return shown < count && el('p', { class: 'note part' }, `The page has the graphs of the first ${shown} of ${count} connections; of another: `,
    el('code', {}, `${programOf(data.command)} inspect ${shellWord(data.directory)} --graph --flow N`));
}

function graphs(data) {
  if (!data.graphs || !data.graphs.length) return null;
  return el('section', { id: 'graphs' }, el('h2', {}, 'Sequence numbers over time'),
    graphsNote(data), ...data.graphs.map(([name, svg, packets], i) => {
    const box = el('div', { class: 'graph scroll', tabindex: 0, role: 'region', 'aria-label': `Graph of ${name}` });
    const details = el('details', { class: 'boxed', open: i === 0 && packets > 12 }, el('summary', {}, `${name}: ${packets} packets`), box);
    const draw = () => details.open && !box.firstChild && box.append(picture(svg));
    details.addEventListener('toggle', draw);
    draw();
    return details;
  }));
}

function commands(data, firstPacket) {
  const all = command('Plays this case again', data.command);
  if (data.packets && data.packets.length)
    all.push(...command(firstPacket ? 'The packet where they part, field by field' : 'Its packets', `tshark -r ${shellWord(data.directory + '/capture.pcapng')}${firstPacket ? ` -Y 'frame.number == ${firstPacket}' -V` : ''}`));
  if (data.directory) all.push(...command('The same picture in a terminal', `${programOf(data.command)} inspect ${shellWord(data.directory)}`));
  return el('section', {}, el('h2', {}, 'Commands'), ...all);
}

function facts(data, key) {
  const dl = el('dl', { class: 'facts' });
  const add = (name, ...value) => value[0] && dl.append(el('dt', {}, name), el('dd', {}, ...value));
  for (const [name, value] of data.facts || []) add(name, String(value));
  for (const [name, addresses, sysctls] of data.hosts || []) add(`host ${name}`, addresses, sysctls && el('pre', {}, sysctls));
  if (data.harness_sysctls) add('every host', 'set by sockproof', el('pre', {}, data.harness_sysctls));
  if (data.directory) {
    const link = key.split('/').map(encodeURIComponent).join('/');
    add('files', ...(data.files || []).flatMap((f) => [el('a', { href: `../${link}/${encodeURIComponent(f)}` }, f), '  ']));
  }
  return dl.firstChild && el('section', {}, el('h2', {}, 'Where it ran'), dl);
}

// The page of case @i into @main. place: {axis, packet, at}. Returns once it stands.
async function showCase(main, entry, place, changed) {
  const [data, scenario] = await Promise.all([unpack('d' + entry.i), unpack('s' + entry.scenario)]);
  const source = scenario.source.replace(/\n$/, '').split('\n'), bad = data.line ? [data.line] : [];
  const ladder = ladderSection(data, source, place, changed), go = (n) => ladder && ladder.go(n);
  const firstBad = ladder && ladder.section.querySelector('.row[data-divergence]'), badPacket = firstBad ? parseInt(firstBad.dataset.packet, 10) || 0 : 0;
  const step = (to, label) => el(to ? 'a' : 'span', { class: to ? null : 'none', href: to }, label);

  main.replaceChildren(
    el('div', { class: 'case-head' },
      el('nav', { class: 'bar-tools', 'aria-label': 'Cases beside this one' }, step(entry.before, '← before'), step(entry.next, 'next →'), entry.bad && step(entry.bad, 'next that did not pass →')),
      el('h1', { tabindex: -1 }, el('span', { class: `badge ${data.verdict}` }, data.verdict), entry.name, ' ', el('span', { class: 'label' }, entry.label)),
      el('dl', { class: 'pair' }, el('dt', {}, 'Expected'), el('dd', {}, data.expected), el('dt', {}, 'Happened'),
        el('dd', { class: `happened ${data.verdict}` }, ...withPackets(data.happened || data.reason || data.verdict, data, go)),
        ...(data.file ? [el('dt', {}, 'Written in'), el('dd', { class: 'mono' }, data.file + (data.line ? `:${data.line}` : ''))] : []))),
    ...[
      data.damaged && el('p', { class: 'note' }, `Its case directory cannot be read: ${data.damaged}`),
      !data.directory && el('p', { class: 'note' }, 'No case directory was written, so there is nothing more to show.'),
      explanationSection(data, go),
      ladder && ladder.section,
      outputs(data),
      sockets(data),
      states(data),
      graphs(data),
      scenario.source && el('section', {}, el('h2', {}, 'The scenario'), scenario.why.trim() && el('p', { class: 'why' }, scenario.why.replace(/[ \t]*\n[ \t]*/g, ' ').trim()),
        el('details', { class: 'boxed', style: 'margin-top:.6rem', open: bad.length > 0 }, el('summary', {}, data.file || 'source'), sourceView(source, 0, bad))),
      commands(data, badPacket),
      facts(data, entry.key),
    ].filter(Boolean));
  return ladder;
}
