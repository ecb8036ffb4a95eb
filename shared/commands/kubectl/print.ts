/** Objects as `-o` asks for them: tables, names, YAML, JSON, JSONPath, custom columns. */
import { err, ok, type Result } from '../../base/index.ts';
import type { ApiResource, KubernetesApi, Table } from './api.ts';
import { parseJsonPath } from './jsonpath.ts';
import type { KubeObject } from './objects.ts';
import { alignTabs, TABLE_TABS } from './tabwriter.ts';
import { toJson, toYaml, type Data } from './yaml-text.ts';

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

export function parseOutput(output: string | undefined): Result<Printer, string> {
  if (output === undefined || output === '') return ok({ kind: 'table', wide: false });
  const [format = '', ...rest] = output.split('=');
  const argument = rest.join('=');
  switch (format) {
    case 'wide':
      return ok({ kind: 'table', wide: true });
    case 'yaml':
      return ok({ kind: 'objects', print: (objects, isList) => ok(toYaml(whole(objects, isList))) });
    case 'json':
      return ok({ kind: 'objects', print: (objects, isList) => ok(toJson(whole(objects, isList))) });
    case 'name':
      return ok({ kind: 'objects', print: (objects, _, api) => ok(objects.map((object) => `${nameOf(api, object)}\n`).join('')) });
    case 'jsonpath': {
      if (argument === '') return err('template format specified but no template given');
      const path = parseJsonPath(argument);
      if (!path.ok) return err(`error parsing jsonpath ${argument}, ${path.error}`);
      const template = argument;
      return ok({
        kind: 'objects',
        print: (objects, isList) => {
          const printed = path.value(whole(objects, isList));
          return printed.ok
            ? printed
            : err(
                `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${printed.error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}`,
              );
        },
      });
    }
    case 'custom-columns':
      return customColumns(argument);
    default:
      return err(`unable to match a printer suitable for the output format "${output}", allowed formats are: ${FORMATS}`);
  }
}

/** Without who manages which field: `--show-managed-fields` would show it. */
const asData = (object: KubeObject): Data => {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata } as unknown as Data;
};
const whole = (objects: readonly KubeObject[], isList: boolean): Data =>
  isList ? { apiVersion: 'v1', items: objects.map(asData), kind: 'List', metadata: { resourceVersion: '' } } : asData(objects[0]!);

const nameOf = (api: KubernetesApi, object: KubeObject): string => {
  const resource = api.resources.find((one) => one.kind === object.kind);
  return `${kindName(resource, object)}/${object.metadata.name}`;
};
/** `pod`, `deployment.apps`: what stands before the name. */
export const kindName = (resource: ApiResource | undefined, object: KubeObject): string => {
  const kind = resource?.singular ?? object.kind.toLowerCase();
  return resource && resource.group !== '' ? `${kind}.${resource.group}` : kind;
};

function customColumns(spec: string): Result<Printer, string> {
  if (spec === '') return err('custom-columns format specified but no custom columns given');
  const columns: { readonly header: string; readonly path: (data: Data) => Result<string, string> }[] = [];
  for (const part of spec.split(',')) {
    const colon = part.indexOf(':');
    if (colon < 0) return err(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    const path = parseJsonPath(`{${part.slice(colon + 1).replace(/^(?![.[$])/, '.')}}`);
    if (!path.ok) return path;
    columns.push({ header: part.slice(0, colon), path: path.value });
  }
  return ok({
    kind: 'objects',
    print: (objects) => {
      const rows = objects.map((object) =>
        columns.map(({ path }) => {
          const cell = path(asData(object));
          return cell.ok && cell.value !== '' ? cell.value.replaceAll(' ', ',') : '<none>';
        }),
      );
      return ok(alignTabs([columns.map((column) => column.header), ...rows].map((cells) => `${cells.join('\t')}\n`).join(''), TABLE_TABS));
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
