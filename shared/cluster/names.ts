/** Names as the API checks them (k8s.io/apimachinery/pkg/util/validation), and the random suffixes it makes. */
import type { Rng } from '../base/index.ts';
import { invalid, required, type FieldError } from './status.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_VALUE = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
/** The alphabet of generated names: no vowels, no digits that look like letters (k8s.io/apimachinery/pkg/util/rand). */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export function checkSubdomain(field: string, name: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') return [required(field, 'name or generateName is required')];
  if (name.length > 253) errors.push(invalid(field, name, 'must be no more than 253 characters'));
  if (!new RegExp(`^${SUBDOMAIN}$`).test(name)) {
    const rule = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
    errors.push(invalid(field, name, rule));
  }
  return errors;
}

export function checkLabel(field: string, name: string): readonly FieldError[] {
  if (name === '') return [required(field)];
  const errors: FieldError[] = [];
  if (name.length > 63) errors.push(invalid(field, name, 'must be no more than 63 characters'));
  if (!new RegExp(`^${LABEL}$`).test(name)) {
    const rule = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
    errors.push(invalid(field, name, rule));
  }
  return errors;
}

export function checkLabels(field: string, labels: Readonly<Record<string, string>>): readonly FieldError[] {
  const rule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${LABEL_VALUE}')`;
  return Object.entries(labels).flatMap(([key, value]) => {
    const errors: FieldError[] = [...checkKey(field, key)];
    if (value.length > 63) errors.push(invalid(field, value, 'must be no more than 63 characters'));
    if (!new RegExp(`^${LABEL_VALUE}$`).test(value)) errors.push(invalid(field, value, rule));
    return errors;
  });
}

/** validation.IsQualifiedName: a name, after a DNS subdomain where there is a slash. */
const NAME_PART = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
function checkKey(field: string, key: string): readonly FieldError[] {
  const parts = key.split('/');
  const name = parts.at(-1)!;
  const rule = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${NAME_PART}')`;
  if (name === '') return [invalid(field, key, 'name part must be non-empty'), invalid(field, key, rule)];
  if (parts.length > 2)
    return [
      invalid(
        field,
        key,
        `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${NAME_PART}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ),
    ];
  if (name.length > 63) return [invalid(field, key, 'name part must be no more than 63 characters')];
  return new RegExp(`^${NAME_PART}$`).test(name) ? [] : [invalid(field, key, rule)];
}

export const randomSuffix = (rng: Rng, length: number): string => Array.from({ length }, () => SUFFIX_ALPHABET[rng.below(SUFFIX_ALPHABET.length)]).join('');

/** A version 4 UUID. */
export function randomUid(rng: Rng): string {
  // the parts are joined at once: one flat string, as there are very many
  const parts: string[] = [];
  for (let i = 0; i < 12; i++) digit(rng, parts, i, 8);
  parts.push('-4');
  for (let i = 0; i < 3; i++) digit(rng, parts, i, 3);
  parts.push('-', '89ab'[rng.below(4)]!);
  for (let i = 0; i < 15; i++) digit(rng, parts, i, 3);
  return parts.join('');
}
function digit(rng: Rng, parts: string[], i: number, dash: number): void {
  if (i === dash) parts.push('-');
  parts.push(DIGITS[rng.below(16)]!);
}
const DIGITS = '0123456789abcdef';

/** 64 hexadecimal digits: container and sandbox ids, image digests. */
export function randomHex(rng: Rng, digits: number): string {
  const parts: string[] = [];
  for (let i = 0; i < digits; i++) parts.push(DIGITS[rng.below(16)]!);
  return parts.join('');
}
