/** pod-template-hash: the same template has the same one; ten digits of the alphabet of generated names, as the controller makes them. */
import type { PodTemplate } from '../commands/index.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a of 32 bits over the template in JSON, its decimal digits spelt safely (util/rand.SafeEncodeString). */
export function templateHash(template: PodTemplate): string {
  let hash = known.get(template);
  if (hash === undefined) known.set(template, (hash = hashOf(template)));
  return hash;
}
/** Objects do not change. */
const known = new WeakMap<PodTemplate, string>();

function hashOf(template: PodTemplate): string {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify(inOrder(template))) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return [...String(hash >>> 0).padStart(10, '0')].map((digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}

/** The same fields in another order are the same template; a time that is not set is none, an empty list neither. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined && inner !== null && !(Array.isArray(inner) && inner.length === 0))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, inOrder(inner)]),
  );
}
