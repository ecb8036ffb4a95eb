/** `-m u32` and `-m bpf`: words and programs over a packet's bytes (libxt_u32, libxt_bpf). */
import type { BpfInfo, BpfInstruction, Range, U32Info, U32Step, U32Test } from '../../../kernel/index.ts';
import { usage } from '../exit.ts';
import { BOTH, defineMatch } from '../extension.ts';
import { hex, scanWithin } from '../numbers.ts';

const MAX_WORD = 0xffffffff;
const WORDS: Readonly<Record<U32Step['operation'], string>> = { and: '&', left: '<<', right: '>>', at: '@' };

/** Reads `start op number … = value[:value],… && …`, as u32_parse does: places in messages are counted in characters. */
class U32Reader {
  private at = 0;
  constructor(private readonly text: string) {}
  all(): U32Test[] {
    const tests: U32Test[] = [];
    for (;;) {
      tests.push(this.test());
      this.blank();
      if (this.at >= this.text.length) return tests;
      if (!this.text.startsWith('&&', this.at)) return usage(`u32: at char ${this.at}: && expected`);
      this.at += 2;
    }
  }
  private test(): U32Test {
    const steps: U32Step[] = [];
    this.blank();
    const start = this.location();
    for (;;) {
      this.blank();
      if (this.at >= this.text.length) return usage('u32: abrupt end of input after location specifier');
      const rest = this.text.slice(this.at);
      if (rest.startsWith('=')) break;
      const found = (Object.entries(WORDS) as [U32Step['operation'], string][]).find(([, word]) => rest.startsWith(word));
      if (!found) return usage(`u32: at char ${this.at}: operator expected`);
      this.at += found[1].length;
      this.blank();
      steps.push({ operation: found[0], number: this.number() });
    }
    this.at++;
    const values: Range[] = [];
    for (;;) {
      this.blank();
      const min = this.number();
      this.blank();
      let max = min;
      if (this.text[this.at] === ':') {
        this.at++;
        this.blank();
        max = this.number();
        this.blank();
      }
      values.push({ min, max });
      if (this.text[this.at] !== ',') break;
      this.at++;
    }
    return { start, steps, values };
  }
  private location(): number {
    return this.at >= this.text.length ? usage('u32: abrupt end of input after location specifier') : this.number();
  }
  private blank(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }
  private number(): number {
    const digits = scanWithin(this.text.slice(this.at), 0, MAX_WORD);
    if (!digits) return usage(`u32: at char ${this.at}: not a number or out of range`);
    this.at = this.text.length - digits.rest.length;
    return digits.value;
  }
}
const word = (value: number): string => `0x${hex(value)}`;
const testText = ({ start, steps, values }: U32Test): string =>
  `${word(start)}${steps.map(({ operation, number }) => WORDS[operation] + word(number)).join('')}=${values
    .map(({ min, max }) => (min === max ? word(min) : `${word(min)}:${word(max)}`))
    .join(',')}`;
const u32Text = (info: U32Info): string => `"${info.tests.map(testText).join('&&')}"`;

export const u32 = defineMatch<U32Info>({
  name: 'u32',
  families: BOTH,
  options: [{ name: 'u32', id: 'u32', type: 'string', mandatory: true, invertible: true }],
  init: () => ({ kind: 'u32', tests: [], invert: false }),
  parse(info, call) {
    info.tests = new U32Reader(call.argument).all();
    info.invert = call.invert;
  },
  save: (info) => `${info.invert ? ' !' : ''} --u32 ${u32Text(info)}`,
  list: (info) => ` u32${info.invert ? ' !' : ''} ${u32Text(info)}`,
});

const PROGRAM_MAX = 64;
function parseProgram(text: string): BpfInstruction[] {
  const [first = '', ...rest] = text.split(',');
  const length = /^\s*(\d+)/.exec(first)?.[1];
  if (length === undefined) return usage('bpf: error parsing program length');
  if (Number(length) > PROGRAM_MAX) usage(`bpf: error: program too long (max ${PROGRAM_MAX})`);
  const program: BpfInstruction[] = [];
  for (let i = 0; i < Number(length); i++) {
    const numbers = /^\s*(\d+) (\d+) (\d+) (\d+)/.exec(rest[i] ?? '');
    if (!numbers) return usage(`bpf: error at instr ${i}`);
    const [code = 0, jumpTrue = 0, jumpFalse = 0, k = 0] = numbers.slice(1).map(Number);
    program.push({ code, jumpTrue, jumpFalse, k });
  }
  if (rest.length > program.length && rest.slice(program.length).join('') !== '') usage('bpf: error: parsed less than program length');
  return program;
}
const instruction = ({ code, jumpTrue, jumpFalse, k }: BpfInstruction): string => `${code} ${jumpTrue} ${jumpFalse} ${k}`;

/** Deviation: there is no BPF file system, so no pinned object is found. */
export const bpf = defineMatch<BpfInfo>({
  name: 'bpf',
  families: BOTH,
  options: [
    { name: 'bytecode', id: 'bytecode', type: 'string', excludes: ['pinned'] },
    { name: 'object-pinned', id: 'pinned', type: 'string', excludes: ['bytecode'] },
  ],
  init: () => ({ kind: 'bpf', program: [] }),
  parse(info, call) {
    if (call.id === 'pinned') usage('bpf: failed to get bpf object');
    info.program = parseProgram(call.argument);
  },
  check(_info, seen) {
    if (seen.size === 0) usage('bpf: one of --bytecode or --pinned is required');
  },
  save: ({ program }) => ` --bytecode "${program.length},${program.map(instruction).join(',')}"`,
  list: ({ program }) => `match bpf ${program.map(instruction).join(',')}\0`,
});
