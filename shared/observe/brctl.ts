/**
 * `brctl show`, `showmacs BRIDGE`, `showstp BRIDGE`; `show` also with its line breaks lost.
 *
 *     bridge name	bridge id		STP enabled	interfaces
 *     cni0		8000.be87fe83a5a3	yes		veth1
 *     							veth2
 */
import type { Draft, Facts, FdbFacts, LinkFacts } from './facts.ts';
import { wordsOf, type Input, type Line } from './input.ts';

const ID = /^[\da-f]{4}\.[\da-f]{12}$/;
type LinkDraft = Draft<LinkFacts>;

export function parseBrctlShow(input: Input): Facts {
  const links: LinkDraft[] = [];
  let bridge: string | undefined;
  for (const line of linesOf(input)) {
    if (/^bridge name\s/.test(line.text)) continue;
    const words = wordsOf(line.text);
    if (/^\s/.test(line.text) && words.length === 1 && bridge !== undefined) links.push({ name: words[0]!, masterName: bridge });
    else if (words.length >= 3 && words.length <= 4 && ID.test(words[1]!) && /^(?:yes|no)$/.test(words[2]!)) {
      bridge = words[0]!;
      links.push({ name: bridge, kind: 'bridge', bridge: { id: words[1]!, stp: words[2] === 'yes' } });
      if (words[3] !== undefined) links.push({ name: words[3], masterName: bridge });
    } else input.problem(line, 'no bridge and no port');
  }
  return { links };
}

const LOST = /bridge name\s+bridge id\s+STP enabled\s+interfaces(?=\S)/;

/** A text without its breaks is one line with prompts in it. */
const linesOf = (input: Input): readonly Line[] => (LOST.test(input.text) ? restore({ number: 1, text: input.text }, input) : input.lines());

/** Bridges and ports of a line that was once several; where a port and the next bridge are one word, only a port named by a CNI plugin can be told. */
function restore(line: Line, input: Input): readonly Line[] {
  const table = line.text.replace(/^[^]*?STP enabled\s+interfaces/, '').replace(/\[[\w.-]+@[\w.-]+ [^\]]*\]#?[^]*$/, '');
  const words = wordsOf(table);
  const lines: Line[] = [];
  const add = (text: string): void => void lines.push({ number: line.number, text });
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (ID.test(words[i + 1] ?? '')) {
      const [, port, bridge] = /^(veth[\da-f]{8})(.+)$/.exec(word) ?? [];
      if (port !== undefined && lines.length > 0) add(`\t${port}`);
      else if (lines.length > 0 && !/^(?:yes|no)/.test(word))
        input.problem({ number: line.number, text: word }, 'where the port ends and the bridge begins cannot be told');
      const [, stp = 'no'] = /^(yes|no)/.exec(words[i + 2] ?? '') ?? [];
      add(`${bridge ?? word}\t${words[i + 1]!}\t${stp}`);
      const rest = (words[i + 2] ?? '').slice(stp.length);
      if (rest !== '' && ID.test(words[i + 3] ?? '')) words[i + 2] = rest;
      else i++;
      i++;
    } else add(`\t${word}`);
  }
  return lines;
}

export function parseBrctlShowMacs(input: Input): Facts {
  const fdb: FdbFacts[] = [];
  const [, master] = input.command.words;
  for (const line of input.lines()) {
    if (/^port no\s/.test(line.text)) continue;
    const [, port, mac, isLocal, age] = /^\s*(\d+)\s+([\da-f:]{17})\s+(yes|no)\s+([\d.]+)\s*$/.exec(line.text) ?? [];
    if (port === undefined) input.problem(line, 'no entry');
    else
      fdb.push({
        mac: mac!,
        device: '',
        portNumber: Number(port),
        ...(master !== undefined && { master }),
        state: isLocal === 'yes' ? 'permanent' : '',
        flags: [],
        ageS: Number(age),
      });
  }
  return { fdb };
}

/** Of the many numbers, what a bridge and a port are called, how they stand, and the ageing time. */
export function parseBrctlShowStp(input: Input): Facts {
  const links: LinkDraft[] = [];
  let bridge: string | undefined;
  for (const line of input.lines()) {
    const [, port] = /^(\S+) \(\d+\)\s*$/.exec(line.text) ?? [];
    const last = links.at(-1);
    if (port !== undefined) links.push({ name: port, ...(bridge !== undefined && { masterName: bridge }) });
    else if (/^\S+\s*$/.test(line.text)) {
      bridge = line.text.trim();
      links.push({ name: bridge, kind: 'bridge', bridge: {} });
    } else if (last && /^\s/.test(line.text)) readPairs(last, line);
    else input.problem(line, 'neither bridge nor port');
  }
  return { links };
}

function readPairs(link: LinkDraft, { text }: Line): void {
  const [, id] = /^\s*bridge id\s+(\S+)/.exec(text) ?? [];
  if (id !== undefined) link.bridge = { ...link.bridge, id };
  const [, ageing] = /^\s*ageing time\s+([\d.]+)/.exec(text) ?? [];
  if (ageing !== undefined) link.bridge = { ...link.bridge, ageingTimeS: Number(ageing) };
  const [, state] = /\sstate\s+([a-z]+)/.exec(text) ?? [];
  if (state !== undefined) link.port = { state };
}
