/** docker's command line: options before the first operand, as pflag reads them; what a program in the container is given is left alone. */
import { err, ok, type Result } from '../../base/index.ts';

export interface OptionTable {
  /** Every way to write it, and what it is called here. */
  readonly flags: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
}
export interface Parsed {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

/** `isInterspersed`: options may stand behind operands too. */
export function parseOptions(command: string, words: readonly string[], table: OptionTable, isInterspersed: boolean): Result<Parsed, string> {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  const refuse = (what: string): Result<never, string> => err(`${what}\nSee 'docker ${command} --help'.\n`);
  const put = (name: string, value: string): void => void values.set(name, [...(values.get(name) ?? []), value]);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') {
      operands.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      if (!isInterspersed) {
        operands.push(...words.slice(i));
        break;
      }
      operands.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const [name = '', ...rest] = word.split('=');
      const flag = table.flags[name];
      const value = table.values[name];
      if (flag !== undefined && (rest.length === 0 || rest.join('=') === 'true')) flags.add(flag);
      else if (flag !== undefined) continue;
      else if (value === undefined) return refuse(`unknown flag: ${name}`);
      else if (rest.length > 0) put(value, rest.join('='));
      else if (i + 1 < words.length) put(value, words[++i]!);
      else return refuse(`flag needs an argument: ${name}`);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = `-${word[at]}`;
      const value = table.values[letter];
      if (table.flags[letter] !== undefined) flags.add(table.flags[letter]);
      else if (value === undefined) return refuse(`unknown shorthand flag: '${word[at]}' in ${word}`);
      else {
        const rest = word.slice(at + 1).replace(/^=/, '');
        if (rest !== '') put(value, rest);
        else if (i + 1 < words.length) put(value, words[++i]!);
        else return refuse(`flag needs an argument: '${word[at]}' in ${word}`);
        break;
      }
    }
  }
  return ok({ flags, values, operands });
}
