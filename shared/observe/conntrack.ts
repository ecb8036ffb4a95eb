/**
 * `conntrack -L` (also with -o extended, id, timestamp) and /proc/net/nf_conntrack.
 *
 *     tcp      6 431994 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=5 dport=80 src=10.0.0.2 dst=10.0.0.1 sport=80 dport=5 [ASSURED] mark=0 use=1
 */
import type { ConnectionFact, Draft, Facts, TupleFact } from './facts.ts';
import { wholeNumber, wordsOf, type Input, type Line } from './input.ts';

const SUMMARY = /^conntrack v\S+ \(conntrack-tools\): /;

export function parseConntrack(input: Input): Facts {
  const conntrack: string[] = [];
  const connections: ConnectionFact[] = [];
  for (const line of input.lines()) {
    if (SUMMARY.test(line.text)) continue;
    const connection = readConnection(line, input);
    if (!connection) continue;
    conntrack.push(line.text.trimEnd());
    connections.push(connection);
  }
  return { conntrack, connections };
}

function readConnection(line: Line, input: Input): ConnectionFact | undefined {
  const words = wordsOf(line.text);
  const family = words[0] === 'ipv4' ? 'inet' : words[0] === 'ipv6' ? 'inet6' : undefined;
  if (family) words.splice(0, 2);
  const [protocol = '', number] = words;
  const pairs: [key: string, value: string][] = [];
  const flags: string[] = [];
  const head: string[] = [];
  for (const word of words.slice(2)) {
    const at = word.indexOf('=');
    if (at > 0) pairs.push([word.slice(0, at), word.slice(at + 1)]);
    else if (word.startsWith('[')) flags.push(word.replace(/^\[|\]$/g, ''));
    else if (pairs.length === 0) head.push(word);
  }
  const second = pairs.findIndex(([key], i) => i > 0 && key === 'src');
  const original = tuple(second === -1 ? pairs : pairs.slice(0, second));
  if (wholeNumber(number) === undefined || !original) {
    input.problem(line, 'no connection');
    return undefined;
  }
  const reply = second === -1 ? undefined : tuple(pairs.slice(second));
  if (!reply) input.problem(line, 'the way back is missing');
  const connection: Draft<ConnectionFact> = { protocol, original, flags };
  if (family) connection.family = family;
  if (reply) connection.reply = reply;
  const [timeout, state] = [wholeNumber(head[0]), head.find((word) => /^[A-Z]/.test(word))];
  if (timeout !== undefined) connection.timeoutS = timeout;
  if (state !== undefined) connection.state = state;
  for (const [key, value] of pairs.slice(second === -1 ? 0 : second)) {
    const count = wholeNumber(value);
    if ((key === 'mark' || key === 'zone') && count !== undefined) connection[key] = count;
  }
  return connection;
}

function tuple(pairs: readonly (readonly [string, string])[]): TupleFact | undefined {
  const values = new Map([...pairs].reverse()); // the first of a name counts
  const [source, destination] = [values.get('src'), values.get('dst')];
  if (!source || !destination) return undefined;
  const number = (key: string): number | undefined => wholeNumber(values.get(key));
  const [sourcePort, destinationPort, packets, bytes] = [number('sport'), number('dport'), number('packets'), number('bytes')];
  return {
    source,
    destination,
    ...(sourcePort !== undefined && { sourcePort }),
    ...(destinationPort !== undefined && { destinationPort }),
    ...(packets !== undefined && { packets }),
    ...(bytes !== undefined && { bytes }),
  };
}
