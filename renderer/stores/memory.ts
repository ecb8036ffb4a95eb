/** What this window remembers between two starts: sizes and last choices. Losing it costs nothing. */
const PREFIX = 'podwalk.';

/** What was written under this key: of the caller's own form, or nothing. */
export function readMemory(key: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined; // no storage, or somebody else's data in it
  }
}
export function writeMemory(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // full or forbidden
  }
}
