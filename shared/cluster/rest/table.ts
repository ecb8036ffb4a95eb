/** Objects as the server prints them (meta.k8s.io/v1 Table), or by their metadata alone, when the client asks so by its Accept header. */
import type { ApiResource, KubeObject, KubernetesApi } from '../../commands/index.ts';

/** In what form objects are wanted. */
export type Form = 'object' | 'table' | 'metadata';

/** The first of the Accept header that we have. */
export function formOf(accept: string): Form {
  for (const part of accept.split(',')) {
    const parameters = new Map(part.split(';').map((one) => one.trim().split('=', 2) as [string, string | undefined]));
    if (!/^\s*(application\/(json|\*)|\*\/\*)/.test(part)) continue;
    const as = parameters.get('as');
    if (as === 'Table' && parameters.get('g') === 'meta.k8s.io') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
    if (as === undefined) return 'object';
  }
  return 'object';
}

/** Columns whose cells are numbers. */
const NUMBERS = new Set(['Up-to-date', 'Available', 'Desired', 'Current', 'Data', 'Count']);
const typeOf = (resource: ApiResource, name: string): 'integer' | 'string' =>
  NUMBERS.has(name) || (name === 'Ready' && (resource.name === 'replicasets' || resource.name === 'daemonsets')) ? 'integer' : 'string';

export interface TableOptions {
  /** With each row: `None`, `Metadata` or the whole `Object`. */
  readonly include: string;
  readonly withColumns: boolean;
  readonly metadata: Record<string, unknown>;
}

export function tableObject(api: KubernetesApi, resource: ApiResource, objects: readonly KubeObject[], options: TableOptions): Record<string, unknown> {
  const table = api.table(resource, objects);
  const types = table.columns.map(({ name }) => typeOf(resource, name));
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: options.withColumns
      ? table.columns.map(({ name, priority }, index) => ({
          name,
          type: types[index],
          format: index === 0 && name === 'Name' ? 'name' : '',
          description: '',
          priority,
        }))
      : null,
    rows: table.rows.map(({ cells, object }) => ({
      cells: cells.map((cell, index) => (types[index] === 'integer' && /^\d+$/.test(cell) ? Number(cell) : cell)),
      ...(options.include === 'None' ? {} : { object: options.include === 'Object' ? object : partialObject(object) }),
    })),
  };
}

export const partialObject = ({ metadata }: KubeObject): Record<string, unknown> => ({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata });
