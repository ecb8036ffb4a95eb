// Transcripts of scenario runs: cutting them into probes, and removing from them
// the randomness that two honest runs of one scenario cannot agree on.
//
// scrub() replaces values whose identity does not matter by fixed words, and wraps
// values that must stay consistent across probes (MACs and what derives from them,
// random veth names) as tokens ⟦kind:value⟧. Tokens are then either numbered
// (`normalise`) or matched one to one between two transcripts (`compare`).

const MAC = /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi;
// brctl writes 8000.0a1b2c3d4e5f, ip writes 8000.a:1b:2c:3d:4e:5f
const BRIDGE_ID = /\b([0-9a-f]{4}\.)([0-9a-f]{12}|(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2})\b/g;
const TOKEN = /⟦(\w+):([^⟧]*)⟧/g;

// MACs that are never random: reserved ones, and the prefixes scenarios choose from.
const FIXED_MAC = /^(00:00:00:00:00:00|ff:ff:ff:ff:ff:ff|ee:ee:ee:ee:ee:ee|33:33:|01:|02:00:|02:42:|0a:58:)/;

// Each rule: [pattern, replacement]; applied in order to each line.
const RULES = [
  // bash's own messages carry the script's path and a line number
  [/^\S*\.sh: /, 'SCRIPT: '],
  [/^SCRIPT: ((?:eval: )?)line \d+: /, 'SCRIPT: $1line N: '],
  [/^SCRIPT: line N: +\d+ (?=Terminated|Killed)/, 'SCRIPT: line N: PID '],
  // durations and clocks
  [/\btime=[\d.]+ ms/, 'time=T ms'],
  [/, time \d+ms/, ', time Tms'],
  [/^rtt min\/avg\/max\/mdev = .*/, 'rtt min/avg/max/mdev = T ms'],
  [/\b\d+\.\d{3} ?ms\b/g, 'T ms'],
  [/^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{6} /, 'CLOCK '],
  [/^(\[)\d{10}\.\d{6}\]/, '$1CLOCK]'],
  [/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d socat\[\d+\]/, 'CLOCK socat[PID]'],
  [/\b(\w+_timer) +\d+\.\d+/g, '$1 T'],
  [/"(\w*timer)": ?\d+(?:\.\d+)?/g, '"$1":T'],
  [/\b(timer\t+) *\d+\.\d\d/g, '$1T'],
  [/^( *\d+\t\S+\t+no\t+) *\d+\.\d\d$/, '$1T'],
  [/\bused \d+\/\d+(?=\/)/g, 'used T/T'],
  [/\bused \d+\/\d+|(?<=used T\/T)\/\d+/g, (m) => (m[0] === '/' ? '/T' : 'used T/T')],
  [/"(used|updated|confirmed)": ?\d+/g, '"$1":T'],
  [/\b(expires|valid_lft|preferred_lft|age) \d+sec/g, '$1 Tsec'],
  [/"(expires|valid_life_time|preferred_life_time)": ?(?!4294967295)\d+/g, '"$1":T'],
  // connection tracking: remaining life, identifiers
  [/^((?:\[\w+\] )?(?: +)?(?:ipv4 +2 )?(?:tcp|udp|icmp|icmpv6|unknown) +\d+ )\d+ /, '$1LIFE '],
  [/\b(type=\d+ code=\d+ id=)\d+/g, '$1ID'],
  // captured packets
  [/^\d+ packets? received by filter$/, 'N packets received by filter'],
  [/\bident=\d+/, 'ident=ID'],
  [/\b(ICMP6?,? echo (?:request|reply)), id \d+/g, '$1, id ID'],
  [/, id \d+, offset/g, ', id ID, offset'],
  [/\bcksum 0x[0-9a-f]{4}( \(incorrect )?((?:-> 0x[0-9a-f]{4}\)))?/g, (_, wrong, right) => `cksum 0xC${wrong ?? ''}${right ? '-> 0xC)' : ''}`],
  [/\bcksum 0xC -> 0x[0-9a-f]{4}!/g, 'cksum 0xC -> 0xC!'],
  [/\bseq \d{5,}(:\d{5,})?/g, (_, range) => (range ? 'seq S:S' : 'seq S')],
  [/\back \d{5,}/g, 'ack A'],
  [/\bwin \d+/g, 'win W'],
  [/\bwscale \d+/g, 'wscale W'],
  [/\bTS val \d+ ecr \d+/g, 'TS val V ecr V'],
  // ephemeral ports (32768-60999), in every spelling the tools use
  [/(\d+\.\d+\.\d+\.\d+[.:]|[sd]port=)(\d{5})\b/g, (m, before, port) => (isEphemeral(port) ? `${before}EPH` : m)],
  // kernel object numbers, and what depends on the number of processors
  [/\b(net|mnt|user):\[\d+\]/g, '$1:[INODE]'],
  [/\b(pid=|ino:|sk:)[0-9a-f]+/g, '$1N'],
  [/\bnumtxqueues \d+ numrxqueues \d+/g, 'numtxqueues Q numrxqueues Q'],
  [/"(num_[tr]x_queues)": ?\d+/g, '"$1":Q'],
  // the recording kernel has no VLAN support (CONFIG_VLAN_8021Q, BRIDGE_VLAN_FILTERING unset);
  // a simulator of a kernel that has it prints these in addition, and is not wrong
  [/ vlan_protocol 802\.1Q\b/, ''],
  [/ vlan_default_pvid 1 vlan_stats_enabled 0 vlan_stats_per_port 0\b/, ''],
  [/"vlan_protocol": ?"802\.1Q", ?/, ''],
  [/"vlan_default_pvid": ?1, ?"vlan_stats_enabled": ?0, ?"vlan_stats_per_port": ?0, ?/, ''],
  // multicast groups derived from addresses derived from MACs
  [/\bff02::1:ff[0-9a-f]{1,2}:[0-9a-f]{1,4}\b/g, 'ff02::1:ffGROUP'],
  [/\b33:33:ff(?::[0-9a-f]{2}){3}\b/g, '33:33:ffGROUP'],
];

// with VLAN support, bridge fdb repeats each port's own address for VLAN 1
const VLAN_DUPLICATE = /^[0-9a-f:]{17} (dev \S+ )?vlan 1 (master \S+ )?permanent ?$/;

const isEphemeral = (port) => port >= 32768 && port <= 60999;

/** Cuts a transcript into probes {header, text}; text before the first probe is dropped. */
export function probesOf(transcript) {
  const probes = [];
  for (const line of transcript.split('\n')) {
    if (line.startsWith('### ')) probes.push({ header: line, lines: [line], done: false });
    const probe = probes.at(-1);
    if (!probe || probe.lines[0] === line || probe.done) continue; // set-up noise is not part of a probe
    probe.lines.push(line);
    probe.done = /=> \d+$/.test(line);
  }
  return probes.map(({ header, lines }) => ({ header, text: lines.join('\n') }));
}

/** The MACs a scenario's author wrote down: these are compared literally. */
export function chosenMacs(...sources) {
  return new Set(sources.flatMap((source) => source.match(MAC) ?? []).map((mac) => mac.toLowerCase()));
}

export function scrub(text, chosen = new Set()) {
  const isFixed = (mac) => FIXED_MAC.test(mac) || chosen.has(mac);
  const macToken = (mac) => (isFixed(mac.toLowerCase()) ? mac : `⟦M:${mac.toLowerCase()}⟧`);
  return text
    .split('\n')
    .filter((line) => !VLAN_DUPLICATE.test(line))
    .map((line) => RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), line))
    .join('\n')
    .replace(/\bfe80::[0-9a-f:]*ff:fe[0-9a-f:]+/gi, (address) => {
      const mac = macOfLinkLocal(address);
      return !mac || isFixed(mac) ? address : `fe80::⟦M:${mac}⟧`;
    })
    .replace(BRIDGE_ID, (whole, priority, rest) => {
      const bytes = rest.includes(':') ? rest.split(':') : rest.match(/../g);
      const mac = bytes.map((byte) => byte.padStart(2, '0')).join(':');
      return isFixed(mac) ? whole : `${priority}⟦M:${mac}⟧`;
    })
    .replace(MAC, (mac, offset, all) => (all[offset - 1] === ':' && all[offset - 2] === 'M' ? mac : macToken(mac)))
    .replace(/\bveth[0-9a-f]{8}\b/g, (name) => `⟦V:${name}⟧`);
}

function macOfLinkLocal(address) {
  const groups = address
    .toLowerCase()
    .replace(/^fe80::/, '')
    .split(':');
  if (groups.length !== 4) return null;
  const bytes = groups
    .map((group) => group.padStart(4, '0'))
    .join('')
    .match(/../g);
  if (bytes[3] !== 'ff' || bytes[4] !== 'fe') return null;
  bytes.splice(3, 2);
  bytes[0] = (parseInt(bytes[0], 16) ^ 2).toString(16).padStart(2, '0');
  return bytes.join(':');
}

/** Numbers tokens by first appearance: M1, M2, ... and V1, V2, ... */
export function numberTokens(scrubbed) {
  const numbers = new Map();
  const counts = {};
  return scrubbed.replace(TOKEN, (token, kind) => {
    if (!numbers.has(token)) numbers.set(token, kind + (counts[kind] = (counts[kind] ?? 0) + 1));
    return numbers.get(token);
  });
}

export const normalise = (transcript, chosen) => numberTokens(scrub(transcript, chosen));

/**
 * Compares transcript B to transcript A probe by probe.
 * Returns one {header, expected, actual, same} per probe of A; actual is null when B did not reach it.
 * Tokens must correspond one to one over the whole run, so a wrong extra MAC in one
 * probe does not make every later probe differ.
 */
export function compareTranscripts(transcriptA, transcriptB, chosen = new Set()) {
  const prepare = (transcript) => probesOf(transcript).map(({ header, text }) => ({ header: scrub(header, chosen), text: scrub(text, chosen) }));
  const expected = prepare(transcriptA);
  const actual = prepare(transcriptB);
  const partner = alignByHeader(expected, actual);
  const forward = new Map();
  const backward = new Map();
  return expected.map(({ header, text }, index) => {
    const other = actual[partner[index]]?.text ?? null;
    const same = other !== null && sameUpToTokens(text, other, forward, backward);
    return { header: numberTokens(header), expected: numberTokens(text), actual: other === null ? null : numberTokens(other), same };
  });
}

function sameUpToTokens(a, b, forward, backward) {
  const shape = (text) => text.replace(TOKEN, '⟦$1⟧');
  if (shape(a) !== shape(b)) return false;
  const tokensA = a.match(TOKEN) ?? [];
  const tokensB = b.match(TOKEN) ?? [];
  const fresh = [];
  const agree = tokensA.every((token, i) => {
    const other = tokensB[i];
    if (!forward.has(token) && !backward.has(other)) {
      forward.set(token, other);
      backward.set(other, token);
      fresh.push(token);
    }
    return forward.get(token) === other && backward.get(other) === token;
  });
  if (!agree) {
    for (const token of fresh) {
      backward.delete(forward.get(token));
      forward.delete(token);
    }
  }
  return agree;
}

/** Longest common subsequence of headers: for each probe of A the index of its probe in B. */
function alignByHeader(a, b) {
  const key = ({ header }) => header.replace(TOKEN, '⟦$1⟧');
  const length = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i][j] = key(a[i]) === key(b[j]) ? 1 + length[i + 1][j + 1] : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const partner = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (key(a[i]) === key(b[j])) partner[i++] = j++;
    else if (length[i + 1][j] >= length[i][j + 1]) i++;
    else j++;
  }
  return partner;
}

/** A unified-style diff of two short texts (whole text as context). */
export function diffLines(expected, actual) {
  const a = expected.split('\n');
  const b = actual === null ? [] : actual.split('\n');
  const length = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i][j] = a[i] === b[j] ? 1 + length[i + 1][j + 1] : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(` ${a[i++]}`);
      j++;
    } else if (i < a.length && (j === b.length || length[i + 1][j] >= length[i][j + 1])) out.push(`-${a[i++]}`);
    else out.push(`+${b[j++]}`);
  }
  return out.join('\n');
}
