/** `bridge monitor`: ports and forwarding entries as they change. Authority: bridge/monitor.c. */
import { bridgePortOf, type RtnlEvent } from '../../kernel/index.ts';
import { WaitQueue, type Sys } from '../../shell/index.ts';
import { printTimestamp } from '../ip/timestamp.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { leave } from '../iproute2/exit.ts';
import type { Session } from '../iproute2/session.ts';
import { fdbFilter, printFdb, shownFdb } from './fdb.ts';
import { FAILURE, printBridgeLink } from './link.ts';
import { monitorUsage } from './usage.ts';

const OBJECTS = ['link', 'fdb', 'mdb', 'vlan'] as const;

export function* monitorCommand(session: Session, words: readonly string[]): Sys<number> {
  const { printer, process, netns, options } = session;
  const wanted = new Set<string>();
  const args = new Arguments(words);
  let labels = false;
  for (; !args.isAtEnd; args.advance()) {
    const object = OBJECTS.find((each) => args.begins(each));
    if (args.begins('file')) {
      args.next();
      leave(FAILURE, 'not modelled: netlink messages in files\n');
    } else if (object) wanted.add(object);
    else if (args.is('vni')) wanted.add('vni');
    else if (args.is('all')) {
      labels = true;
      wanted.clear();
    } else if (args.begins('help')) leave(FAILURE, monitorUsage());
    else leave(FAILURE, `Argument "${args.word}" is unknown, try "bridge monitor help".\n`);
  }
  const events = new WaitQueue();
  let heard = 0;
  const header = (label: string): void => {
    if (options.timestamp !== 'none') printTimestamp(session);
    if (labels) printer.out(`[${label}]`);
  };
  const stop = netns.monitors.add((event) => {
    show(session, event, wanted, header);
    heard++;
    events.wakeAll();
  });
  try {
    for (;;) {
      const before = heard;
      yield* printer.drain(process);
      yield* process.flush();
      yield* process.waitFor(() => heard > before, events);
    }
  } finally {
    stop();
  }
}

function show(session: Session, event: RtnlEvent, wanted: ReadonlySet<string>, header: (label: string) => void): void {
  const wants = (object: string): boolean => wanted.size === 0 || wanted.has(object);
  if (event.kind === 'fdb' && wants('fdb')) {
    for (const shown of shownFdb(event.device, event.mac, event.entry)) {
      header('NEIGH');
      printFdb(session, shown, fdbFilter(), event.change);
    }
  }
  if ((event.kind !== 'link' && event.kind !== 'port') || !wants('link')) return;
  header('LINK');
  // Only the bridge's own word of a port has what the port is to it.
  printBridgeLink(session, event.device, event.kind === 'port' ? bridgePortOf(event.device) : null, event.change);
}
