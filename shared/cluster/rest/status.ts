/** metav1.Status: how the API says that something was refused or done (k8s.io/apimachinery/pkg/api/errors). */
import type { ApiResource, ApiStatus } from '../../commands/index.ts';
import { json, type RestAnswer } from './answer.ts';

interface About {
  readonly resource: ApiResource;
  readonly name?: string;
}

/** The reason of a cause by how field errors begin (field.ErrorType). */
const REASONS: readonly (readonly [string, string])[] = [
  ['Required value', 'FieldValueRequired'],
  ['Invalid value', 'FieldValueInvalid'],
  ['Unsupported value', 'FieldValueNotSupported'],
  ['Duplicate value', 'FieldValueDuplicate'],
  ['Forbidden', 'FieldValueForbidden'],
  ['Not found', 'FieldValueNotFound'],
];

export function statusObject(status: ApiStatus, about?: About): Record<string, unknown> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: status.message,
    reason: status.reason,
    ...detailsOf(status, about),
    code: status.code,
  };
}

function detailsOf(status: ApiStatus, about: About | undefined): { readonly details?: Record<string, unknown> } {
  if (status.invalid) {
    const [, kind = '', name = ''] = /^(\S*) "(.*)"$/.exec(status.invalid.object) ?? [];
    const causes = status.invalid.causes.map((cause) => {
      const at = cause.indexOf(': ');
      const message = cause.slice(at + 2);
      return { reason: REASONS.find(([start]) => message.startsWith(start))?.[1] ?? 'FieldValueInvalid', message, field: cause.slice(0, at) };
    });
    return { details: { name, ...groupOf(about), kind, causes } };
  }
  if (status.causes) return { details: { causes: status.causes } };
  if (!about && status.reason === 'NotFound') return { details: {} };
  if (!about || status.reason === 'BadRequest' || status.reason === 'MethodNotAllowed' || status.reason === 'InternalError') return {};
  // a name may be of another kind than was asked for: the namespace that is not there
  const [, resource, name] = /^(\S+) "([^"]*)" (?:not found|already exists|is forbidden)/.exec(status.message) ?? [];
  const [kind = about.resource.name, ...group] = resource?.split('.') ?? [];
  const shownGroup = resource === undefined ? groupOf(about) : group.length > 0 ? { group: group.join('.') } : {};
  return { details: { ...((name ?? about.name) === undefined ? {} : { name: name ?? about.name }), ...shownGroup, kind } };
}
const groupOf = (about: About | undefined): { readonly group?: string } => (about && about.resource.group !== '' ? { group: about.resource.group } : {});

export const refusal = (status: ApiStatus, about?: About): RestAnswer => json(statusObject(status, about), status.code);

/** What a deletion that is done at once answers. */
export const deleted = (resource: ApiResource, name: string, uid: string): RestAnswer =>
  json({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.name, uid },
  });

export const notFoundPath = (): ApiStatus => ({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource' });
export const unsupportedMedia = (contentType: string): ApiStatus => ({
  code: 415,
  reason: 'UnsupportedMediaType',
  message: `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml, application/json, application/yaml${contentType === '' ? '' : ` (it was ${contentType})`}`,
});
