/**
 * Goal: hosts by SSH as OpenSSH's own client reaches them: whose key is trusted and whose is refused, how a user is let in, what becomes of a connection that
 * is lost, a server that hangs.
 * Method: real OpenSSH servers on loopback with keys and configurations of the test's own; only for passwords, which sshd checks as root alone, a server in
 * this process.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { finished } from '../../electron/labs/live/pipe-program.ts';
import type { Ask, Question, RunningLab } from '../../electron/labs/provider.ts';
import { Guard } from '../../electron/labs/live/guard.ts';
import { SshConnection } from '../../electron/labs/ssh.ts';
import { hostConfig } from '../../electron/labs/ssh/host-config.ts';
import { SshNode } from '../../electron/labs/ssh/ssh-node.ts';
import { sshProvider } from '../../electron/labs/ssh/ssh-provider.ts';

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(existsSync) ?? '';
const user = userInfo().username;
let folder = '';
const at = (...path: string[]): string => join(folder, ...path);
const servers: ChildProcess[] = [];
const ports = { first: 0, second: 0 };
let asked: Question[] = [];
let answers: Partial<Record<Question['kind'], (string | undefined)[]>> = {};
const reports: string[] = [];

const ask: Ask = (question) => {
  asked.push(question);
  return Promise.resolve(answers[question.kind]?.shift());
};
const keygen = (file: string, passphrase = ''): void =>
  void execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', at(file), '-C', file], { stdio: 'ignore' });
const fingerprintOf = (file: string): string => /SHA256:\S+/.exec(execFileSync('ssh-keygen', ['-lf', at(file)], { encoding: 'utf8' }))![0];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
async function startSshd(name: string, port: number, hostKey: string): Promise<ChildProcess> {
  const config = at(`${name}.conf`);
  writeFileSync(
    config,
    `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${at(hostKey)}\nPidFile ${at(`${name}.pid`)}\nAuthorizedKeysFile ${at('authorized_keys')}\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nAllowTcpForwarding yes\nMaxStartups 100\n`,
  );
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const child = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  servers.push(child);
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) throw new Error(`sshd: ${said}`);
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isUp) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd does not listen: ${said}`);
}

/** `hosts`: blocks of an ssh configuration. */
function start(hosts: string, lab: string, options: { answerMs?: number } = {}): Promise<RunningLab> {
  writeFileSync(
    at('config'),
    `${hosts}\nHost *\n  UserKnownHostsFile ${at('known_hosts')}\n  GlobalKnownHostsFile /dev/null\n  User ${user}\n  IdentityAgent none\n`,
  );
  return sshProvider({ report: (message) => reports.push(message), configFile: at('config'), ...options }).start(lab, { ask });
}
const host = (name: string, port: number, more = `IdentityFile ${at('key')}`): string => `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  ${more}\n`;
const knows = (port: number, key: string): void => {
  const [type, base64] = readFileSync(at(`${key}.pub`), 'utf8').split(' ');
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${type} ${base64}\n`);
};
const knownHost = (port: number, key: string): void => {
  const before = existsSync(at('known_hosts')) ? readFileSync(at('known_hosts'), 'utf8') : '';
  knows(port, key);
  writeFileSync(at('known_hosts'), before + readFileSync(at('known_hosts'), 'utf8'));
};
const whyNot = (starting: Promise<RunningLab>): Promise<string> =>
  starting.then(
    (lab) => lab.stop().then(() => 'it is up'),
    (error: unknown) => (error as Error).message.replaceAll(folder, '@'),
  );

beforeAll(async () => {
  expect(SSHD, "these tests need Debian's openssh-server").not.toBe('');
  folder = mkdtempSync(join(tmpdir(), 'podwalk-ssh-'));
  for (const name of ['host_key', 'other_host_key', 'key', 'wrong_key']) keygen(name);
  keygen('locked_key', 'open sesame');
  for (const name of ['key', 'locked_key']) appendFileSync(at('authorized_keys'), readFileSync(at(`${name}.pub`)));
  ports.first = await freePort();
  ports.second = await freePort();
  await startSshd('first', ports.first, 'host_key');
  await startSshd('second', ports.second, 'other_host_key');
});
afterAll(() => {
  for (const server of servers) server.kill();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked = [];
  answers = {};
  rmSync(at('known_hosts'), { force: true });
});

describe('whose key is trusted', () => {
  it('a new host is asked about with its fingerprint, and known from then on', async () => {
    answers = { 'host-key': ['yes'] };
    const config = `${host('one', ports.first)}Host *\n  HashKnownHosts yes\n`;
    expect(await whyNot(start(config, 'one'))).toBe('it is up');
    expect(asked).toEqual([{ kind: 'host-key', host: `[127.0.0.1]:${ports.first}`, keyType: 'ssh-ed25519', fingerprint: fingerprintOf('host_key.pub') }]);
    expect(readFileSync(at('known_hosts'), 'utf8')).toMatch(/^\|1\|\S+\|\S+ ssh-ed25519 \S+\n$/);
    // OpenSSH reads what was written
    expect(execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${ports.first}`, '-f', at('known_hosts')], { encoding: 'utf8' })).toContain('found');
    asked = [];
    expect(await whyNot(start(config, 'one'))).toBe('it is up');
    expect(asked).toEqual([]);
  });
  it('one that nobody vouches for is refused, and not remembered', async () => {
    expect(await whyNot(start(host('one', ports.first), 'one'))).toBe(
      `the host [127.0.0.1]:${ports.first} is not known, and nobody vouched for its ssh-ed25519 key ${fingerprintOf('host_key.pub')}`,
    );
    expect(existsSync(at('known_hosts'))).toBe(false);
  });
  it('StrictHostKeyChecking yes forbids the question', async () => {
    answers = { 'host-key': ['yes'] };
    expect(await whyNot(start(`${host('one', ports.first)}  StrictHostKeyChecking yes\n`, 'one'))).toContain('StrictHostKeyChecking forbids to ask');
    expect(asked).toEqual([]);
  });
  it('one that changed is refused loudly, without a question', async () => {
    knows(ports.first, 'other_host_key');
    answers = { 'host-key': ['yes'] };
    expect(await whyNot(start(host('one', ports.first), 'one'))).toBe(
      `THE HOST KEY OF [127.0.0.1]:${ports.first} HAS CHANGED. Somebody may be listening in, or the host was set up anew. It sent the ssh-ed25519 key ${fingerprintOf('host_key.pub')}; another is known by @/known_hosts:1. No connection is made. If the change is right, remove the old key: ssh-keygen -R '[127.0.0.1]:${ports.first}'`,
    );
    expect(asked).toEqual([]);
  });
  it('a revoked one is refused', async () => {
    knows(ports.first, 'host_key');
    const line = readFileSync(at('known_hosts'), 'utf8');
    writeFileSync(at('known_hosts'), `${line}@revoked * ${line.split(' ').slice(1).join(' ')}`);
    expect(await whyNot(start(host('one', ports.first), 'one'))).toContain('is marked as revoked (@/known_hosts:2)');
  });
});

describe('how a user is let in', () => {
  beforeEach(() => knows(ports.first, 'host_key'));
  it('by a key with a passphrase, asked for until it fits', async () => {
    answers = { passphrase: ['no', 'open sesame'] };
    expect(await whyNot(start(host('one', ports.first, `IdentityFile ${at('locked_key')}`), 'one'))).toBe('it is up');
    expect(asked).toEqual(Array(2).fill({ kind: 'passphrase', host: 'one', file: at('locked_key') }));
  });
  it('by an agent', async () => {
    const said = execFileSync('ssh-agent', ['-s'], { encoding: 'utf8' });
    const [, socket = ''] = /SSH_AUTH_SOCK=([^;]+)/.exec(said) ?? [];
    const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(said) ?? [];
    try {
      execFileSync('ssh-add', ['-q', at('key')], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      expect(await whyNot(start(host('one', ports.first, `IdentityAgent ${socket}\n  IdentityFile ${at('none')}`), 'one'))).toBe('it is up');
    } finally {
      process.kill(Number(pid));
    }
  });
  it('by way of another host', async () => {
    knownHost(ports.second, 'other_host_key');
    const config = `${host('door', ports.second)}${host('inner', ports.first)}  ProxyJump door\n`;
    const lab = await start(config, 'inner');
    expect((await finished(await lab.exec({ target: 'inner', argv: ['sh', '-c', 'echo $SSH_CONNECTION'] }))).stdout).toContain(` ${ports.first}\n`);
    await lab.stop();
  });
  it('not by a wrong key: what was tried and what would be taken is said', async () => {
    expect(await whyNot(start(host('one', ports.first, `IdentityFile ${at('wrong_key')}`), 'one'))).toBe(
      `one does not let ${user} in (tried: the key @/wrong_key; it takes publickey)`,
    );
  });
  it('by a password, asked for until it fits', async () => {
    const server = new ssh2.Server({ hostKeys: [readFileSync(at('host_key'))] }, (client) => {
      client.on('authentication', (context) => {
        if (context.method === 'password' && context.password === 'right') context.accept();
        else context.reject(['password']);
      });
      client.on('error', () => undefined);
      client.on('session', (accept) => accept().on('exec', (take) => void take().end('0\n')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    knows(port, 'host_key');
    answers = { password: ['wrong', 'right'] };
    // it lets in, and is no host whose network could be read
    expect(await whyNot(start(host('one', port, `IdentityFile ${at('none')}`), 'one'))).toContain('one: ');
    expect(asked).toEqual(Array(2).fill({ kind: 'password', host: 'one', user }));
    answers = {};
    expect(await whyNot(start(host('one', port, `IdentityFile ${at('none')}`), 'one'))).toBe(
      `one does not let ${user} in (nothing was there to try; it takes password)`,
    );
    server.close();
  });
  it('not where nobody listens, and not by a host that is none', async () => {
    expect(await whyNot(start(host('one', await freePort()), 'one'))).toMatch(/^one \(127\.0\.0\.1:\d+\) refuses connections: is sshd running there\?$/);
    for (const name of ['-oProxyCommand=reboot', 'a b', '$(id)@x y', '']) expect(await whyNot(start('', name))).toContain('is no host');
  });
});

describe('a server that hangs', () => {
  it('is given up, with the step that it hangs in', async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    expect(await whyNot(start(host('one', port), 'one', { answerMs: 300 }))).toBe(`one (127.0.0.1:${port}) does not answer: nothing came for 0.3 s`);
    silent.close();
  });
});

describe('a lab of two hosts', () => {
  let lab: RunningLab;
  const knowBoth = (): void => {
    knows(ports.first, 'host_key');
    knownHost(ports.second, 'other_host_key');
  };
  beforeEach(knowBoth);
  beforeAll(async () => {
    knowBoth();
    lab = await start(host('one', ports.first) + host('two', ports.second), 'one,two');
  });
  afterAll(() => lab.stop());

  it('runs programs with their words, input, status and signals as they are', async () => {
    const words = ['$(touch /tmp/x)', "a'b", 'c"d', '`id`', '; reboot', '\\', '', 'ä 漢', '-n', '*'] as const;
    expect((await finished(await lab.exec({ target: 'one', argv: ['printf', '[%s]', ...words] }))).stdout).toBe(words.map((word) => `[${word}]`).join(''));
    expect(await finished(await lab.exec({ target: 'two', argv: ['sh', '-c', 'cat; echo no >&2; exit 7'] }), 'in')).toEqual({
      status: 7,
      stdout: 'in',
      stderr: 'no\n',
    });
    expect((await finished(await lab.exec({ target: 'one', argv: ['sh', '-c', 'echo $A; pwd'], env: { A: "x'y" }, cwd: '/tmp' }))).stdout).toBe("x'y\n/tmp\n");
    expect((await finished(await lab.exec({ target: 'one', argv: ['wc', '-c'] }), 'x'.repeat(300_000))).stdout.trim()).toBe('300000');
    const sleeper = await lab.exec({ target: 'one', argv: ['sleep', '1000'] });
    const done = finished(sleeper);
    setTimeout(() => sleeper.signal('TERM'), 200);
    expect((await done).status).toBe(143);
  });
  it('has terminals with a size', async () => {
    const shell = await lab.openShell('one', { columns: 90, rows: 25 });
    let shown = '';
    shell.onReadable(() => {
      for (let data = shell.read(4096); data; data = shell.read(4096)) shown += Buffer.from(data).toString();
    });
    shell.write(Buffer.from('stty size; exit 4\n'));
    expect(await new Promise((resolve) => shell.onExit(resolve))).toBe(4);
    expect(shown).toContain('25 90');
  });
  it('is seen', async () => {
    const snapshot = await lab.snapshot();
    expect(snapshot.nodes.map((node) => node.name)).toEqual(['one', 'two']);
    for (const node of snapshot.nodes) expect(node.namespaces[0]!.links.map((link) => link.name)).toContain('lo');
    expect(
      lab
        .topology()
        .boxes.filter((box) => box.kind === 'node')
        .map((box) => box.label),
    ).toEqual(['one', 'two']);
  });
  it('takes a change back by itself when the connection is killed', async () => {
    const connection = new SshConnection(await hostConfig('one', at('config')), {
      ask,
      jumpTo: () => Promise.reject(new Error('none')),
      onLost: () => undefined,
    });
    const node = new SshNode('one', connection, ask);
    await node.open();
    await Guard.on(node, [`printf back >'${at('state')}'`]);
    writeFileSync(at('state'), 'changed');
    await node.run(['sh', '-c', 'kill -9 $PPID']).catch(() => undefined);
    while (readFileSync(at('state'), 'utf8') !== 'back') await new Promise((resolve) => setTimeout(resolve, 50));
    connection.close();
  });
  it('says what was lost with a connection, and comes back', async () => {
    const program = await lab.exec({ target: 'one', argv: ['sh', '-c', 'echo here; sleep 0.5; kill -9 $PPID; sleep 5'] });
    const { status, stdout } = await finished(program);
    expect(status).toBe(255);
    expect(stdout).toMatch(/^here\n\r\npodwalk: the connection to one was lost \(.*\): this program and what it ran in are gone\r\n$/);
    expect(reports.at(-1)).toMatch(/^the connection to one was lost \(.*\); \d programs? that ran there (?:is|are) gone$/);
    expect(lab.endpoints()[0]!.status).toMatch(/^Connection lost|Connected|not/i);
    expect((await finished(await lab.exec({ target: 'one', argv: ['echo', 'again'] }))).stdout).toBe('again\n');
    expect((await finished(await lab.exec({ target: 'two', argv: ['echo', 'untouched'] }))).stdout).toBe('untouched\n');
  });
});
