/** docker: run, ps, inspect, exec and the rest of what one looks at containers with (Docker 27's client). */
import { utf8Encode } from '../../base/index.ts';
import type { Process, Program, Sys } from '../../shell/index.ts';
import { attachContainer, execInContainer } from '../exec.ts';
import { formatReference, parseReference } from '../image.ts';
import type { DockerContainer, DockerEngine } from './engine.ts';
import { ago, sizeText, table } from './listing.ts';
import { inspectContainer, inspectNetwork, NETWORKS, portsText, renderTemplate } from './inspect.ts';
import type { PublishedPort } from './network.ts';
import { parseOptions, type OptionTable, type Parsed } from './options.ts';

type Command = (p: Process, engine: DockerEngine, words: readonly string[]) => Sys<number>;

export const dockerProgram = (engine: DockerEngine): Program =>
  function* (p): Sys<number> {
    const [first = '', ...rest] = p.argv.slice(1);
    const words = first === 'container' ? rest : first === 'image' && rest[0] === 'ls' ? ['images', ...rest.slice(1)] : [first, ...rest];
    const [name = '', ...args] = words;
    const command = COMMANDS[name];
    if (first === '' || first === '--help' || first === 'help') {
      yield* p.print(USAGE);
      return 0;
    }
    if (!command) {
      yield* p.error(`docker: '${name}' is not a docker command.\nSee 'docker --help'\n`);
      return 1;
    }
    if (!engine.isUp) {
      yield* p.error('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n');
      return 1;
    }
    return yield* command(p, engine, args);
  };

const USAGE = `Usage:  docker [OPTIONS] COMMAND

A self-sufficient runtime for containers

Common Commands:
  run         Create and run a new container from an image
  exec        Execute a command in a running container
  ps          List containers
  pull        Download an image from a registry
  images      List images
  version     Show the Docker version information

Commands:
  inspect     Return low-level information on Docker objects
  logs        Fetch the logs of a container
  network     Manage networks: ls, inspect
  port        List port mappings or a specific mapping for the container
  rm          Remove one or more containers
  start       Start one or more stopped containers
  stop        Stop one or more running containers
`;

function* parsed(p: Process, command: string, words: readonly string[], table: OptionTable, isInterspersed = true): Sys<Parsed | undefined> {
  const result = parseOptions(command, words, table, isInterspersed);
  if (result.ok) return result.value;
  yield* p.error(result.error);
  return undefined;
}
function* needs(p: Process, command: string, { operands }: Parsed, least: number, usage: string): Sys<boolean> {
  if (operands.length >= least) return true;
  const what = `"docker ${command}" requires at least ${least} argument${least === 1 ? '' : 's'}.`;
  yield* p.error(`${what}\nSee 'docker ${command} --help'.\n\nUsage:  docker ${command} ${usage}\n`);
  return false;
}
const NONE: OptionTable = { flags: {}, values: {} };

const RUN: OptionTable = {
  flags: {
    '-d': 'detach',
    '--detach': 'detach',
    '-i': 'stdin',
    '--interactive': 'stdin',
    '-t': 'tty',
    '--tty': 'tty',
    '--rm': 'rm',
    '--privileged': 'privileged',
    '--init': 'init',
  },
  values: {
    ...{ '--name': 'name', '--network': 'network', '--net': 'network', '-p': 'port', '--publish': 'port', '-v': 'volume', '--volume': 'volume' },
    ...{ '-e': 'env', '--env': 'env', '-h': 'hostname', '--hostname': 'hostname', '--ipc': 'ipc', '--pid': 'pid', '--entrypoint': 'entrypoint' },
    ...{ '-w': 'workdir', '--workdir': 'workdir', '--cap-add': 'cap', '--restart': 'restart', '-l': 'label', '--label': 'label', '--pull': 'pull' },
  },
};

const run: Command = function* (p, engine, words) {
  const options = yield* parsed(p, 'run', words, RUN, false);
  if (!options) return 125;
  if (!(yield* needs(p, 'run', options, 1, '[OPTIONS] IMAGE [COMMAND] [ARG...]'))) return 125;
  const { flags, values, operands } = options;
  const last = (name: string): string | undefined => values.get(name)?.at(-1);
  const fail = function* (message: string): Sys<number> {
    yield* p.error(`docker: Error response from daemon: ${message}.\nSee 'docker run --help'.\n`);
    return 125;
  };
  const ports: PublishedPort[] = [];
  for (const text of values.get('port') ?? []) {
    const port = parsePort(text, engine);
    if (!port) {
      yield* p.error(`docker: invalid publish opts format (should be name=value but got '${text}').\nSee 'docker run --help'.\n`);
      return 125;
    }
    ports.push(port);
  }
  const [image = '', ...command] = operands;
  const isDetached = flags.has('detach');
  if (flags.has('tty') && flags.has('stdin') && !isDetached && !p.isTerminal(0)) {
    yield* p.error('the input device is not a TTY\n');
    return 1;
  }
  const pulled = yield* engine.pull(p, image, last('pull') === 'always', (line) => p.error(line));
  if (!pulled.ok) return yield* fail(pulled.error);
  const network = last('network') ?? 'bridge';
  const created = engine.create(
    {
      ...{ image, name: last('name'), network: network === 'default' ? 'bridge' : network, pid: last('pid') ?? '', hostname: last('hostname') },
      ...{ ports, volumes: values.get('volume') ?? [], env: values.get('env') ?? [], entrypoint: last('entrypoint'), command },
      ...{ tty: flags.has('tty'), stdin: flags.has('stdin'), isRemoved: flags.has('rm'), workdir: last('workdir') },
    },
    pulled.value,
  );
  if (!created.ok) return yield* fail(created.error);
  const container = created.value;
  const started = yield* engine.start(p, container);
  if (!started.ok) {
    if (flags.has('rm')) engine.forget(container);
    yield* p.error(`docker: Error response from daemon: ${started.error}${started.error.includes('exec:') ? '' : '.'}\n`);
    return started.error.includes('executable file not found') ? 127 : started.error.includes('exec:') ? 126 : 125;
  }
  if (isDetached) {
    yield* p.print(`${container.id}\n`);
    return 0;
  }
  yield* attachContainer(p, started.value, { stdin: flags.has('stdin'), tty: flags.has('tty') });
  yield* engine.wait(p, container);
  return container.exitCode;
};

/** `8080:80`, `127.0.0.1:8080:80/tcp`, `80`. */
function parsePort(text: string, engine: DockerEngine): PublishedPort | undefined {
  const match = /^(?:(?:(\d+\.\d+\.\d+\.\d+):)?(\d*):)?(\d+)(?:\/(tcp|udp))?$/.exec(text);
  if (!match) return undefined;
  const [, hostIp = '0.0.0.0', host = '', inside = '', protocol = 'tcp'] = match;
  const used = engine.containers.flatMap((one) => one.request.ports.map((port) => port.hostPort));
  const hostPort = host === '' ? Math.max(32767, ...used.filter((port) => port >= 32768)) + 1 : Number(host);
  if (hostPort > 65535 || Number(inside) > 65535 || Number(inside) === 0) return undefined;
  return { protocol: protocol === 'udp' ? 'udp' : 'tcp', hostIp, hostPort, containerPort: Number(inside) };
}

function* withContainers(
  p: Process,
  engine: DockerEngine,
  names: readonly string[],
  use: (container: DockerContainer, name: string) => Sys<string | undefined>,
): Sys<number> {
  let status = 0;
  for (const name of names) {
    const container = engine.find(name);
    const error = container ? yield* use(container, name) : `Error response from daemon: No such container: ${name}\n`;
    if (error === undefined) continue;
    yield* p.error(error);
    status = 1;
  }
  return status;
}

const ps: Command = function* (p, engine, args) {
  const options = yield* parsed(p, 'ps', args, {
    flags: { '-a': 'all', '--all': 'all', '-q': 'quiet', '--quiet': 'quiet', '--no-trunc': 'whole' },
    values: {},
  });
  if (!options) return 125;
  const { flags } = options;
  const shown = engine.containers.filter((one) => flags.has('all') || one.running).reverse();
  const id = (one: DockerContainer): string => (flags.has('whole') ? one.id : one.id.slice(0, 12));
  if (flags.has('quiet')) {
    for (const one of shown) yield* p.print(`${id(one)}\n`);
    return 0;
  }
  const rows = shown.map((one): readonly string[] => {
    const argv = [
      ...(one.request.entrypoint === undefined ? one.image.entrypoint : [one.request.entrypoint]),
      ...(one.request.command.length > 0 ? one.request.command : one.image.cmd),
    ];
    const command = argv.join(' ');
    const status = one.running
      ? `Up ${ago(engine, one.startedUnixUs)}`
      : one.startedUnixUs === 0
        ? 'Created'
        : `Exited (${one.exitCode}) ${ago(engine, one.finishedUnixUs)} ago`;
    const quoted = `"${flags.has('whole') || command.length <= 20 ? command : `${command.slice(0, 19)}…`}"`;
    return [id(one), one.request.image, quoted, `${ago(engine, one.createdUnixUs)} ago`, status, one.running ? portsText(one) : '', one.name];
  });
  yield* p.print(utf8Encode(table([['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'], ...rows])));
  return 0;
};

const inspect: Command = function* (p, engine, args) {
  const options = yield* parsed(p, 'inspect', args, { flags: { '-s': 'size' }, values: { '-f': 'format', '--format': 'format', '--type': 'type' } });
  if (!options || !(yield* needs(p, 'inspect', options, 1, '[OPTIONS] NAME|ID [NAME|ID...]'))) return 1;
  return yield* printObjects(p, options, (name) => {
    const container = engine.find(name);
    const network = NETWORKS.includes(name) ? inspectNetwork(engine, name) : undefined;
    return container ? inspectContainer(engine, container) : network;
  });
};
function* printObjects(p: Process, { operands, values }: Parsed, find: (name: string) => object | undefined): Sys<number> {
  const format = values.get('format')?.at(-1);
  const found: object[] = [];
  const missing: string[] = [];
  for (const name of operands) {
    const object = find(name);
    if (object) found.push(object);
    else missing.push(name);
  }
  if (format === undefined) yield* p.print(utf8Encode(`${JSON.stringify(found, null, 4)}\n`));
  else for (const object of found) yield* p.print(utf8Encode(`${renderTemplate(format, object)}\n`));
  for (const name of missing) yield* p.error(`Error: No such object: ${name}\n`);
  return missing.length > 0 ? 1 : 0;
}

const exec: Command = function* (p, engine, args) {
  const options = yield* parsed(
    p,
    'exec',
    args,
    {
      flags: { '-d': 'detach', '-i': 'stdin', '--interactive': 'stdin', '-t': 'tty', '--tty': 'tty', '--privileged': 'privileged' },
      values: { '-e': 'env', '--env': 'env', '-w': 'workdir', '-u': 'user' },
    },
    false,
  );
  if (!options || !(yield* needs(p, 'exec', options, 2, '[OPTIONS] CONTAINER COMMAND [ARG...]'))) return 1;
  const [name = '', ...command] = options.operands;
  const container = engine.find(name);
  if (!container?.running) {
    yield* p.error(`Error response from daemon: ${container ? `container ${container.id} is not running` : `No such container: ${name}`}\n`);
    return 1;
  }
  const tty = options.flags.has('tty');
  if (tty && options.flags.has('stdin') && !p.isTerminal(0)) {
    yield* p.error('the input device is not a TTY\n');
    return 1;
  }
  const result = yield* execInContainer(p, container.running, { command, stdin: options.flags.has('stdin'), tty });
  if (result.ok) return result.value;
  const why = /exec: "[^"]*": .*$/.exec(result.error)?.[0] ?? result.error;
  yield* p.error(`OCI runtime exec failed: exec failed: unable to start container process: ${why}\n`);
  return why.includes('not found') ? 127 : 126;
};

const logs: Command = function* (p, engine, args) {
  const options = yield* parsed(p, 'logs', args, {
    flags: { '-f': 'follow', '--follow': 'follow', '-t': 'times', '--timestamps': 'times' },
    values: { '-n': 'tail', '--tail': 'tail' },
  });
  if (!options || !(yield* needs(p, 'logs', options, 1, '[OPTIONS] CONTAINER'))) return 1;
  return yield* withContainers(p, engine, options.operands.slice(0, 1), function* (container) {
    const tail = options.values.get('tail')?.at(-1);
    const lines = tail === undefined || tail === 'all' ? {} : { tailLines: Number(tail) };
    const stream = container.log.stream({ ...lines, timestamps: options.flags.has('times') }, engine.nowUnixUs);
    yield* p.print(stream.read());
    while (options.flags.has('follow') && !stream.isOver) {
      yield* p.flush();
      yield* p.block(stream.changed);
      yield* p.print(stream.read());
    }
    return undefined;
  });
};

const rm: Command = function* (p, engine, args) {
  const options = yield* parsed(p, 'rm', args, { flags: { '-f': 'force', '--force': 'force', '-v': 'volumes' }, values: {} });
  if (!options || !(yield* needs(p, 'rm', options, 1, '[OPTIONS] CONTAINER [CONTAINER...]'))) return 1;
  return yield* withContainers(p, engine, options.operands, function* (container, name) {
    if (container.running && !options.flags.has('force'))
      return `Error response from daemon: cannot remove container "/${container.name}": container is running: stop the container before removing or force remove\n`;
    container.running?.signal('KILL');
    yield* engine.wait(p, container);
    engine.forget(container);
    yield* p.print(`${name}\n`);
    return undefined;
  });
};
const stop: Command = function* (p, engine, args) {
  const options = yield* parsed(p, 'stop', args, { flags: {}, values: { '-t': 'time', '--time': 'time' } });
  if (!options || !(yield* needs(p, 'stop', options, 1, '[OPTIONS] CONTAINER [CONTAINER...]'))) return 1;
  const seconds = Number(options.values.get('time')?.at(-1) ?? 10);
  return yield* withContainers(p, engine, options.operands, function* (container, name) {
    yield* engine.stop(p, container, seconds);
    yield* p.print(`${name}\n`);
    return undefined;
  });
};
const start: Command = function* (p, engine, args) {
  const options = yield* parsed(p, 'start', args, NONE);
  if (!options || !(yield* needs(p, 'start', options, 1, '[OPTIONS] CONTAINER [CONTAINER...]'))) return 1;
  return yield* withContainers(p, engine, options.operands, function* (container, name) {
    const started = yield* engine.start(p, container);
    if (!started.ok) return `Error response from daemon: ${started.error}\n`;
    yield* p.print(`${name}\n`);
    return undefined;
  });
};
const port: Command = function* (p, engine, args) {
  const options = yield* parsed(p, 'port', args, NONE);
  if (!options || !(yield* needs(p, 'port', options, 1, 'CONTAINER [PRIVATE_PORT[/PROTO]]'))) return 1;
  const [name = '', wanted] = options.operands;
  return yield* withContainers(p, engine, [name], function* (container) {
    const own = container.running ? container.request.ports : [];
    const shown = own.filter((one) => wanted === undefined || wanted === `${one.containerPort}` || wanted === `${one.containerPort}/${one.protocol}`);
    if (wanted !== undefined && shown.length === 0) return `Error: No public port '${wanted}${wanted.includes('/') ? '' : '/tcp'}' published for ${name}\n`;
    for (const one of shown) yield* p.print(`${wanted === undefined ? `${one.containerPort}/${one.protocol} -> ` : ''}${one.hostIp}:${one.hostPort}\n`);
    return undefined;
  });
};

const network: Command = function* (p, engine, [verb = '', ...args]) {
  const options = yield* parsed(p, `network ${verb}`, args, {
    flags: { '-q': 'quiet', '--no-trunc': 'whole' },
    values: { '-f': 'format', '--format': 'format' },
  });
  if (!options) return 1;
  if (verb === 'ls' || verb === 'list') {
    const rows = NETWORKS.map((name) => {
      const { Id, Driver } = inspectNetwork(engine, name);
      return [options.flags.has('whole') ? Id : Id.slice(0, 12), name, Driver, 'local'];
    });
    yield* p.print(options.flags.has('quiet') ? rows.map(([id]) => `${id}\n`).join('') : table([['NETWORK ID', 'NAME', 'DRIVER', 'SCOPE'], ...rows]));
    return 0;
  }
  if (verb === 'inspect') return yield* printObjects(p, options, (name) => (NETWORKS.includes(name) ? inspectNetwork(engine, name) : undefined));
  yield* p.error(verb === '' ? 'Usage:  docker network COMMAND\n' : `docker: not modelled: docker network ${verb}\n`);
  return 1;
};

const images: Command = function* (p, engine, args) {
  const options = yield* parsed(p, 'images', args, { flags: { '-q': 'quiet', '-a': 'all' }, values: {} });
  if (!options) return 1;
  const rows = [...engine.images].map(([full, image]) => {
    const reference = parseReference(full)!;
    const repository = formatReference(reference)
      .replace(/^docker\.io\/(library\/)?/, '')
      .replace(/:[^:]*$/, '');
    return [repository, reference.tag, image.digest.slice(0, 12), '3 weeks ago', sizeText(image.sizeBytes * 2)];
  });
  yield* p.print(
    options.flags.has('quiet') ? rows.map((row) => `${row[2]}\n`).join('') : table([['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'], ...rows]),
  );
  return 0;
};
const pull: Command = function* (p, engine, args) {
  const options = yield* parsed(p, 'pull', args, { flags: { '-q': 'quiet' }, values: {} });
  if (!options || !(yield* needs(p, 'pull', options, 1, '[OPTIONS] NAME[:TAG|@DIGEST]'))) return 1;
  const [name = ''] = options.operands;
  const pulled = yield* engine.pull(p, name, true, (line) => p.print(line));
  if (pulled.ok) {
    const reference = parseReference(name)!;
    yield* p.print(`${formatReference(reference)}\n`);
    return 0;
  }
  yield* p.error(`Error response from daemon: ${pulled.error}\n`);
  return 1;
};
const version: Command = function* (p) {
  yield* p.print(
    'Client: Docker Engine - Community\n Version:           27.5.1\n API version:       1.47\n\nServer: Docker Engine - Community\n Engine:\n  Version:          27.5.1\n  API version:      1.47 (minimum version 1.24)\n',
  );
  return 0;
};

const COMMANDS: Readonly<Record<string, Command | undefined>> = { run, ps, ls: ps, inspect, exec, logs, rm, stop, start, port, network, images, pull, version };
