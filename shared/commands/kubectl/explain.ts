/** kubectl explain (k8s.io/kubectl/pkg/explain/v2): a type and its fields, from the server's own description of them. */
import type { Sys } from '../../shell/index.ts';
import type { TypeSchema } from './api.ts';
import { fieldOf, referred, refOf, typeOf } from './types.ts';
import { fail, findResource, GLOBAL_FLAGS, type Command, type Context } from './context.ts';

const WIDTH = 80;

export const EXPLAIN: Command = {
  name: 'explain',
  usage: 'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2] [options]',
  summary: 'Get documentation for a resource',
  flags: [
    ...GLOBAL_FLAGS,
    { name: 'recursive', kind: 'bool', usage: 'When true, print the name of all the fields recursively.' },
    { name: 'api-version', kind: 'string', usage: 'Use given api-version (group/version) of the resource.' },
    { name: 'output', short: 'o', kind: 'string', usage: 'Format in which to render the schema. Valid values are: (plaintext, plaintext-openapiv2).' },
  ],
  run: explain,
};

function* explain(context: Context): Sys<number> {
  const { flags, api, p } = context;
  const [word, ...more] = flags.args;
  if (word === undefined)
    return yield* fail(context, 'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.');
  if (more.length > 0) return yield* fail(context, 'We accept only this format: explain RESOURCE');
  const [kind = '', ...path] = word.split('.');
  const grouped = findResource(api, word);
  const resource = grouped ?? findResource(api, kind);
  if (!resource) {
    yield* p.error(`the server doesn't have a resource type "${kind}"\n`);
    return 1;
  }
  const root = typeOf(api.types, resource);
  if (!root)
    return yield* fail(context, `couldn't find resource for "${resource.group}/${resource.version}, Kind=${resource.kind}": its types are not at hand`);
  const head = `${resource.group === '' ? '' : `GROUP:      ${resource.group}\n`}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n\n`;
  let field: TypeSchema | undefined = root;
  for (const name of grouped ? [] : path) {
    field = fieldOf(api.types, field, name);
    if (!field) {
      yield* p.print(head);
      return yield* fail(context, `field "${name}" does not exist`);
    }
  }
  const last = grouped ? undefined : path.at(-1);
  const types = new Types(api.types);
  const title = last === undefined ? '' : `FIELD: ${last} <${types.nameOf(field)}>\n\n`;
  const about = `DESCRIPTION:\n${types.description(field, '    ')}    \n`;
  const inner = types.structOf(field);
  const fields = inner ? `FIELDS:\n${types.fields(inner, '  ', flags.bool('recursive'), new Set())}` : '';
  yield* p.print(`${head}${title}${last === undefined ? '' : '\n'}${about}${fields}\n`);
  return 0;
}

class Types {
  constructor(private readonly types: Readonly<Record<string, TypeSchema>>) {}

  nameOf(schema: TypeSchema | undefined): string {
    const ref = refOf(schema);
    const whole = referred(this.types, schema);
    if (whole?.type === 'array' || whole?.items) return `[]${this.nameOf(whole.items)}`;
    if (whole?.additionalProperties) return `map[string]${this.nameOf(whole.additionalProperties)}`;
    if (ref !== undefined && whole?.type !== 'string') return ref.split('.').at(-1)!;
    return whole?.type ?? 'Object';
  }
  /** What has fields: itself, or what a list or map holds. */
  structOf(schema: TypeSchema | undefined): TypeSchema | undefined {
    const whole = referred(this.types, schema);
    const inner = whole?.items ?? whole?.additionalProperties;
    const struct = inner ? this.structOf(inner) : whole;
    return struct?.properties ? struct : undefined;
  }
  description(schema: TypeSchema | undefined, indent: string): string {
    const own = schema?.description;
    const whole = referred(this.types, schema);
    const texts: string[] = [];
    const add = (text: string | undefined): void => {
      if (text !== undefined && text !== '' && !texts.includes(text)) texts.push(text);
    };
    add(own);
    add(whole?.description);
    for (let inner = whole?.items ?? whole?.additionalProperties; inner; inner = referred(this.types, inner)?.items) {
      add(inner.description);
      add(referred(this.types, inner)?.description);
    }
    return (texts.length > 0 ? texts : ['<empty>']).map((text) => wrapped(text, indent)).join('');
  }
  fields(struct: TypeSchema, indent: string, isRecursive: boolean, seen: ReadonlySet<TypeSchema>): string {
    return Object.entries(struct.properties ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => {
        const isRequired = struct.required?.includes(name) ?? false;
        const head = `${indent}${name}\t<${this.nameOf(field)}>${isRequired ? ' -required-' : ''}\n`;
        if (!isRecursive) return `${head}${this.short(field, `${indent}  `)}\n`;
        const inner = this.structOf(field);
        return head + (inner && !seen.has(inner) ? this.fields(inner, `${indent}  `, true, new Set([...seen, inner])) : '');
      })
      .join('');
  }
  private short(field: TypeSchema, indent: string): string {
    return wrapped(field.description ?? referred(this.types, field)?.description ?? '<no description>', indent);
  }
}

/** Words in lines of at most 80 columns with their margin; each paragraph by itself. */
function wrapped(text: string, indent: string): string {
  return text
    .split('\n')
    .map((paragraph) => {
      const lines: string[] = [];
      let line = '';
      for (const word of paragraph.split(' ')) {
        if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
          lines.push(line);
          line = word;
        } else line = line === '' ? word : `${line} ${word}`;
      }
      lines.push(line);
      return lines.map((one) => (one === '' ? `${indent}\n` : `${indent}${one}\n`)).join('');
    })
    .join('');
}
