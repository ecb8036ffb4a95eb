/**
 * A change of a node that takes itself back. The inverse goes to the node first and is kept by a process there; only then is anything changed. That process
 * carries the inverse out when it is told to, when its connection ends, and when no word comes for a while; it goes without a trace when told to keep.
 */
import type { NodeCommand } from '../../../shared/lab/index.ts';
import type { Program } from '../provider.ts';
import type { LiveNode } from './node.ts';

const WORD_EVERY_MS = 4000;
/** Seconds without a word. */
const PATIENCE_S = 20;

/**
 * For `sh -c`: the patience, then the inverse, command by command. `mkdir` lets one of the two ways to the end win. Signals of a terminal that goes away
 * are not its end.
 */
const SCRIPT = `
patience=$1; shift
folder=$(mktemp -d "\${TMPDIR:-/tmp}/podwalk-undo.XXXXXX") || exit 70
trap '' HUP INT PIPE TERM
for command; do printf '%s\\n' "$command"; done >"$folder/undo"
undo() {
  mkdir "$folder/over" 2>/dev/null || return 0
  status=0
  for command; do sh -c "$command" </dev/null >>"$folder/said" 2>&1 || status=$?; done
  cat "$folder/said" 2>/dev/null
  echo "undone $status"
}
(
  waited=0
  while [ -d "$folder" ] && [ ! -d "$folder/over" ]; do
    sleep 1
    waited=$((waited + 1))
    if [ -e "$folder/word" ]; then rm -f "$folder/word"; waited=0; fi
    [ "$waited" -lt "$patience" ] || undo "$@"
  done
) >/dev/null 2>&1 </dev/null &
echo armed
kept=
while read -r word; do
  case $word in
  alive) : >"$folder/word" ;;
  keep) kept=1; break ;;
  *) break ;;
  esac
done
[ -n "$kept" ] && mkdir "$folder/over" 2>/dev/null || undo "$@"
rm -rf "$folder"
`;

export class Guard {
  /** It is over, by whatever way. */
  readonly ended: Promise<void>;
  private said = '';
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly program: Program,
    private readonly armed: () => void,
  ) {
    this.timer = setInterval(() => this.tell('alive'), WORD_EVERY_MS);
    this.timer.unref();
    program.onReadable(() => this.receive());
    this.ended = new Promise((resolve) =>
      program.onExit(() => {
        clearInterval(this.timer);
        this.receive();
        resolve();
      }),
    );
  }
  /** Resolves when the node has the inverse. Rejects when it cannot keep it: then nothing may be changed. */
  static async on(node: LiveNode, undo: readonly string[], patienceS = PATIENCE_S): Promise<Guard> {
    const program = await node.watch(['sh', '-c', SCRIPT, 'podwalk-undo', String(patienceS), ...undo]);
    return new Promise((resolve, reject) => {
      const guard: Guard = new Guard(program, () => resolve(guard));
      void guard.ended.then(() => reject(new Error(`${node.name} cannot keep the way back: ${guard.said.trim() || 'its shell ended'}`)));
    });
  }
  /** What it printed, and whether each command of the inverse went well. */
  async undo(): Promise<{ readonly status: number; readonly output: string }> {
    this.tell('undo');
    await this.ended;
    const [whole, status] = /^undone (\d+)$/m.exec(this.said) ?? [];
    return { status: status === undefined ? 1 : Number(status), output: this.said.replace(/^armed\n/, '').replace(`${whole ?? ''}\n`, '') };
  }
  async keep(): Promise<void> {
    this.tell('keep');
    await this.ended;
  }
  get isOver(): boolean {
    return this.program.exitStatus !== undefined;
  }

  private tell(word: string): void {
    if (!this.isOver) this.program.write(Buffer.from(`${word}\n`));
  }
  private receive(): void {
    for (let data = this.program.readError(1 << 16); data; data = this.program.readError(1 << 16)) this.said += Buffer.from(data).toString('utf8');
    for (let data = this.program.read(1 << 16); data; data = this.program.read(1 << 16)) this.said += Buffer.from(data).toString('utf8');
    if (this.said.startsWith('armed\n')) this.armed();
  }
}

/** The inverse of a plan by node, each in its order. */
export function undoByNode(undo: readonly NodeCommand[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { node, command } of undo) found.set(node, [...(found.get(node) ?? []), command]);
  return found;
}
