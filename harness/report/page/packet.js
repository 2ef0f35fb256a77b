// packet.js - the fields of an IP datagram, each with the bytes it lies in: [{name, value, from, to, layer}]
// Believes nothing: what is cut short ends the list with a field that says so.

const BITS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];
const ICMP = {
  0: 'echo reply', 3: 'destination unreachable', 4: 'source quench', 5: 'redirect', 8: 'echo request', 11: 'time exceeded', 12: 'parameter problem',
};
const ICMP_3 = ['network', 'host', 'protocol', 'port', 'fragmentation needed', 'source route failed', , , , 'network prohibited', 'host prohibited', , , 'prohibited'];
const ICMP6 = {
  1: 'destination unreachable', 2: 'packet too big', 3: 'time exceeded', 4: 'parameter problem', 128: 'echo request', 129: 'echo reply',
  133: 'router solicitation', 134: 'router advertisement', 135: 'neighbour solicitation', 136: 'neighbour advertisement', 143: 'multicast listener report',
};
const ICMP6_1 = ['no route', 'prohibited', 'beyond scope', 'address', 'port'];
const PROTOCOLS = { 0: 'hop-by-hop options', 1: 'ICMP', 6: 'TCP', 17: 'UDP', 43: 'routing header', 44: 'fragment header', 58: 'ICMPv6', 59: 'nothing', 60: 'destination options' };

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.fields = [];
  }
  left() { return this.bytes.length - this.at; }
  number(at, size) {
    let n = 0;
    for (let i = 0; i < size; i++) n = n * 256 + this.bytes[at + i];
    return n;
  }
  layer(name, size) {
    this.fields.push({ name, value: '', from: this.at, to: Math.min(this.at + size, this.bytes.length), layer: true });
  }
  add(name, from, size, value) {
    this.fields.push({ name, value: String(value), from, to: from + size });
  }
  // enough for a header of @size? otherwise the end
  has(name, size) {
    if (this.left() >= size) return true;
    this.fields.push({ name, value: `cut short: ${this.left()} of ${size} bytes`, from: this.at, to: this.bytes.length });
    this.at = this.bytes.length;
    return false;
  }
}

const hex = (n, digits) => '0x' + n.toString(16).padStart(digits, '0');
const named = (n, names) => (names[n] ? `${n} (${names[n]})` : String(n));

function address6(bytes) {
  const words = [];
  for (let i = 0; i < 16; i += 2) words.push((bytes[i] * 256 + bytes[i + 1]).toString(16));
  let best = [0, 0];
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && words[i + n] === '0') n++;
    if (n > best[1]) best = [i, n];
  }
  if (best[1] < 2) return words.join(':');
  return words.slice(0, best[0]).join(':') + '::' + words.slice(best[0] + best[1]).join(':');
}

function tcpOptions(r, from, end) {
  for (let at = from; at < end;) {
    const kind = r.bytes[at];
    if (kind === 0) return r.add('option', at, end - at, 'end of the list');
    if (kind === 1) {
      r.add('option', at++, 1, 'no operation');
      continue;
    }
    const len = at + 1 < end ? r.bytes[at + 1] : 0;
    if (len < 2 || at + len > end) return r.add('option', at, end - at, `${kind}: its length ${len} does not fit`);
    let value = named(kind, { 2: 'maximum segment size', 3: 'window scale', 4: 'SACK permitted', 5: 'SACK', 8: 'timestamps', 28: 'user timeout', 30: 'multipath', 34: 'fast open' });
    if (kind === 2 && len === 4) value = `maximum segment size ${r.number(at + 2, 2)}`;
    if (kind === 3 && len === 3) value = `window scale ${r.bytes[at + 2]} (× ${2 ** r.bytes[at + 2]})`;
    if (kind === 4) value = 'SACK permitted';
    if (kind === 8 && len === 10) value = `timestamps: value ${r.number(at + 2, 4)}, echo ${r.number(at + 6, 4)}`;
    if (kind === 5) {
      value = 'SACK';
      for (let k = at + 2; k + 8 <= at + len; k += 8) value += ` ${r.number(k, 4)}–${r.number(k + 4, 4)}`;
    }
    r.add('option', at, len, value);
    at += len;
  }
}

function tcp(r) {
  if (!r.has('TCP', 20)) return;
  const at = r.at, head = (r.bytes[at + 12] >> 4) * 4, flags = r.bytes[at + 13];
  r.layer('TCP', Math.max(20, head));
  r.add('ports', at, 4, `${r.number(at, 2)} > ${r.number(at + 2, 2)}`);
  r.add('sequence', at + 4, 4, r.number(at + 4, 4));
  r.add('acknowledges', at + 8, 4, r.number(at + 8, 4));
  r.add('header', at + 12, 1, head + ' bytes');
  r.add('flags', at + 13, 1, `${hex(flags, 2)} ${BITS.filter((_, i) => flags >> i & 1).join(' ') || 'none'}`);
  r.add('window', at + 14, 2, r.number(at + 14, 2));
  r.add('checksum', at + 16, 2, hex(r.number(at + 16, 2), 4));
  r.add('urgent', at + 18, 2, r.number(at + 18, 2));
  if (head < 20 || head > r.left()) {
    r.add('header', at + 12, 1, 'its length does not fit');
    r.at += Math.min(r.left(), 20);
    return;
  }
  tcpOptions(r, at + 20, at + head);
  r.at += head;
}

function udp(r) {
  if (!r.has('UDP', 8)) return;
  r.layer('UDP', 8);
  r.add('ports', r.at, 4, `${r.number(r.at, 2)} > ${r.number(r.at + 2, 2)}`);
  r.add('length', r.at + 4, 2, r.number(r.at + 4, 2));
  r.add('checksum', r.at + 6, 2, hex(r.number(r.at + 6, 2), 4));
  r.at += 8;
}

function icmp(r, version, depth) {
  if (!r.has(version === 6 ? 'ICMPv6' : 'ICMP', 8)) return;
  const type = r.bytes[r.at], code = r.bytes[r.at + 1], error = version === 6 ? type < 128 : [3, 4, 5, 11, 12].includes(type);
  r.layer(version === 6 ? 'ICMPv6' : 'ICMP', 8);
  r.add('type', r.at, 1, named(type, version === 6 ? ICMP6 : ICMP));
  r.add('code', r.at + 1, 1, named(code, version === 6 && type === 1 ? ICMP6_1 : version === 4 && type === 3 ? ICMP_3 : []));
  r.add('checksum', r.at + 2, 2, hex(r.number(r.at + 2, 2), 4));
  if (version === 6 && type === 2) r.add('MTU', r.at + 4, 4, r.number(r.at + 4, 4));
  else if (version === 4 && type === 3 && code === 4) r.add('MTU', r.at + 6, 2, r.number(r.at + 6, 2));
  else r.add('rest', r.at + 4, 4, hex(r.number(r.at + 4, 4), 8));
  r.at += 8;
  if (error && depth < 2 && r.left() > 0) ip(r, depth + 1);
}

function inside(r, protocol, version, depth) {
  if (protocol === 6) tcp(r);
  else if (protocol === 17) udp(r);
  else if (protocol === 1 || protocol === 58) icmp(r, version, depth);
}

function ip4(r, depth) {
  const at = r.at, head = (r.bytes[at] & 15) * 4;
  if (!r.has('IPv4', Math.max(20, head))) return;
  const fragment = r.number(at + 6, 2), dots = (from) => Array.from(r.bytes.subarray(from, from + 4)).join('.');
  r.layer(depth ? 'IPv4, quoted' : 'IPv4', Math.max(20, head));
  r.add('header', at, 1, head + ' bytes');
  r.add('service', at + 1, 1, hex(r.bytes[at + 1], 2));
  r.add('length', at + 2, 2, r.number(at + 2, 2));
  r.add('identification', at + 4, 2, hex(r.number(at + 4, 2), 4));
  r.add('fragment', at + 6, 2, (fragment & 0x4000 ? 'not to be fragmented' : fragment & 0x2000 ? 'more follow' : 'whole, or the last') + (fragment & 0x1fff ? `, at byte ${(fragment & 0x1fff) * 8}` : ''));
  r.add('time to live', at + 8, 1, r.bytes[at + 8]);
  r.add('protocol', at + 9, 1, named(r.bytes[at + 9], PROTOCOLS));
  r.add('checksum', at + 10, 2, hex(r.number(at + 10, 2), 4));
  r.add('from', at + 12, 4, dots(at + 12));
  r.add('to', at + 16, 4, dots(at + 16));
  if (head > 20) r.add('options', at + 20, head - 20, `${head - 20} bytes`);
  r.at += Math.max(20, head);
  if (!(fragment & 0x1fff)) inside(r, r.bytes[at + 9], 4, depth);
}

function ip6(r, depth) {
  if (!r.has('IPv6', 40)) return;
  const at = r.at;
  let next = r.bytes[at + 6], first = true;
  r.layer(depth ? 'IPv6, quoted' : 'IPv6', 40);
  r.add('class, flow label', at, 4, `${hex((r.bytes[at] & 15) * 16 + (r.bytes[at + 1] >> 4), 2)}, ${hex(r.number(at + 1, 3) & 0xfffff, 5)}`);
  r.add('payload', at + 4, 2, r.number(at + 4, 2) + ' bytes');
  r.add('next header', at + 6, 1, named(next, PROTOCOLS));
  r.add('hop limit', at + 7, 1, r.bytes[at + 7]);
  r.add('from', at + 8, 16, address6(r.bytes.subarray(at + 8, at + 24)));
  r.add('to', at + 24, 16, address6(r.bytes.subarray(at + 24, at + 40)));
  r.at += 40;
  while ([0, 43, 44, 60].includes(next)) {
    if (!r.has(PROTOCOLS[next], 8)) return;
    const size = next === 44 ? 8 : 8 + r.bytes[r.at + 1] * 8;
    if (!r.has(PROTOCOLS[next], size)) return;
    r.layer(PROTOCOLS[next], size);
    if (next === 44) {
      first = r.number(r.at + 2, 2) >> 3 === 0;
      r.add('offset', r.at + 2, 2, `byte ${(r.number(r.at + 2, 2) >> 3) * 8}${r.bytes[r.at + 3] & 1 ? ', more follow' : ', the last'}`);
    }
    next = r.bytes[r.at];
    r.at += size;
  }
  if (first) inside(r, next, 6, depth);
}

function ip(r, depth) {
  const version = r.bytes[r.at] >> 4;
  if (version === 4) ip4(r, depth);
  else if (version === 6) ip6(r, depth);
  else r.add('version', r.at, 1, `${version}: neither 4 nor 6`);
}

function decodePacket(bytes) {
  const r = new Reader(bytes);
  if (bytes.length > 0) ip(r, 0);
  if (r.left() > 0) {
    r.layer('Payload', r.left());
    r.add('bytes', r.at, r.left(), r.left());
  }
  return r.fields;
}
