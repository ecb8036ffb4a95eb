/** `ip netns`. Authority: ip/ipnetns.c, lib/namespace.c, lib/exec.c. */
import { strerror } from '../../base/index.ts';
import { makeNetns, setNetnsId, type Netns } from '../../kernel/index.ts';
import { mountNetns, namespaceAt, NetNamespace, netnsAt, NETNS_DIR, unmountNetns } from '../../machine/index.ts';
import { exitStatusOf, type Process, type Sys } from '../../shell/index.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { duplicateArgument, giveUp, invalidArgument, leave } from '../iproute2/exit.ts';
import { parseInt32 } from '../iproute2/numbers.ts';
import { KERNEL_ERROR, USAGE_ERROR, type Session } from '../iproute2/session.ts';
import { enterNetns, switchRefusal } from './enter-netns.ts';
import { namedNetnses, namesOfIds } from './netns-names.ts';
import { netnsUsage } from './usage.ts';

const NAME_MAX = 255;
const isInvalidName = (name: string): boolean => name === '' || name.length > NAME_MAX || name.includes('/') || name === '.' || name === '..';

export function* netnsCommand(session: Session, words: readonly string[]): Sys<number> {
  const args = new Arguments(words);
  if (args.isAtEnd) return list(session);
  const [, name] = words;
  if (!session.options.all && name !== undefined && isInvalidName(name)) leave(255, `Invalid netns name "${name}"\n`);
  const rest = words.slice(1);
  if (args.begins('list', 'show', 'lst')) return list(session);
  if (args.begins('list-id')) return listIds(session, new Arguments(rest));
  if (args.begins('help')) leave(255, netnsUsage());
  if (args.begins('add')) return add(session, rest, 'create');
  if (args.begins('set')) return set(session, rest);
  if (args.begins('delete')) return remove(session, rest);
  if (args.begins('identify')) return identify(session, rest);
  if (args.begins('pids')) return pids(session, rest);
  if (args.begins('exec')) return yield* exec(session, rest);
  if (args.begins('monitor')) return yield* monitor(session);
  if (args.begins('attach')) return add(session, rest, 'attach');
  return leave(255, `Command "${args.word}" is unknown, try "ip netns help".\n`);
}

function list(session: Session): number {
  const { printer, options, netns } = session;
  if (!session.process.fs.exists(NETNS_DIR)) return 0;
  printer.startJson(options.json, options.pretty);
  for (const { name, netns: other } of namedNetnses(session)) {
    printer.openObject();
    printer.any('name', name, name);
    const id = other === undefined ? -1 : (netns.peerIds.get(other) ?? -1);
    if (id >= 0) printer.any('id', ` (id: ${id})`, id);
    printer.text('\n');
    printer.closeObject();
  }
  printer.endJson();
  return 0;
}

export function printNsid(session: Session, id: number, name: string | undefined, change: 'new' | 'del' = 'new'): void {
  const { printer } = session;
  printer.openObject();
  if (change === 'del') printer.any('deleted', 'Deleted ', true);
  printer.any('nsid', `nsid ${id} `, id);
  if (name !== undefined) printer.any('name', `(iproute2 netns name: ${name})`, name);
  printer.text('\n');
  printer.closeObject();
  printer.flush();
}

function listIds(session: Session, args: Arguments): number {
  const { printer, options, netns } = session;
  let only = -1;
  let target = -1;
  for (; !args.isAtEnd; args.advance()) {
    const key = args.word;
    if (key !== 'target-nsid' && key !== 'nsid') leave(255, netnsUsage());
    if ((key === 'nsid' ? only : target) >= 0) duplicateArgument(key, args.word);
    const id = parseInt32(args.next()) ?? invalidArgument(`"${key}" value is invalid`, args.word);
    if (id < 0) invalidArgument(`"${key}" value should be >= 0`, args.words[args.at + 1] ?? '');
    if (key === 'nsid') only = id;
    else target = id;
  }
  if (only >= 0 && target >= 0 && ![...netns.peerIds.values()].includes(target)) return giveUp(KERNEL_ERROR, 'Error: Peer netns reference is invalid.\n');
  const from = target < 0 ? netns : [...netns.peerIds].find(([, id]) => id === target)?.[0];
  if (!from) return giveUp(only < 0 ? 1 : KERNEL_ERROR, `Error: Invalid target network namespace id.\n${only < 0 ? 'Dump terminated\n' : ''}`);
  const names = namesOfIds(session);
  const ids = [...from.peerIds.values()].sort((a, b) => a - b);
  if (only >= 0 && !ids.includes(only)) return giveUp(KERNEL_ERROR, 'Error: Peer netns reference is invalid.\n');
  printer.startJson(options.json, options.pretty);
  for (const id of only >= 0 ? [only] : ids) printNsid(session, id, names.get(id));
  printer.endJson();
  return 0;
}

function add(session: Session, words: readonly string[], how: 'create' | 'attach'): number {
  const { process } = session;
  const [name, pidWord] = words;
  if (how === 'create' && name === undefined) giveUp(USAGE_ERROR, 'No netns name specified\n');
  if (how === 'attach' && (name === undefined || pidWord === undefined)) giveUp(USAGE_ERROR, 'No netns name and PID specified\n');
  const pid = how === 'attach' ? parseInt32(pidWord ?? '') : 0;
  if (how === 'attach' && !pid) giveUp(USAGE_ERROR, `Invalid PID: ${pidWord}\n`);
  const path = `${NETNS_DIR}/${name}`;
  const dir = process.fs.mkdir(NETNS_DIR, 0o755);
  if (!dir.ok && dir.error !== 'EEXIST') giveUp(USAGE_ERROR, `mkdir ${NETNS_DIR} failed: ${strerror(dir.error)}\n`);
  const file = process.fs.open(path, { read: true, create: true, exclusive: true }, 0);
  if (!file.ok) return giveUp(USAGE_ERROR, `Cannot create namespace file "${path}": ${strerror(file.error)}\n`);
  file.value.released();
  let netns: Netns;
  if (how === 'create') netns = makeNetns(session.netns.host);
  else {
    const namespace = namespaceAt(process, `/proc/${pid}/ns/net`);
    if (!namespace.ok || !(namespace.value instanceof NetNamespace)) {
      process.fs.unlink(path);
      return giveUp(USAGE_ERROR, `Bind /proc/${pid}/ns/net -> ${path} failed: ${strerror(namespace.ok ? 'EINVAL' : namespace.error)}\n`);
    }
    ({ netns } = namespace.value);
  }
  const mounted = mountNetns(process, path, netns);
  if (!mounted.ok) return giveUp(USAGE_ERROR, `Bind /proc/self/ns/net -> ${path} failed: ${strerror(mounted.error)}\n`);
  return 0;
}

function unlink(session: Session, name: string): string | undefined {
  const path = `${NETNS_DIR}/${name}`;
  unmountNetns(session.process, path);
  const gone = session.process.fs.unlink(path);
  return gone.ok ? undefined : `Cannot remove namespace file "${path}": ${strerror(gone.error)}\n`;
}
function remove(session: Session, words: readonly string[]): number {
  const [name] = words;
  if (session.options.all) {
    for (const each of namedNetnses(session)) {
      const refused = unlink(session, each.name);
      if (refused === undefined) continue;
      session.printer.error(refused);
      break;
    }
    return 0;
  }
  if (name === undefined) return giveUp(USAGE_ERROR, 'No netns name specified\n');
  const refused = unlink(session, name);
  return refused === undefined ? 0 : giveUp(USAGE_ERROR, refused);
}

function set(session: Session, words: readonly string[]): number {
  const [name, idWord] = words;
  if (name === undefined) return giveUp(USAGE_ERROR, 'No netns name specified\n');
  if (idWord === undefined) return giveUp(USAGE_ERROR, 'No nsid specified\n');
  const id = idWord === 'auto' ? -1 : (parseInt32(idWord) ?? invalidArgument('Invalid "netnsid" value', idWord));
  if (idWord !== 'auto' && id < 0) invalidArgument('"netnsid" value should be >= 0', idWord);
  const found = netnsAt(session.process, `${NETNS_DIR}/${name}`);
  if (!found.ok) return giveUp(USAGE_ERROR, `Cannot open network namespace "${name}": ${strerror(found.error)}\n`);
  return session.accept(setNetnsId(session.netns, found.value, id)) ? 0 : KERNEL_ERROR;
}

/** Every process that is in a namespace, in the order of /proc. */
function pids(session: Session, words: readonly string[]): number {
  const { process, printer } = session;
  const [name, more] = words;
  if (name === undefined) return giveUp(USAGE_ERROR, 'No netns name specified\n');
  if (more !== undefined) return giveUp(USAGE_ERROR, 'extra arguments specified\n');
  const path = `${NETNS_DIR}/${name}`;
  const file = process.fs.stat(path);
  if (!file.ok) return giveUp(USAGE_ERROR, `Cannot open network namespace: ${strerror(file.error)}\n`);
  const wanted = netnsAt(process, path);
  for (const { pid, process: other } of process.namespaces.pid.list()) {
    const { net } = other.namespaces;
    if (other.state !== 'zombie' && wanted.ok && net instanceof NetNamespace && net.netns === wanted.value) printer.out(`${pid}\n`);
  }
  return 0;
}

function identify(session: Session, words: readonly string[]): number {
  const { process, printer } = session;
  const [word = 'self', more] = words;
  if (more !== undefined) return giveUp(USAGE_ERROR, 'extra arguments specified\n');
  if (word !== 'self' && !/^\d*$/.test(word)) return giveUp(USAGE_ERROR, `Specified string '${word}' is not a pid\n`);
  const namespace = namespaceAt(process, `/proc/${word}/ns/net`);
  if (!namespace.ok) return giveUp(USAGE_ERROR, `Cannot open network namespace: ${strerror(namespace.error)}\n`);
  const own = namespace.value instanceof NetNamespace ? namespace.value.netns : undefined;
  const name = namedNetnses(session).findLast(({ netns }) => netns !== undefined && netns === own)?.name ?? '';
  printer.out(`${name}\n`);
  return 0;
}

function* exec(session: Session, words: readonly string[]): Sys<number> {
  const { options, printer, process } = session;
  if (words.length < 1 && !options.all) giveUp(USAGE_ERROR, 'No netns name specified\n');
  if (words.length < (options.all ? 1 : 2)) giveUp(USAGE_ERROR, 'No command specified\n');
  if (options.all) {
    for (const { name } of namedNetnses(session)) {
      printer.out(`\nnetns: ${name}\n`);
      printer.flush();
      yield* printer.drain(process);
      yield* runChild(process, name, words);
    }
    return 0;
  }
  const [name = '', ...command] = words;
  printer.flush();
  yield* printer.drain(process);
  // in a batch the next line needs a process to run in
  if (options.batch) return yield* runChild(process, name, command);
  return yield* become(process, name, command);
}
function* become(process: Process, name: string, command: readonly string[]): Sys<number> {
  const entered = enterNetns(process, name);
  if (!entered.ok) {
    yield* process.error(switchRefusal(name, entered.error, strerror(entered.error)));
    return 255;
  }
  const errno = process.exec(command);
  yield* process.error(`exec of "${command[0]}" failed: ${strerror(errno)}\n`);
  return 1;
}
function* runChild(process: Process, name: string, command: readonly string[]): Sys<number> {
  const child = process.fork((p) => become(p, name, command));
  if (!child.ok) {
    yield* process.error(`fork: ${strerror(child.error)}\n`);
    return 1;
  }
  return exitStatusOf(yield* process.waitExit(child.value));
}

/** Tells of names that come and go, until a signal ends it. */
function* monitor(session: Session): Sys<number> {
  const { process, printer } = session;
  process.fs.mkdir(NETNS_DIR, 0o755);
  const names = (): string[] => namedNetnses(session).map(({ name }) => name);
  let known = names();
  const { host } = session.netns;
  for (;;) {
    yield* process.block({ arm: (wake) => host.changed.add(wake) });
    const now = names();
    for (const name of now) if (!known.includes(name)) printer.out(`add ${name}\n`);
    for (const name of known) if (!now.includes(name)) printer.out(`delete ${name}\n`);
    known = now;
    yield* printer.drain(process);
  }
}
