/**
 * Everything about the network of a node in one go: a script for its shell, and what the script prints read into the node's part of a snapshot.
 *
 * The script goes through the node's own namespace, the named ones, and those of processes (containers), each once, and runs in each the programs
 * that `parseOutput` reads. `SHARD OF` (numbers) take a part of the namespaces, so that several runs share the work.
 *
 * Invariant: it changes nothing on the node; what a program there does not know or may not do leaves its part empty.
 */
import type { NodeSnapshot, NetnsSnapshot } from '../snapshot/index.ts';
import type { Facts } from './facts.ts';
import { parseCommandLine } from './command-line.ts';
import { Input, type Problem } from './input.ts';
import { readNetlink } from './netlink.ts';
import { netnsOf } from './netns-facts.ts';
import { joinVeths } from './join.ts';
import { parserOf } from './programs.ts';

/** Between a mark and what follows it stands this; it is made of what no program prints. */
const MARK = '\u0001podwalk\u0001';

/** Settings that matter to packets and differ between hosts. */
const SYSCTLS = [
  'net.ipv4.ip_forward',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.conf.all.proxy_arp',
  'net.ipv4.conf.all.arp_ignore',
  'net.ipv6.conf.all.forwarding',
  'net.bridge.bridge-nf-call-iptables',
];

/** Within one namespace. `$J` is `-j` where `ip` knows it, `$O` says that this is the node's own namespace. Programs are named before their output. */
const INSIDE = `
out() { printf '\\001podwalk\\001out %s\\n' "$1"; }
if [ -n "$J" ]; then
  links=$(printf 'addr show\\nneigh show\\n' | ip -j -d -s -force -b - 2>/dev/null)
  out 'ip -j -d -s addr show + ip -j -d -s neigh show'; printf '%s\\n' "$links"
  out 'ip -4 -j route show table all + ip -4 -j rule show'; printf 'route show table all\\nrule show\\n' | ip -4 -j -force -b - 2>/dev/null
  out 'ip -6 -j route show table all + ip -6 -j rule show'; printf 'route show table all\\nrule show\\n' | ip -6 -j -force -b - 2>/dev/null
else
  links=$(ip -d -s addr show 2>/dev/null)
  out 'ip -d -s addr show'; printf '%s\\n' "$links"
  out 'ip neigh show'; ip neigh show 2>/dev/null
  out 'ip -4 route show table all'; ip -4 route show table all 2>/dev/null
  out 'ip -4 rule show'; ip -4 rule show 2>/dev/null
  out 'ip -6 route show table all'; ip -6 route show table all 2>/dev/null
fi
case $links in
*bridge*|*vxlan*)
  if command -v bridge >/dev/null 2>&1; then
    if [ -n "$J" ]; then out 'bridge -j fdb show'; bridge -j fdb show 2>/dev/null; else out 'bridge fdb show'; bridge fdb show 2>/dev/null; fi
  elif command -v brctl >/dev/null 2>&1; then out 'brctl show'; brctl show 2>/dev/null
  fi ;;
esac
out 'sysctl'
sysctl -e ${SYSCTLS.join(' ')} 2>/dev/null
command -v iptables-save >/dev/null 2>&1 && { out 'iptables-save -c'; iptables-save -c 2>/dev/null; }
if [ -n "$O" ]; then
  command -v ip6tables-save >/dev/null 2>&1 && { out 'ip6tables-save -c'; ip6tables-save -c 2>/dev/null; }
  command -v conntrack >/dev/null 2>&1 && { out 'conntrack -L'; conntrack -L 2>/dev/null; }
  command -v ss >/dev/null 2>&1 && { out 'ss -tuanpH'; ss -tuanpH 2>/dev/null; }
else
  command -v ss >/dev/null 2>&1 && { out 'ss -tuanH'; ss -tuanH 2>/dev/null; }
fi
:
`;

/** For `sh -s SHARD OF` on the node, as root where possible. POSIX, for busybox too. */
export const COLLECT_SCRIPT = `
PATH=$PATH:/usr/sbin:/sbin; export PATH; LC_ALL=C; export LC_ALL
J=; ip -j link show lo >/dev/null 2>&1 && J=-j
export J
INSIDE='${INSIDE.replaceAll("'", `'\\''`)}'
hex() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \\n'; }
mark() { # INODE PID NAME
  case $3 in
  *[!A-Za-z0-9._-]*) printf '\\001podwalk\\001netns %s %s x%s\\n' "$1" "$2" "$(hex "$3")" ;;
  *) printf '\\001podwalk\\001netns %s %s n%s\\n' "$1" "$2" "$3" ;;
  esac
}
enter() { # FILE
  if command -v nsenter >/dev/null 2>&1; then nsenter --net="$1" sh -c "$INSIDE"
  else case $1 in /run/netns/*) ip netns exec "\${1#/run/netns/}" sh -c "$INSIDE" ;; esac
  fi
}
shard=\${1:-0}; of=\${2:-1}; i=0; seen=' '; hosts=' '
own=$(stat -L -c %i /proc/self/ns/net 2>/dev/null || echo 0)
if [ "$shard" = 0 ]; then mark "$own" 1 ''; O=1 sh -c "$INSIDE"; fi
seen=" $own "; hosts=$seen
each() { # FILE… reads "INODE nNUMBER", the number of a file, or "INODE /proc/PID/ns/net"
  while read -r inode file; do
    case $file in
    n*) ;;
    *)
      case $hosts in
      *" $inode "*) ;;
      *)
        hosts="$hosts$inode "; pid=\${file#/proc/}; pid=\${pid%%/*}; h=
        { read -r h < "/proc/$pid/root/etc/hostname"; } 2>/dev/null
        [ "$shard" = 0 ] && printf '\\001podwalk\\001host %s %s %s\\n' "$inode" "$pid" "$h"
        ;;
      esac ;;
    esac
    case $seen in *" $inode "*) continue ;; esac
    seen="$seen$inode "
    i=$((i + 1))
    [ $((i % of)) = "$shard" ] || continue
    case $file in
    n*) eval "file=\\\${\${file#n}}"; mark "$inode" 0 "\${file#/run/netns/}" ;;
    *) pid=\${file#/proc/}; mark "$inode" "\${pid%%/*}" '' ;;
    esac
    enter "$file" 2>/dev/null </dev/null
  done
}
set -- /run/netns/*
{
  stat -L -c %i "$@" 2>/dev/null | { n=0; while read -r inode; do n=$((n + 1)); echo "$inode n$n"; done; }
  stat -L -c '%i %n' /proc/[0-9]*/ns/net 2>/dev/null
} | each "$@"
printf '\\001podwalk\\001end\\n'
`;

const PRESENT = /\u0001podwalk\u0001present ([\d ]*)/;
const HOST = /\u0001podwalk\u0001host (\d+) (\d+) ([^\n]*)/g;

type CommandProblem = Problem & { readonly command: string };

export interface Collected {
  readonly node: NodeSnapshot;
  /** A process in each namespace that has any, and what its machine is called, by the namespace's inode. */
  readonly hosts: ReadonlyMap<number, { readonly pid: number; readonly hostname: string }>;
  readonly problems: readonly CommandProblem[];
  /** The script came to its end. */
  readonly isWhole: boolean;
}

/** `texts`: what the shards printed. */
export function readCollected(name: string, texts: readonly string[]): Collected {
  const reading = new NodeReading(name);
  const ends = texts.filter((text) => reading.take(text)).length;
  return { ...reading.collected(), isWhole: ends === texts.length && texts.length > 0 };
}

/** A node as it was read, part by part: each reading has some of its namespaces, which take the place of what was known of them. */
export class NodeReading {
  private readonly hosts = new Map<number, { pid: number; hostname: string }>();
  private readonly namespaces = new Map<number, { readonly facts: NetnsSnapshot; readonly text: string; readonly problems: readonly CommandProblem[] }>();
  /** Grows with every change but of counters and clocks. */
  revision = 0;

  constructor(private readonly name: string) {}

  /** Whether the text is a whole reading. */
  take(text: string): boolean {
    for (const [, inode, pid, hostname] of text.matchAll(HOST)) this.hosts.set(Number(inode), { pid: Number(pid), hostname: hostname!.trim() });
    for (const part of text.split(`${MARK}netns `).slice(1)) {
      const head = part.slice(0, part.indexOf('\n'));
      const [, inodeText, pid, form, nameText = ''] = /^(\d+) (\d+) ([nx])(.*)$/s.exec(head) ?? [];
      if (inodeText === undefined) continue;
      const inode = Number(inodeText);
      const id = pid === '1' ? 0 : inode;
      const problems: CommandProblem[] = [];
      const outputs = part
        .slice(head.length + 1)
        .split(MARK)
        .flatMap((piece) => readPiece(piece, problems));
      this.put(inode, netnsOf(outputs, { id, inode, name: form === 'x' ? fromHex(nameText) : nameText }), problems);
    }
    const present = PRESENT.exec(text)?.[1];
    if (present !== undefined) this.keep(new Set(present.split(' ').map(Number)));
    return text.includes(`${MARK}end\n`);
  }
  collected(): Omit<Collected, 'isWhole'> {
    const sorted = [...this.namespaces.values()]
      .map(({ facts }) => facts)
      .sort((a, b) => (a.id === 0 ? -1 : b.id === 0 ? 1 : a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id));
    const problems = [...this.namespaces.values()].flatMap((one) => one.problems);
    return { node: { name: this.name, namespaces: joinVeths(sorted) }, hosts: new Map(this.hosts), problems };
  }

  private put(inode: number, facts: NetnsSnapshot, problems: readonly CommandProblem[]): void {
    const text = JSON.stringify(facts, (key, value: unknown) => (PASSING.has(key) ? undefined : value));
    if (text !== this.namespaces.get(inode)?.text) this.revision++;
    this.namespaces.set(inode, { facts, text, problems });
  }
  private keep(present: ReadonlySet<number>): void {
    for (const inode of this.hosts.keys()) if (!present.has(inode)) this.hosts.delete(inode);
    for (const inode of [...this.namespaces.keys()]) if (!present.has(inode) && this.namespaces.delete(inode)) this.revision++;
  }
}
/** They change without anybody's doing. */
const PASSING = new Set(['statistics', 'conntrack', 'packets', 'bytes']);

/** `out netlink`, or `out COMMAND + COMMAND`, then the output of the one, a line with `[` beginning that of the other. */
function readPiece(piece: string, problems: CommandProblem[]): readonly Facts[] {
  const [, commands, text = ''] = /^out ([^\n]*)\n([^]*)$/.exec(piece) ?? [];
  if (commands === undefined) return [];
  if (commands === 'netlink') return factsOf(readNetlink(text), problems);
  const names = commands.split(' + ');
  const texts = names.length === 1 ? [text] : text.split(/^(?=\[)/m);
  return names.flatMap((command, i) => readOutput(command, texts[i] ?? '', problems));
}

function factsOf({ links, routes, neighbours, sockets }: ReturnType<typeof readNetlink>, problems: CommandProblem[]): readonly Facts[] {
  const read = (command: string, list: readonly unknown[]): readonly Facts[] => (list.length === 0 ? [] : readOutput(command, JSON.stringify(list), problems));
  return [
    ...read('ip -j -d -s addr show', links),
    ...read('ip -j route show table all', routes),
    ...read('ip -j neigh show', neighbours),
    ...readOutput('ss -tuanH', sockets.join('\n'), problems),
  ];
}

export function readOutput(command: string, text: string, problems: CommandProblem[]): readonly Facts[] {
  const line = parseCommandLine(command);
  const parse = parserOf(line, text);
  if (!parse || text.trim() === '') return [];
  const input = new Input(text, line);
  const facts = parse(input);
  for (const problem of input.finish()) problems.push({ ...problem, command });
  return [facts];
}

/** As od prints bytes; as UTF-8 where it is that. */
function fromHex(hex: string): string {
  const escaped = hex.replaceAll(/../g, '%$&');
  try {
    return decodeURIComponent(escaped);
  } catch {
    return hex.replaceAll(/../g, (byte) => String.fromCharCode(parseInt(byte, 16)));
  }
}
