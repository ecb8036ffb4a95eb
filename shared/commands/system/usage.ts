/** Usage of util-linux and procps-ng programs: what a wrong option gets, and `--help`, made from the table that parses (util-linux include/c.h, procps-ng). */
import type { Bytes } from '../../base/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { declared, declaredOptions } from '../declaration.ts';
import { parseOptions, type CommandLine, type OptionSpec, type Order } from '../options.ts';

export interface ToolUsage<Id extends string = string> {
  /** What follows the name, a line each. */
  readonly synopsis: readonly string[];
  readonly summary?: string;
  readonly options: readonly OptionSpec<Id>[];
  /** Where the descriptions of options begin. */
  readonly column: number;
  readonly order?: Order;
  /** `util-linux 2.38.1`; of procps-ng, whose usage follows each mistake, it is `procps-ng 4.0.2`. */
  readonly from: string;
  /** Status of a wrong command line. */
  readonly failure?: number;
  readonly section?: number;
  readonly missing?: readonly string[];
}

/** As `-x` and `--long` are described, `-h` and `-V` apart from the others. */
const HELP_AND_VERSION: readonly OptionSpec<'help' | 'version'>[] = [
  { id: 'help', short: 'h', long: 'help', argument: 'none', help: 'display this help' },
  { id: 'version', short: 'V', long: 'version', argument: 'none', help: 'display version' },
];

function helpOf(name: Bytes, usage: ToolUsage): string {
  const isProcps = usage.from.startsWith('procps');
  const row = ({ short, long, argument, value = '<arg>', help = '' }: OptionSpec, width: number): string => {
    const suffix = argument === 'none' ? '' : argument === 'optional' ? `[=${value}]` : ` ${value}`;
    const names = [short === '' ? '' : `-${short}`, long === undefined ? '' : `--${long}`].filter((text) => text !== '').join(', ');
    return ` ${short === '' && !isProcps ? '    ' : ''}${names}${suffix}`.padEnd(width) + `${help}\n`;
  };
  const last = isProcps ? ['display this help and exit', 'output version information and exit'] : HELP_AND_VERSION.map(({ help = '' }) => help);
  const isTaken = (letter: string): boolean => usage.options.some(({ short }) => short === letter);
  const rowOf = (spec: OptionSpec, help: string): string =>
    isTaken(spec.short) ? `     --${(spec.long ?? '').padEnd(isProcps ? 9 : usage.column - 7)}${help}\n` : row({ ...spec, help }, isProcps ? 16 : usage.column);
  const own = HELP_AND_VERSION.map((spec, i) => rowOf(spec, last[i] ?? '')).join('');
  return [
    `\nUsage:\n${usage.synopsis.map((line) => ` ${name} ${line}\n`).join('')}`,
    usage.summary === undefined ? '' : `\n${usage.summary}\n`,
    `\nOptions:\n${usage.options.map((spec) => row(spec, usage.column)).join('')}\n${own}`,
    `\nFor more details see ${name}(${usage.section ?? 1}).\n`,
  ].join('');
}

type Body<Id extends string> = (p: Process, line: CommandLine<Id> & { has(id: Id): boolean; value(id: Id): Bytes | undefined }) => Sys<number>;

/** A program with its usage; the body is not called for help, for mistakes, and for what is not modelled. */
export function tool<Id extends string>(usage: ToolUsage<Id>, body: Body<Id>): Program {
  const specs: readonly OptionSpec<Id | 'help' | 'version'>[] = [...usage.options, ...HELP_AND_VERSION];
  const declaration = {
    ...{ synopsis: usage.synopsis[0] ?? '', options: declaredOptions(specs), missing: usage.missing ?? [] },
    ...(usage.summary !== undefined && { summary: usage.summary }),
  };
  return declared(declaration, function* (p) {
    const line = parseOptions(p.argv, specs, usage.order);
    if (line.error !== undefined) {
      const advice = usage.from.startsWith('procps') ? helpOf(p.name, usage) : `Try '${p.name} --help' for more information.\n`;
      return (yield* p.error(line.error + advice), usage.failure ?? 1);
    }
    const has = (id: Id | 'help' | 'version'): boolean => line.options.some((option) => option.id === id);
    if (has('help')) return (yield* p.print(helpOf(p.name, usage)), 0);
    if (has('version')) return (yield* p.print(`${p.name} from ${usage.from}\n`), 0);
    const lacking = usage.options.find(({ id, isMissing = false }) => isMissing && has(id));
    if (lacking) return yield* p.fail(`not modelled: ${lacking.long === undefined ? `-${lacking.short}` : `--${lacking.long}`}`);
    const own = line as CommandLine<Id>;
    return yield* body(p, { ...own, has, value: (id) => own.options.findLast((option) => option.id === id)?.argument });
  });
}

/** An option by `-x --long=<value>` or `-x --long <value>`; `?` behind the value makes it optional, `!` in front of all not modelled. */
export function option<Id extends string>(id: Id, names: string, help: string): OptionSpec<Id> {
  const isMissing = names.startsWith('!');
  const [, short = '', long, brackets, value] = /^!?(?:-([^-\s]))?\s*(?:--([\w-]+))?(\[=)?\s*(.*?)\]?$/.exec(names) ?? [];
  const argument = brackets !== undefined ? 'optional' : value !== undefined && value !== '' ? 'required' : 'none';
  return {
    id,
    short,
    ...(long !== undefined && { long }),
    argument,
    ...(argument !== 'none' && value !== undefined && { value }),
    help,
    ...(isMissing && { isMissing }),
  };
}
