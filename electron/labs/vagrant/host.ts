/** What this host is and has, as far as machines ask: read from the system and from the programs themselves. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { freemem, homedir } from 'node:os';
import type { HostFacts } from './checks.ts';
import { boxesOf } from './machine-readable.ts';
import { runVagrant, vagrantEnvironment, type VagrantPlace } from './process.ts';

const MIB = 1 << 20;
const ANSWER_MS = 60_000;

export async function readHost(place: VagrantPlace): Promise<HostFacts> {
  const [vagrant, virtualBox, hostOnlyFile, cpuinfo, meminfo] = await Promise.all([
    firstLine('vagrant', ['--version'], place),
    firstLine('VBoxManage', ['--version'], place),
    textOf('/etc/vbox/networks.conf'),
    textOf('/proc/cpuinfo'),
    textOf('/proc/meminfo'),
  ]);
  const disk = await statfs(homedir());
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo ?? '')?.[1];
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo ?? '')?.[1];
  const boxes = vagrant === undefined ? undefined : boxesOf((await runVagrant(place, ['box', 'list'])).lines);
  return {
    platform: process.platform,
    architecture: process.arch,
    vagrant: vagrant?.replace(/^Vagrant\s+/, ''),
    virtualBox: virtualBox === undefined || !/^\d/.test(virtualBox) ? undefined : virtualBox,
    freeMemoryMib: available === undefined ? freemem() / MIB : Number(available) / 1024,
    freeDiskMib: (disk.bavail * disk.bsize) / MIB,
    diskFolder: homedir(),
    hostOnlyFile,
    processorFlags: flags?.trim().split(' '),
    hasVirtualBoxDevice: existsSync('/dev/vboxdrv'),
    boxes,
  };
}

/** undefined: there is no such program, or it does not answer. The last line: VirtualBox warns before it says its version. */
function firstLine(program: string, args: readonly string[], place: VagrantPlace): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: ANSWER_MS, env: vagrantEnvironment(place, process.env) }, (error, stdout) => {
      resolve(error ? undefined : stdout.trim().split('\n').at(-1));
    });
  });
}

const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
