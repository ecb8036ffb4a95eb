/** `ip neigh` as text (with -s too) and with -j: `10.9.1.8 dev vb lladdr 02:00:00:00:00:08 router STALE`. */
import type { NeighbourEntry } from '../snapshot/index.ts';
import type { Draft, Facts } from './facts.ts';
import { wordsOf, type Input, type Line } from './input.ts';
import { isAddress } from './ip-address.ts';
import { flagIn, jsonObjects, textIn, textsIn } from './json.ts';

const STATES = new Set('NONE INCOMPLETE REACHABLE STALE DELAY PROBE FAILED NOARP PERMANENT'.split(' '));
const WORDS = new Set('extern_learn offload managed extern_valid'.split(' '));

export function parseIpNeighbour(input: Input): Facts {
  const neighbours: NeighbourEntry[] = [];
  for (const line of input.lines()) {
    const words = wordsOf(line.text);
    const neighbour = isAddress(words[0] ?? '') ? readNeighbour(words, line, input) : undefined;
    if (neighbour) neighbours.push(neighbour);
    else input.problem(line, 'no neighbour');
  }
  return { neighbours };
}

function readNeighbour(words: readonly string[], line: Line, input: Input): NeighbourEntry | undefined {
  const read: Draft<NeighbourEntry> = { address: words[0]!, device: '', state: '', proxy: false, router: false };
  const states: string[] = [];
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!;
    if (word === 'dev') read.device = words[++i] ?? '';
    else if (word === 'lladdr') read.mac = words[++i] ?? '';
    else if (word === 'router') read.router = true;
    else if (word === 'proxy') read.proxy = true;
    else if (STATES.has(word)) states.push(word);
    else if (/^(?:ref|used|probes|nud|proto|vlan|dst)$/.test(word)) i++;
    // `used 1/1/1probes 1`: two words without a blank between them
    else if (!WORDS.has(word) && !/^\d+(?:probes)?$/.test(word)) input.problem(line, `unknown here: ${word}`);
  }
  read.state = states.join(',');
  return read.device === '' || read.mac === '' ? undefined : read;
}

export function parseIpNeighbourJson(input: Input): Facts {
  const neighbours: NeighbourEntry[] = [];
  for (const { value, line } of jsonObjects(input)) {
    const [address, device, mac] = [textIn(value, 'dst'), textIn(value, 'dev'), textIn(value, 'lladdr')];
    if (address === undefined || device === undefined) {
      input.problem(line, 'no neighbour: dst or dev is missing');
      continue;
    }
    neighbours.push({
      address,
      device,
      ...(mac !== undefined && { mac }),
      state: textsIn(value, 'state').join(','),
      proxy: flagIn(value, 'proxy'),
      router: flagIn(value, 'router'),
    });
  }
  return { neighbours };
}
