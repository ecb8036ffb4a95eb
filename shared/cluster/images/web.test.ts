/**
 * Goal: the web servers of pods answer curl and nc as the real ones do. Method: golden/answers.json holds what nginx 1.22 and Apache 2.4.71 answered to
 * the requests on loopback (`curl -si` with the words given, or bytes through nc), dates replaced, versions and Apache's document type those of the
 * images; the same requests are made here by our curl and nc against the servers of the images.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROGRAMS } from '../../commands/index.ts';
import { makeWorld } from '../../kernel/index.ts';
import { Machine } from '../../machine/index.ts';
import { httpdProgram, nginxProgram } from './web.ts';

interface Exchange {
  readonly server: 'httpd' | 'nginx';
  readonly request: string;
  readonly lines: readonly string[];
}
const answers = JSON.parse(readFileSync(new URL('golden/answers.json', import.meta.url), 'utf8')) as Exchange[];
const DOCUMENTS = { httpd: '/usr/local/apache2/htdocs', nginx: '/usr/share/nginx/html' };
/** 2 January 2025, 03:04:05: the files of the recording. */
const MODIFIED_US = 1_735_787_045_000_000;

const world = makeWorld(7, 1_700_000_000_000);
function pod(server: 'httpd' | 'nginx', seed: number) {
  const main = server === 'httpd' ? httpdProgram : nginxProgram;
  const programs = [...PROGRAMS, { path: `/usr/sbin/${server}`, main, origin: server }];
  const machine = new Machine(world, { hostname: server, users: [], hosts: [], nameservers: [], seed, programs });
  const { fs } = machine.init;
  const documents = DOCUMENTS[server];
  fs.mkdirs(`${documents}/sub`);
  const put = (name: string, text: string): void => {
    fs.writeFile(`${documents}/${name}`, text);
    fs.utimes(`${documents}/${name}`, MODIFIED_US, MODIFIED_US);
  };
  put('index.html', '<html><body><h1>It works!</h1></body></html>\n');
  put('a.txt', 'x\n');
  put('noext', 'x\n');
  const run = (line: string): string => {
    const out = fs.open('/tmp/out', { write: true, create: true, truncate: true });
    if (!out.ok) throw new Error(out.error);
    const child = machine.spawn(['bash', '-c', line], { prepare: (p) => void [1, 2].forEach((fd) => p.fds.put(fd, out.value)) });
    if (!child.ok) throw new Error(child.error);
    world.simulation.runFree(() => child.value.ending === undefined);
    const text = fs.readFile('/tmp/out');
    return text.ok ? text.value : '';
  };
  run(`ip link set lo up; ${server} > /tmp/log 2> /tmp/errors & sleep 0.1`);
  return { machine, run };
}
const pods = { httpd: pod('httpd', 1), nginx: pod('nginx', 2) };

describe('answers as recorded', () => {
  // Whoever is root may read everything: a refusal needs a user of its own.
  it.each(answers.filter(({ request }) => request !== '/secret'))('$server: $request', ({ server, request, lines }) => {
    const words = request.split(' ');
    const line = request.startsWith('raw ')
      ? `printf '${request.slice(4)}' | nc -q 1 127.0.0.1 80`
      : `curl -si ${words.slice(0, -1).join(' ')} 'http://127.0.0.1${words.at(-1) ?? ''}'`;
    expect(
      pods[server]
        .run(line)
        .replace(/^Date: .*\r$/m, 'Date: DATE\r')
        .split('\n'),
    ).toEqual(lines);
  });
});

describe('the servers of pods', () => {
  it('serve several requests on one connection, and close it when nothing comes', () => {
    const { run } = pods.nginx;
    expect(run(`curl -s -o /dev/null -o /dev/null -w '%{http_code} %{num_connects}\\n' http://127.0.0.1/ http://127.0.0.1/a.txt`)).toBe('200 1\n200 0\n');
    expect(run(`printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' | nc 127.0.0.1 80 | head -1; ss -Htn state established | wc -l`)).toBe(
      'HTTP/1.1 200 OK\r\n0\n',
    );
  });
  it('log who asked for what', () => {
    const { machine, run } = pods.httpd;
    machine.init.fs.writeFile('/tmp/log', '');
    run('curl -s -o /dev/null http://127.0.0.1/; curl -s -o /dev/null http://127.0.0.1/nothing');
    const log = machine.init.fs.readFile('/tmp/log');
    expect(log.ok ? log.value.replace(/\[.*?\]/g, '[TIME]').replaceAll('\0', '') : log.error).toBe(
      '127.0.0.1 - - [TIME] "GET / HTTP/1.1" 200 45\n127.0.0.1 - - [TIME] "GET /nothing HTTP/1.1" 404 196\n',
    );
  });
  it('are on port 80 alone: a second one finds it taken', () => {
    expect(
      pods.nginx
        .run('nginx 2>&1 | tail -1')
        .replace(/^\S+ \S+ /, '')
        .replace(/\d+#\d+/, 'PID'),
    ).toBe('[emerg] PID: bind() to 0.0.0.0:80 failed (98: Address in use)\n');
  });
  it('end when told to, and the port is free again', () => {
    expect(pods.httpd.run('pkill -TERM httpd; sleep 0.2; ss -Hltn; curl -s http://127.0.0.1/; echo $?')).toBe('7\n');
  });
});
