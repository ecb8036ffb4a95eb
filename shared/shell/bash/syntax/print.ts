/** Commands as bash writes them back (print_cmd.c): `declare -f`, `type`, `jobs`, messages about killed jobs. */
import type { Bytes } from '../../../base/index.ts';
import type { Assignment, Command, FunctionDefinition, Item, List, Redirect, TestExpression, Word } from './tree.ts';

export const printCommand = (command: Command): Bytes => new Printer(false).whole(command);
/** `name () \n{ …}`, as `declare -f` prints it. */
export const printFunction = (name: Bytes, body: Command): Bytes => new Printer(true).definition(name, body, '');

const STEP = 4;

class Printer {
  private indent = 0;
  private documents: Redirect[] = [];

  constructor(private isInFunction: boolean) {}

  whole(command: Command): Bytes {
    return this.command(command) + this.takeDocuments();
  }
  private line(text: Bytes): Bytes {
    return `\n${' '.repeat(this.indent)}${text}`;
  }
  private indented(work: () => Bytes): Bytes {
    this.indent += STEP;
    const text = work();
    this.indent -= STEP;
    return text;
  }
  private takeDocuments(): Bytes {
    const text = this.documents.map((document) => `\n${document.target.text}${document.delimiter ?? ''}`).join('');
    const had = this.documents.length > 0;
    this.documents = [];
    return had ? `${text}\n` : '';
  }

  /** Commands in a row; between those on lines of their own in a function, on one line elsewhere. */
  private list(list: List): Bytes {
    let out = '';
    list.forEach((item, i) => {
      const isLast = i === list.length - 1;
      out += this.command(item.command);
      const documents = this.takeDocuments();
      out += documents;
      if (item.isBackground) out += isLast ? ' &' : ' & ';
      else if (!isLast) out += `${documents === '' ? ';' : ''}${this.isInFunction ? this.line('') : ' '}`;
    });
    return out;
  }
  /** A list as the body of a loop or branch: on lines of its own, closed by a semicolon. */
  private body(list: List): Bytes {
    const text = this.indented(() => this.line('') + this.list(list));
    return text.endsWith('&') || text.endsWith('\n') ? text : `${text};`;
  }

  private command(command: Command): Bytes {
    const text = this.bare(command);
    return command.kind === 'simple' || command.redirects.length === 0 ? text : `${text} ${this.redirects(command.redirects)}`;
  }
  private bare(command: Command): Bytes {
    switch (command.kind) {
      case 'simple':
        return [
          ...command.assignments.map(assignment),
          ...command.words.map((word) => ('pieces' in word ? word.text : assignment(word))),
          ...(command.redirects.length > 0 ? [this.redirects(command.redirects)] : []),
        ].join(' ');
      case 'pipeline': {
        const prefix = `${command.time === 'no' ? '' : command.time === 'posix' ? 'time -p ' : 'time '}${command.isNegated ? '! ' : ''}`;
        return prefix + command.commands.map((each, i) => this.command(each) + (command.withErrors[i] ? ' 2>&1' : '')).join(' | ');
      }
      case 'and-or':
        return command.commands.map((each, i) => (i === 0 ? '' : ` ${command.operators[i - 1] ?? ''} `) + this.command(each)).join('');
      case 'if':
        return this.branches(command.branches, command.otherwise);
      case 'while':
        return `${command.isUntil ? 'until' : 'while'} ${this.inline(command.condition)}; do${this.body(command.body)}${this.line('done')}`;
      case 'for':
      case 'select': {
        const words = command.words ? command.words.map((word) => word.text).join(' ') : '"$@"';
        return `${command.kind} ${command.name} in ${words};${this.line('do')}${this.body(command.body)}${this.line('done')}`;
      }
      case 'arithmetic-for': {
        const part = (word: Word | undefined): Bytes => word?.text ?? '1';
        return `for ((${part(command.initialize)}; ${part(command.test)}; ${part(command.update)}))${this.line('do')}${this.body(command.body)}${this.line('done')}`;
      }
      case 'case':
        return this.cases(command);
      case 'group':
        return this.group(command.body);
      case 'subshell':
        return `( ${this.list(command.body)} )`;
      case 'function':
        return this.nested(command);
      case 'arithmetic':
        return `((${command.expression.text}))`;
      case 'test':
        return `[[ ${test(command.expression)} ]]`;
      case 'coproc':
        return `coproc ${command.name} ${this.command(command.body)}`;
    }
  }
  private inline(list: List): Bytes {
    return this.list(list);
  }
  private branches(branches: readonly { readonly condition: List; readonly body: List }[], otherwise: List | undefined): Bytes {
    const [first, ...rest] = branches;
    if (!first) return '';
    let out = `if ${this.inline(first.condition)}; then${this.body(first.body)}`;
    if (rest.length > 0) {
      const inner = this.indented(() => this.line('') + this.branches(rest, otherwise));
      out += `${this.line('else')}${inner};`;
    } else if (otherwise) out += `${this.line('else')}${this.body(otherwise)}`;
    return out + this.line('fi');
  }
  private cases(command: Command & { kind: 'case' }): Bytes {
    let out = `case ${command.word.text} in `;
    for (const item of command.items) {
      out += this.indented(() => {
        const head = this.line(`${item.patterns.map((pattern) => pattern.text).join(' | ')})`);
        const body = this.indented(() => (item.body.length > 0 ? this.line('') + this.list(item.body) : ''));
        return head + body + this.line(item.end);
      });
    }
    return out + this.line('esac');
  }
  private group(list: List): Bytes {
    if (!this.isInFunction) return `{ ${this.list(list)}${endsOpen(list) ? '' : ';'} }`;
    return `{ ${this.indented(() => this.line('') + this.list(list))}${this.line('}')}`;
  }
  private nested(command: FunctionDefinition): Bytes {
    const was = this.isInFunction;
    this.isInFunction = true;
    const text = this.definition(command.name, command.body, 'function ');
    this.isInFunction = was;
    return text;
  }
  definition(name: Bytes, body: Command, keyword: Bytes): Bytes {
    const head = `${keyword}${name} () ${this.line('{ ')}`;
    const list: List = body.kind === 'group' ? body.body : [{ command: { ...body, redirects: [] } as Command, isBackground: false } satisfies Item];
    const inner = this.indented(() => this.line('') + this.list(list));
    const tail = body.redirects.length > 0 ? ` ${this.redirects(body.redirects)}` : '';
    return `${head}${inner}${this.line('}')}${tail}`;
  }
  private redirects(redirects: readonly Redirect[]): Bytes {
    return redirects.map((redirect) => this.redirect(redirect)).join(' ');
  }
  private redirect(redirect: Redirect): Bytes {
    const { operator, target, variable } = redirect;
    const left = variable !== undefined ? `{${variable}}` : undefined;
    const fd = (usual: number): Bytes => left ?? (redirect.fd === undefined || redirect.fd === usual ? '' : String(redirect.fd));
    switch (operator) {
      case '<':
      case '<>':
        return `${fd(0)}${operator} ${target.text}`;
      case '<&':
        return `${left ?? redirect.fd ?? 0}<&${target.text}`;
      case '>&':
        return `${left ?? redirect.fd ?? 1}>&${target.text}`;
      case '&>':
      case '&>>':
        return `${operator} ${target.text}`;
      case '<<<':
        return `${fd(0)}<<< ${target.text}`;
      case '<<':
      case '<<-':
        this.documents.push(redirect);
        return `${fd(0)}${operator}${redirect.isQuoted ? `'${redirect.delimiter ?? ''}'` : (redirect.delimiter ?? '')}`;
      default:
        return `${fd(1)}${operator} ${target.text}`;
    }
  }
}

const endsOpen = (list: List): boolean => list.at(-1)?.isBackground ?? false;

function assignment(node: Assignment): Bytes {
  return node.text;
}

/** `[[ a == b ]]`. */
export const printTest = (expression: TestExpression): Bytes => `[[ ${test(expression)} ]]`;
function test(expression: TestExpression): Bytes {
  switch (expression.kind) {
    case 'unary':
      return `${expression.operator} ${expression.operand.text}`;
    case 'binary':
      return `${expression.left.text} ${expression.operator} ${expression.right.text}`;
    case 'logical':
      return expression.operands.map(test).join(` ${expression.operator} `);
    case 'not':
      return `! ${test(expression.operand)}`;
    case 'group':
      return `( ${test(expression.expression)} )`;
  }
}
