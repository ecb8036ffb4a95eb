/** Objects as `-o` asks for them: tables, names, YAML, JSON, JSONPath, custom columns. */
import { err, ok, utf8Decode, type Result } from '../../base/index.ts';
import { compileTemplate, goSyntax, goValue, type TemplateFunction } from '../go-template/index.ts';
import type { ApiResource, KubernetesApi, Table } from './api.ts';
import { decodeBase64 } from './base64.ts';
import { parseJsonPath } from './jsonpath.ts';
import type { KubeObject } from './objects.ts';
import { alignTabs, TABLE_TABS } from './tabwriter.ts';
import { sorted, toJson, toYaml, type Data } from './yaml-text.ts';

export interface TableOptions {
  readonly wide: boolean;
  readonly withNamespace: boolean;
  readonly showLabels: boolean;
  readonly labelColumns: readonly string[];
  readonly noHeaders: boolean;
  /** Prefix names with the kind: when several kinds are printed. */
  readonly withKind: boolean;
}

const FORMATS =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml';

/** How objects are printed: as tables, or whole. */
export type Printer =
  | { readonly kind: 'table'; readonly wide: boolean }
  | { readonly kind: 'objects'; readonly print: (objects: readonly KubeObject[], isList: boolean, api: KubernetesApi) => Result<string, string> };

export interface PrintOptions {
  readonly noHeaders?: boolean;
  readonly showManagedFields?: boolean;
  /** Of `--template`. */
  readonly template?: string | undefined;
  /** Of `custom-columns-file` and its kin; undefined: it cannot be read. */
  readonly readFile?: (path: string) => string | undefined;
  /** As Go's structs are written: objects that never were on the server. */
  readonly isTyped?: boolean;
}

const FILE_FORMATS: Readonly<Record<string, string>> = {
  'custom-columns-file': 'custom-columns',
  'go-template-file': 'go-template',
  templatefile: 'go-template',
  'jsonpath-file': 'jsonpath',
};

export function parseOutput(output: string | undefined, options: PrintOptions = {}): Result<Printer, string> {
  if ((output === undefined || output === '') && options.template !== undefined) return parseOutput(`go-template=${options.template}`, options);
  if (output === undefined || output === '') return ok({ kind: 'table', wide: false });
  const [format = '', ...rest] = output.split('=');
  const argument = rest.length === 0 ? (options.template ?? '') : rest.join('=');
  const from = FILE_FORMATS[format];
  if (from !== undefined) {
    if (argument === '')
      return err(
        `${from === 'custom-columns' ? 'custom-columns' : 'template'} format specified but no ${from === 'custom-columns' ? 'custom columns' : 'template'} given`,
      );
    const text = options.readFile?.(argument);
    if (text === undefined) return err(`error reading --template ${argument}, open ${argument}: no such file or directory\n`);
    return from === 'custom-columns' ? columnsOfFile(text, options) : parseOutput(`${from}=${text}`, options);
  }
  const data = (objects: readonly KubeObject[], isList: boolean): Data => whole(objects, isList, options);
  const objects = (print: (data: Data) => Result<string, string>): Result<Printer, string> =>
    ok({ kind: 'objects', print: (all, isList) => print(data(all, isList)) });
  switch (format) {
    case 'wide':
      return ok({ kind: 'table', wide: true });
    case 'yaml':
      return objects((all) => ok(toYaml(all)));
    case 'json':
      return objects((all) => ok(options.isTyped ? `${JSON.stringify(inStructOrder(all), null, 4)}\n` : toJson(all)));
    case 'name':
      return ok({ kind: 'objects', print: (all, _, api) => ok(all.map((object) => `${nameOf(api, object)}\n`).join('')) });
    case 'jsonpath':
    case 'jsonpath-as-json': {
      if (argument === '') return err('template format specified but no template given');
      const path = parseJsonPath(argument);
      if (!path.ok) return err(`error parsing jsonpath ${argument}, ${path.error}`);
      return objects((all) => {
        const printed = format === 'jsonpath' ? path.value.text(all) : path.value.json(all);
        const given = `template was:\n\t\t${argument}\n\tobject given to jsonpath engine was:\n\t\t${printed.ok ? '' : goSyntax(all)}\n\n`;
        return printed.ok
          ? printed
          : err(
              `error executing jsonpath ${JSON.stringify(argument)}: Error executing template: ${printed.error}. Printing more information for debugging the template:\n\t${given}`,
            );
      });
    }
    case 'go-template':
    case 'template': {
      if (argument === '') return err('template format specified but no template given');
      const template = compileTemplate(argument, { name: 'output', functions: TEMPLATE_FUNCTIONS });
      if (!template.ok) return err(`error parsing template ${argument}, ${template.error}`);
      return objects((all) => {
        const printed = template.value.run(all);
        return printed.ok
          ? printed
          : err(
              `error executing template ${JSON.stringify(argument)}: ${printed.error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${argument}\n\traw data was:\n\t\t${JSON.stringify(sorted(all))}\n\tobject given to template engine was:\n\t\t${goValue(all)}\n`,
            );
      });
    }
    case 'custom-columns':
      return customColumns(argument, options);
    default:
      return err(`unable to match a printer suitable for the output format "${format}", allowed formats are: ${FORMATS}`);
  }
}

/** What kubectl adds to Go's functions. */
const TEMPLATE_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  exists: ([value, ...keys]) => {
    let at: Data = value;
    for (const key of keys) at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, Data>>)[goValue(key)] : undefined;
    return at !== undefined;
  },
  base64decode: ([text]) => utf8Decode(decodeBase64(goValue(text)) ?? ''),
};

/** The order of the fields in the structs of k8s.io/api, of what kubectl makes itself. */
const STRUCT_ORDER =
  'kind apiVersion metadata name generateName namespace uid resourceVersion creationTimestamp labels annotations image command args workingDir ports protocol port targetPort nodePort containerPort env resources imagePullPolicy securityContext stdin stdinOnce tty replicas selector template strategy volumes containers nodeSelector restartPolicy dnsPolicy clusterIP type data stringData spec status loadBalancer'.split(
    ' ',
  );
function inStructOrder(data: Data): Data {
  if (Array.isArray(data)) return (data as readonly Data[]).map(inStructOrder);
  if (typeof data !== 'object' || data === null) return data;
  const rank = (key: string): number => STRUCT_ORDER.indexOf(key) + 1 || STRUCT_ORDER.length + 1;
  return Object.fromEntries(
    Object.entries(data)
      .sort(([a], [b]) => rank(a) - rank(b))
      .map(([key, value]) => [key, inStructOrder(value)]),
  );
}

/** A file of columns: a line of names, a line of paths. */
function columnsOfFile(text: string, options: PrintOptions): Result<Printer, string> {
  const [names = '', paths = ''] = text.split('\n');
  const headers = names.trim().split(/\s+/);
  const specs = paths.trim().split(/\s+/);
  if (headers.length !== specs.length) return err(`number of headers (${headers.length}) and field specifications (${specs.length}) don't match`);
  return customColumns(headers.map((header, index) => `${header}:${specs[index]}`).join(','), options);
}

/** Without who manages which field: `--show-managed-fields` would show it. */
const asData = (object: KubeObject, options: PrintOptions): Data => {
  if (options.showManagedFields) return object as unknown as Data;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata } as unknown as Data;
};
const whole = (objects: readonly KubeObject[], isList: boolean, options: PrintOptions): Data =>
  isList
    ? { apiVersion: 'v1', items: objects.map((one) => asData(one, options)), kind: 'List', metadata: { resourceVersion: '' } }
    : asData(objects[0]!, options);

const nameOf = (api: KubernetesApi, object: KubeObject): string => {
  const resource = api.resources.find((one) => one.kind === object.kind);
  return `${kindName(resource, object)}/${object.metadata.name}`;
};
/** `pod`, `deployment.apps`: what stands before the name. */
export const kindName = (resource: ApiResource | undefined, object: KubeObject): string => {
  const kind = resource?.singular ?? object.kind.toLowerCase();
  return resource && resource.group !== '' ? `${kind}.${resource.group}` : kind;
};

function customColumns(spec: string, options: PrintOptions): Result<Printer, string> {
  if (spec === '') return err('custom-columns format specified but no custom columns given');
  const columns: { readonly header: string; readonly path: (data: Data) => Result<string, string> }[] = [];
  for (const part of spec.split(',')) {
    const colon = part.indexOf(':');
    if (colon < 0) return err(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    const path = parseJsonPath(`{${part.slice(colon + 1).replace(/^(?![.[$])/, '.')}}`);
    if (!path.ok) return path;
    columns.push({ header: part.slice(0, colon), path: path.value.text });
  }
  return ok({
    kind: 'objects',
    print: (objects) => {
      const rows = objects.map((object) =>
        columns.map(({ path }) => {
          const cell = path(asData(object, options));
          return cell.ok && cell.value !== '' ? cell.value.replaceAll(' ', ',') : '<none>';
        }),
      );
      const header = options.noHeaders ? [] : [columns.map((column) => column.header)];
      return ok(alignTabs([...header, ...rows].map((cells) => `${cells.join('\t')}\n`).join(''), TABLE_TABS));
    },
  });
}

/** A table as text; `widths` remembers its columns when more rows follow. */
export function tableText(table: Table, resource: ApiResource, options: TableOptions, withHeader: boolean, widths?: number[]): string {
  const chosen = table.columns.map((column, index) => ({ ...column, index })).filter((column) => options.wide || column.priority === 0);
  const rows: string[][] = [];
  if (withHeader && !options.noHeaders) {
    const header = chosen.map((column) => column.name.toUpperCase());
    rows.push([
      ...(options.withNamespace ? ['NAMESPACE'] : []),
      ...header,
      ...options.labelColumns.map((label) => (label.split('/').at(-1) ?? label).toUpperCase()),
      ...(options.showLabels ? ['LABELS'] : []),
    ]);
  }
  for (const { cells, object } of table.rows) {
    const labels = object.metadata.labels ?? {};
    const shown = chosen.map(({ index, name }) => (options.withKind && name === 'Name' ? `${kindName(resource, object)}/${cells[index]}` : cells[index]!));
    const all = Object.keys(labels).sort();
    rows.push([
      ...(options.withNamespace ? [object.metadata.namespace ?? ''] : []),
      ...shown,
      ...options.labelColumns.map((label) => labels[label] ?? ''),
      ...(options.showLabels ? [all.length === 0 ? '<none>' : all.map((key) => `${key}=${labels[key]}`).join(',')] : []),
    ]);
  }
  return alignTabs(rows.map((cells) => `${cells.join('\t')}\n`).join(''), TABLE_TABS, widths);
}
