/**
 * How far a command of Vagrant has come, machine by machine: the phase, what it does there in Vagrant's own words, how long each phase took, and the
 * latest output. Read from the lines as they come; the texts are those of vagrant/templates/locales/en.yml, the only language Vagrant has.
 */
import type { VagrantLine } from './machine-readable.ts';

export type Phase =
  /** Vagrant reads its file and looks at the machine. */
  | 'preparing'
  /** A box is fetched, or copied into a machine. */
  | 'box'
  /** Cards, networks and ports of the machine are set. */
  | 'network'
  | 'booting'
  /** It runs, and does not answer to SSH yet. */
  | 'waiting'
  /** Its host name, its addresses, its shared folders. */
  | 'configuring'
  /** A script of the Vagrantfile runs in it. */
  | 'provisioning'
  | 'suspending'
  | 'resuming'
  | 'stopping'
  | 'destroying'
  | 'snapshot'
  | 'done';

const PHASES: readonly (readonly [RegExp, Phase])[] = [
  [
    /^(Box '|Importing base box|Cloning VM|Preparing master VM|Matching MAC address|Checking if box|Downloading|Adding box|Successfully added box|Creating image|Loading metadata)/,
    'box',
  ],
  [
    /^(Clearing any previously set (network interfaces|forwarded ports)|Preparing network interfaces|Forwarding ports|You are trying to forward|Setting the name of the VM|Fixed port collision|Running 'pre-boot')/,
    'network',
  ],
  [/^(Booting VM|Starting domain|Starting the VM|Creating domain)/, 'booting'],
  [/^Waiting for (machine to boot|domain to get an IP)/, 'waiting'],
  [
    /^(Machine booted and ready|Checking for guest additions|Setting hostname|Configuring (and enabling )?network interfaces|Mounting (shared folders|NFS)|Rsyncing folder)/,
    'configuring',
  ],
  [/^Running provisioner: /, 'provisioning'],
  [/^Saving VM state/, 'suspending'],
  [/^(Resuming suspended VM|Unpausing the VM)/, 'resuming'],
  [/^(Attempting graceful shutdown|Forcing shutdown|Discarding saved state)/, 'stopping'],
  [/^Destroying VM/, 'destroying'],
  [/^(Snapshotting the machine|Restoring the snapshot|Deleting the snapshot)/, 'snapshot'],
];

export interface MachineProgress {
  readonly machine: string;
  readonly phase: Phase;
  /** Of Vagrant, or the provisioner that runs: `pods (shell)`. */
  readonly step: string;
  /** How far a download is, where that is known. */
  readonly percent?: number;
  readonly sinceMs: number;
  readonly past: readonly { readonly phase: Phase; readonly step: string; readonly tookMs: number }[];
  readonly hasFailed: boolean;
}

interface Track {
  phase: Phase;
  step: string;
  percent: number | undefined;
  sinceMs: number;
  readonly past: { readonly phase: Phase; readonly step: string; readonly tookMs: number }[];
  readonly tail: string[];
  hasFailed: boolean;
}

/** Of each machine, for the report of a failure. */
const TAIL_LINES = 40;
/** Of all, for the running output. */
const OUTPUT_LINES = 400;

export class VagrantProgress {
  /** What Vagrant and the machines said, without Vagrant's marks; the latest. */
  readonly output: { readonly machine: string; readonly text: string }[] = [];
  private readonly tracks = new Map<string, Track>();

  /** Milliseconds on any clock. */
  constructor(private readonly nowMs: () => number) {}

  take({ machine, type, data }: VagrantLine): void {
    if (type === 'metadata') this.track(machine);
    else if (type === 'action' && data[1] === 'start') this.track(machine);
    else if (type === 'action' && data[1] === 'end') this.enter(machine, 'done', '');
    else if (type === 'ui') {
      const owner = machine === '' ? (/^(?:==>| {3}) ([^:\s]+): /.exec(data[1] ?? '')?.[1] ?? '') : machine;
      for (const text of (data[1] ?? '').split('\n')) this.say(owner, withoutMark(text, owner));
    }
  }
  /** What was no line of Vagrant's. */
  takeStray(text: string): void {
    this.keep('', text);
  }
  machines(): readonly MachineProgress[] {
    return [...this.tracks].map(([machine, { phase, step, percent, sinceMs, past, hasFailed }]) => ({
      machine,
      phase,
      step,
      ...(percent !== undefined && { percent }),
      sinceMs,
      past: [...past],
      hasFailed,
    }));
  }
  tailOf(machine: string): readonly string[] {
    return this.tracks.get(machine)?.tail ?? this.output.slice(-TAIL_LINES).map(({ text }) => text);
  }
  failed(machine: string): void {
    this.track(machine).hasFailed = true;
  }

  private say(machine: string, text: string): void {
    if (text.trim() === '') return;
    const [, percent] = /^Progress: (\d+)%/.exec(text) ?? [];
    if (machine !== '' && percent !== undefined) this.track(machine).percent = Number(percent);
    else this.keep(machine, text);
    if (machine === '' || percent !== undefined) return;
    const phase = PHASES.find(([start]) => start.test(text))?.[1];
    if (phase === undefined) return;
    this.enter(machine, phase, phase === 'provisioning' ? text.replace(/^Running provisioner: /, '').replace(/\.\.\.$/, '') : text);
  }
  private keep(machine: string, text: string): void {
    this.output.push({ machine, text });
    if (this.output.length > OUTPUT_LINES) this.output.shift();
    const tail = this.tracks.get(machine)?.tail;
    tail?.push(text);
    if (tail && tail.length > TAIL_LINES) tail.shift();
  }
  private enter(machine: string, phase: Phase, step: string): void {
    if (machine === '') return;
    const track = this.track(machine);
    if (track.phase === phase && (phase !== 'provisioning' || track.step === step)) {
      track.step = step;
      return;
    }
    const now = this.nowMs();
    track.past.push({ phase: track.phase, step: track.step, tookMs: now - track.sinceMs });
    Object.assign(track, { phase, step, sinceMs: now, percent: undefined });
  }
  private track(machine: string): Track {
    const present = this.tracks.get(machine);
    if (present) return present;
    const track: Track = { phase: 'preparing', step: '', percent: undefined, sinceMs: this.nowMs(), past: [], tail: [], hasFailed: false };
    if (machine !== '') this.tracks.set(machine, track);
    return track;
  }
}

/** `==> node-1: text` and `    node-1: text`. */
const withoutMark = (text: string, machine: string): string => {
  for (const mark of [`==> ${machine}: `, `    ${machine}: `]) if (text.startsWith(mark)) return text.slice(mark.length);
  return text;
};
