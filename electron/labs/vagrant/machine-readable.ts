/**
 * What `vagrant … --machine-readable` prints: lines of `time,machine,type,data…`, where a comma within is `%!(VAGRANT_COMMA)` and a line feed `\n`.
 * Authority: vagrant/lib/vagrant/ui.rb, class MachineReadable.
 *
 * Deviation: Vagrant does not escape backslashes, so a text that really has `\n` in it is read as two lines.
 */

export interface VagrantLine {
  /** Seconds since 1970. */
  readonly atS: number;
  /** The machine it is about; empty: none, or all. */
  readonly machine: string;
  /** `ui`, `state`, `action`, `error-exit` … */
  readonly type: string;
  readonly data: readonly string[];
}

/** undefined: no line of this form, such as what a plugin or Ruby itself writes. */
export function parseVagrantLine(line: string): VagrantLine | undefined {
  const [, at, machine, type, rest] = /^(\d+),([^,]*),([a-z][a-z0-9-]*),?(.*)$/s.exec(line.replace(/\r?\n?$/, '')) ?? [];
  if (at === undefined) return undefined;
  const data = rest === '' ? [] : rest!.split(',').map((field) => field.replaceAll('%!(VAGRANT_COMMA)', ',').replaceAll('\\n', '\n').replaceAll('\\r', '\r'));
  return { atS: Number(at), machine: machine!, type: type!, data };
}

export interface VagrantOutput {
  readonly lines: readonly VagrantLine[];
  /** Lines of another form, with their numbers. */
  readonly problems: readonly { readonly line: number; readonly text: string }[];
}
export function parseVagrantOutput(text: string): VagrantOutput {
  const lines: VagrantLine[] = [];
  const problems: { line: number; text: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const parsed = parseVagrantLine(line);
    if (parsed) lines.push(parsed);
    else problems.push({ line: index + 1, text: line });
  }
  return { lines, problems };
}

/** A machine as `vagrant status` tells of it. */
export interface MachineStatus {
  readonly name: string;
  /** `virtualbox`, `libvirt` … */
  readonly provider: string;
  /** `running`, `saved`, `poweroff`, `not_created`, `aborted` …: the provider's own word. */
  readonly state: string;
  readonly words: string;
}

export function machinesOf(lines: readonly VagrantLine[]): readonly MachineStatus[] {
  const facts = new Map<string, { provider?: string; state?: string; words?: string }>();
  for (const { machine, type, data } of lines) {
    if (machine === '' || data[0] === undefined) continue;
    const own = facts.get(machine) ?? {};
    facts.set(machine, own);
    if (type === 'provider-name') own.provider = data[0];
    else if (type === 'state') own.state = data[0];
    else if (type === 'state-human-short') own.words = data[0];
  }
  return [...facts].flatMap(([name, { provider, state, words }]) =>
    state === undefined ? [] : [{ name, provider: provider ?? 'unknown', state, words: words ?? state }],
  );
}

/** What ended the command, when that was an error: Vagrant's own class of it, and its message. */
export function errorOf(lines: readonly VagrantLine[]): { readonly kind: string; readonly message: string } | undefined {
  const line = lines.findLast(({ type }) => type === 'error-exit');
  return line && { kind: line.data[0]?.replace(/^Vagrant::Errors::/, '') ?? 'unknown', message: line.data[1]?.trim() ?? '' };
}

/** The name of each snapshot of each machine, oldest first. */
export function snapshotsOf(lines: readonly VagrantLine[]): ReadonlyMap<string, readonly string[]> {
  const snapshots = new Map<string, string[]>();
  for (const { machine, type, data } of lines) {
    const [kind, text = ''] = data;
    // Names stand bare; what Vagrant says (that there are none) bears its mark.
    if (type !== 'ui' || kind !== 'detail' || machine === '' || text === '' || text.startsWith(`    ${machine}: `)) continue;
    const own = snapshots.get(machine) ?? [];
    snapshots.set(machine, own);
    own.push(text);
  }
  return snapshots;
}

/** Versions of the boxes that are here, by name and provider: `vagrant box list`. */
export interface Box {
  readonly name: string;
  readonly provider: string;
  readonly version: string;
}
export function boxesOf(lines: readonly VagrantLine[]): readonly Box[] {
  const boxes: { name: string; provider: string; version: string }[] = [];
  for (const { type, data } of lines) {
    if (type === 'box-name') boxes.push({ name: data[0] ?? '', provider: '', version: '' });
    const last = boxes.at(-1);
    if (last && type === 'box-provider') last.provider = data[0] ?? '';
    if (last && type === 'box-version') last.version = data[0] ?? '';
  }
  return boxes;
}
