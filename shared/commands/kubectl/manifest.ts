/** Objects from files: `-f FILE`, `-f DIRECTORY`, `-f -`; YAML with several documents, JSON, and lists. */
import { parseAllDocuments } from 'yaml';
import { utf8Decode } from '../../base/index.ts';
import type { Sys } from '../../shell/index.ts';
import { findResource, type Context } from './context.ts';
import type { ApiResource } from './api.ts';
import type { Data } from './yaml-text.ts';
import { yamlTrouble } from './yaml-trouble.ts';

export interface Manifest {
  readonly resource: ApiResource;
  readonly object: { readonly [key: string]: Data };
  readonly name: string;
  readonly namespace: string | undefined;
  readonly source: string;
}

/** All objects of all files, in order; a string is what follows `error: `. */
export function* readManifests(context: Context, files: readonly string[]): Sys<readonly Manifest[] | string> {
  const manifests: Manifest[] = [];
  for (const file of files) {
    const text = yield* readSource(context, file);
    if (typeof text === 'string') return text;
    for (const { path, content } of text.parts) {
      const parsed = parseManifests(context, path, content);
      if (typeof parsed === 'string') return parsed;
      manifests.push(...parsed);
    }
  }
  return manifests.length === 0 ? `no objects passed to ${context.command.split(' ')[1]}` : manifests;
}

function* readSource(context: Context, file: string): Sys<string | { readonly parts: readonly { readonly path: string; readonly content: string }[] }> {
  const { p } = context;
  if (file === '-') {
    const all = yield* p.readAll(0);
    return { parts: [{ path: 'STDIN', content: all.ok ? utf8Decode(all.value) : '' }] };
  }
  const stat = p.fs.stat(file);
  if (!stat.ok) return stat.error === 'ENOENT' ? `the path "${file}" does not exist` : `the path "${file}" cannot be accessed: stat ${file}: permission denied`;
  if (stat.value.kind !== 'dir') {
    const read = p.fs.readFile(file);
    return read.ok ? { parts: [{ path: file, content: utf8Decode(read.value) }] } : `open ${file}: permission denied`;
  }
  const entries = p.fs.readdir(file);
  const names = entries.ok ? entries.value.map((entry) => entry.name).filter((name) => /\.(json|yaml|yml)$/.test(name)) : [];
  if (names.length === 0) return `error reading [${file}]: recognized file extensions are [.json .yaml .yml]`;
  return {
    parts: names.sort().map((name) => {
      const path = `${file.replace(/\/$/, '')}/${name}`;
      const read = p.fs.readFile(path);
      return { path, content: read.ok ? utf8Decode(read.value) : '' };
    }),
  };
}

function parseManifests(context: Context, path: string, content: string): readonly Manifest[] | string {
  const manifests: Manifest[] = [];
  for (const document of parseAllDocuments(content, { version: '1.1', prettyErrors: true })) {
    const problem = document.errors[0];
    if (problem) return `error parsing ${path}: error converting YAML to JSON: yaml: ${yamlTrouble(problem, content)}`;
    const data = document.toJS() as Data;
    if (data === null || data === undefined) continue;
    if (typeof data !== 'object' || Array.isArray(data)) {
      const type = Array.isArray(data) ? 'array' : typeof data;
      return `error validating "${path}": error validating data: invalid object to validate: ${type}; if you choose to ignore these errors, turn validation off with --validate=false`;
    }
    const added = toManifest(context, path, data as { readonly [key: string]: Data });
    if (typeof added === 'string') return added;
    manifests.push(...added);
  }
  return manifests;
}

function toManifest(context: Context, path: string, object: { readonly [key: string]: Data }): readonly Manifest[] | string {
  const missing = [
    ...(typeof object['apiVersion'] === 'string' && object['apiVersion'] !== '' ? [] : ['apiVersion not set']),
    ...(typeof object['kind'] === 'string' && object['kind'] !== '' ? [] : ['kind not set']),
  ];
  if (missing.length > 0) {
    const text = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`;
    return `error validating "${path}": error validating data: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`;
  }
  const apiVersion = object['apiVersion'] as string;
  const kind = object['kind'] as string;
  if (kind === 'List' && Array.isArray(object['items'])) {
    const all: Manifest[] = [];
    for (const item of object['items'] as readonly { readonly [key: string]: Data }[]) {
      const added = toManifest(context, path, item);
      if (typeof added === 'string') return added;
      all.push(...added);
    }
    return all;
  }
  const metadata = (object['metadata'] ?? {}) as { readonly [key: string]: Data };
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : undefined;
  const resource = findResource(context.api, kind);
  const version = resource && (resource.group === '' ? resource.version : `${resource.group}/${resource.version}`);
  if (!resource || resource.kind !== kind || version !== apiVersion) {
    return `resource mapping not found for name: "${name}" namespace: "${namespace ?? ''}" from "${path}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`;
  }
  return [{ resource, object, name, namespace, source: path }];
}
