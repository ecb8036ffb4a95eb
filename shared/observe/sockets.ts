/**
 * `ss` and `netstat -tulpn`: sockets of IP and of packets; those of Unix, netlink and the like are passed over.
 *
 *     udp   UNCONN 0      0            0.0.0.0:5353      0.0.0.0:*    users:(("nc",pid=107,fd=3))
 *     tcp        0      0 0.0.0.0:8080            0.0.0.0:*               LISTEN      105/nc
 */
import type { SocketFact } from '../snapshot/index.ts';
import type { Facts } from './facts.ts';
import { wholeNumber, wordsOf, type Input, type Line } from './input.ts';

type Protocol = SocketFact['protocol'];
const PROTOCOLS: Readonly<Record<string, Protocol>> = { tcp: 'tcp', udp: 'udp', raw: 'raw', icmp6: 'raw', p_raw: 'packet', p_dgr: 'packet', ___: 'raw' };
const OTHERS = /^(?:nl|u_str|u_dgr|u_seq|v_str|v_dgr|sctp|mptcp|dccp|tipc|ti_|xdp|\?\?\?)/;
const STATES = /^(?:LISTEN|ESTAB|UNCONN|SYN-SENT|SYN-RECV|FIN-WAIT-1|FIN-WAIT-2|TIME-WAIT|CLOSE|CLOSE-WAIT|LAST-ACK|CLOSING|CLOSED|NEW_SYN_RECV)$/;

export function parseSs(input: Input): Facts {
  const sockets: SocketFact[] = [];
  const asked = /^-\w*t/.test(input.command.options.join(' ')) ? 'tcp' : optionProtocol(input.command.options);
  for (const line of input.lines()) {
    if (/^(?:Netid|State|Recv-Q)\b.*\bLocal Address:Port/.test(line.text) || /^\s/.test(line.text)) continue; // -i has its facts in lines of their own
    const words = wordsOf(line.text);
    if (OTHERS.test(words[0]!)) continue;
    const protocol = PROTOCOLS[words[0]!];
    if (protocol) words.shift();
    const state = STATES.test(words[0] ?? '') ? words.shift()! : undefined;
    const [received, sent, local, remote, ...rest] = words;
    const socket = socketOf(protocol ?? asked, state ?? 'ESTAB', local, remote, line, input);
    if (wholeNumber(received) === undefined || wholeNumber(sent) === undefined) input.problem(line, 'no socket');
    else if (socket) {
      const [, name, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(rest.join(' ')) ?? [];
      sockets.push({ ...socket, ...(name !== undefined && { owner: `${name} ${pid!}` }) });
    }
  }
  return { sockets };
}

function optionProtocol(options: readonly string[]): Protocol {
  const letters = options.filter((option) => /^-\w/.test(option)).join('');
  if (letters.includes('t') || options.includes('--tcp')) return 'tcp';
  if (letters.includes('u') || options.includes('--udp')) return 'udp';
  return letters.includes('0') ? 'packet' : letters.includes('w') ? 'raw' : 'tcp';
}

function socketOf(protocol: Protocol, state: string, local: string | undefined, remote: string | undefined, line: Line, input: Input): SocketFact | undefined {
  const [here, there] = [endpoint(local), endpoint(remote)];
  if (!here || !there) {
    input.problem(line, 'a port is no number: -n prints numbers');
    return undefined;
  }
  return { protocol, state, local: here.address, localPort: here.port, remote: there.address, remotePort: there.port };
}

/** `127.0.0.1%lo:53`, `[::1]:22`, `:::80`, `*:*`. */
function endpoint(text: string | undefined): { readonly address: string; readonly port: number } | undefined {
  const at = text?.lastIndexOf(':') ?? -1;
  if (text === '*') return { address: '*', port: 0 };
  if (text === undefined || at === -1) return undefined;
  const port = text.slice(at + 1) === '*' ? 0 : wholeNumber(text.slice(at + 1));
  const address = text
    .slice(0, at)
    .replace(/^\[(.*)\]/, '$1')
    .replace(/%[^%]*$/, '');
  return port === undefined || address === '' ? undefined : { address, port };
}

const NETSTAT_STATES: Readonly<Record<string, string>> = { ESTABLISHED: 'ESTAB', SYN_RECV: 'SYN-RECV', FIN_WAIT1: 'FIN-WAIT-1', FIN_WAIT2: 'FIN-WAIT-2' };

export function parseNetstat(input: Input): Facts {
  const sockets: SocketFact[] = [];
  let isUnix = false;
  for (const line of input.lines()) {
    if (/^Active |^Proto /.test(line.text)) {
      isUnix = /UNIX|RefCnt/.test(line.text);
      continue;
    }
    if (isUnix) continue;
    const [, name, local, remote, rest] = /^(tcp|udp|raw)(?:6|lite6?)?\s+\d+\s+\d+\s+(\S+)\s+(\S+)(.*)$/.exec(line.text) ?? [];
    if (name === undefined) {
      input.problem(line, 'no socket');
      continue;
    }
    const words = wordsOf(rest!);
    const state = /^[A-Z][A-Z_\d]+$/.test(words[0] ?? '') ? words[0]! : name === 'tcp' ? 'CLOSE' : 'UNCONN';
    const socket = socketOf(name as Protocol, NETSTAT_STATES[state] ?? state.replace('_', '-'), local, remote, line, input);
    const [, pid, owner] = /\s(\d+)\/(\S+)/.exec(rest!) ?? [];
    if (socket) sockets.push({ ...socket, ...(pid !== undefined && { owner: `${owner!} ${pid}` }) });
  }
  return { sockets };
}
