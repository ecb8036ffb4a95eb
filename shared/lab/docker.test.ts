/** Docker's containers: how they are run, seen, joined, published and ended. Method: the shipped lab, commands as people type them, whole outputs. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../base/index.ts';
import { createLab, parseLabFile } from './index.ts';

const FILE = parseLabFile('docker', readFileSync(new URL('../../resources/labs/docker.yaml', import.meta.url), 'utf8')).value!;
const lab = createLab(FILE, { seed: 1, epochMs: 1_700_000_000_000 });

function sh(line: string): string {
  const session = lab.exec({ target: 'host', argv: ['sh', '-c', utf8Encode(`exec 2>&1; ${line}`)] });
  if (!session.ok) throw new Error(session.error.message);
  session.value.closeInput();
  let output = '';
  const take = (): void => {
    for (let data = session.value.read(65536); data !== ''; data = session.value.read(65536)) output += data;
  };
  for (let i = 0; i < 3000 && session.value.exitStatus === undefined; i++) {
    lab.simulation.runUntil(lab.simulation.nowUs + 20_000);
    take();
  }
  take();
  return utf8Decode(output).replace(/\b[0-9a-f]{64}\b/g, 'ID');
}

test.each<readonly [string, string]>([
  ['docker run -d --name quiet registry.k8s.io/pause 2> /dev/null', 'ID\n'],
  [
    'docker run --rm --name testA busybox sh -c "hostname -i; ip route"',
    '172.17.0.5\ndefault via 172.17.0.1 dev eth0 \n172.17.0.0/16 dev eth0 proto kernel scope link src 172.17.0.5 \n',
  ],
  [
    'docker exec client ping -c 1 172.17.0.2 | head -2 | sed s/time=.*//',
    'PING 172.17.0.2 (172.17.0.2): 56 data bytes\n64 bytes from 172.17.0.2: seq=0 ttl=64 \n',
  ],
  // another's network, and another's processes
  ['docker run -d --name side --net=container:quiet --ipc=container:quiet --pid=container:quiet --ipc=shareable busybox sleep 1000', 'ID\n'],
  ["docker exec side ip -4 addr show eth0 | sed -n 's/ *inet \\([^ ]*\\).*/\\1/p'", '172.17.0.4/16\n'],
  ["docker exec side ps | awk '{ print $1, $NF }'", 'PID CMD\n1 pause\n2 sleep\n4 ps\n'],
  ["docker inspect -f '{{.HostConfig.NetworkMode}} {{.State.Status}}' side", 'container:quiet running\n'],
  ['docker run --rm --net=container:nobody busybox true', 'docker: Error response from daemon: No such container: nobody.\n'],
  ['docker run --rm --net=host busybox hostname', 'host\n'],
  ['docker run --rm --net=none busybox ip -o link | cut -d: -f2', ' lo\n'],
  // publishing
  ['docker port web', '80/tcp -> 0.0.0.0:8080\n'],
  [
    'docker run -d -p 8080:80 nginx | tail -1',
    expect.stringMatching(/^docker: Error response from daemon: .*Bind for 0\.0\.0\.0:8080 failed: port is already allocated\.\n/),
  ],
  ['curl -s 172.17.0.1:8080 | grep -c Welcome', '2\n'],
  ['docker rm -f web; iptables-save | grep -c 172.17.0.2; docker port web', 'web\n0\nError response from daemon: No such container: web\n'],
  // files from outside
  ['echo hello > /srv/f; docker run --rm -v /srv:/data:ro busybox cat /data/f', 'hello\n'],
  ['docker run --rm -e A=b busybox sh -c "echo \\$A; exit 3"; echo $?', 'b\n3\n'],
  [
    'docker run --rm busybox nosuch; echo $?',
    'docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown\n127\n',
  ],
  ['docker run --wrong busybox', "unknown flag: --wrong\nSee 'docker run --help'.\n"],
  [
    'docker logs nobody; docker rm client',
    'Error response from daemon: No such container: nobody\nError response from daemon: cannot remove container "/client": container is running: stop the container before removing or force remove\n',
  ],
  ['docker stop -t 1 client; docker ps -q | wc -l; docker start client; docker exec client hostname -i', 'client\n2\nclient\n172.17.0.2\n'],
  ['docker network ls | cut -c 14-', '  NAME     DRIVER   SCOPE\n  bridge   bridge   local\n  host     host     local\n  none     null     local\n'],
  // ip netns does not know Docker's, until a link leads to one
  [
    'ip netns; mkdir -p /var/run/netns; ln -s /proc/$(docker inspect -f "{{.State.Pid}}" client)/ns/net /var/run/netns/client; ip netns; ip -n client -br addr | head -1',
    'client (id: 0)\nlo               UNKNOWN        127.0.0.1/8 ::1/128 \n',
  ],
  ['docker rm -f client side quiet; brctl show docker0 | tail -1 | cut -f1; docker ps -aq | wc -l', 'client\nside\nquiet\ndocker0\n1\n'],
])('%s', (line, expected) => expect(sh(line)).toEqual(expected));
