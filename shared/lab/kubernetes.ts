/**
 * The cluster's API for clients outside the lab. A client has no process here: one of the control plane stands for it, as its end of the streams.
 */
import { RestApi, statusObject, type Cluster, type Definitions, type RestStreams } from '../cluster/index.ts';
import type { Machine } from '../machine/index.ts';
import type { Program } from '../shell/index.ts';
import type { Joined, LabKubernetes, LabResult, Session } from './lab.ts';
import { PipeSession, TerminalSession, type BaseSession, type Start } from './session.ts';

/** Until the client says how large its terminal is. */
const SIZE = { columns: 80, rows: 24 };

const refuse = (message: string): LabResult<never> => ({ ok: false, error: { code: 'not-possible', message } });

export class ClusterAccess implements LabKubernetes {
  readonly version: string;
  constructor(
    private readonly cluster: Cluster,
    private readonly machines: ReadonlyMap<string, Machine>,
    private readonly adopt: (session: BaseSession) => void,
  ) {
    this.version = cluster.api.version;
  }

  rest(definitions: Definitions): RestApi {
    return new RestApi(this.cluster.api, this.cluster.store, this.cluster.simulation, definitions);
  }

  join({ verb, namespace, pod, request }: Exclude<RestStreams, { readonly verb: 'portforward' }>): LabResult<Joined> {
    const { api } = this.cluster;
    const joined: { session: Session | undefined; failure: Record<string, unknown> | undefined } = { session: undefined, failure: undefined };
    const body: Program = function* (p) {
      const done = verb === 'exec' ? yield* api.exec(p, namespace, pod, request) : yield* api.attach(p, namespace, pod, request);
      yield* p.flush();
      if (done.ok) return done.value;
      joined.failure = statusObject(done.error);
      return 1;
    };
    const [machine] = this.machines.values();
    if (!machine) return refuse('The lab has no nodes.');
    const start: Start = (io) => {
      const forked = machine.os.fork(machine.init, body, {
        prepare: (child) => {
          child.setsid();
          child.fds.closeAll();
          if ('pty' in io) {
            const tty = io.pty.open();
            for (const fd of [0, 1, 2]) child.fds.put(fd, tty);
            tty.control({ kind: 'tty.adopt' }, child);
          } else for (const [fd, file] of io.files.entries()) child.fds.put(fd, file);
        },
      });
      return forked.ok ? forked.value : undefined;
    };
    const session = request.tty ? new TerminalSession(machine.os.openPty(), start, SIZE) : new PipeSession(start);
    if (!session.hasStarted) return refuse('The node of the control plane can start no more processes.');
    this.adopt(session);
    if (!request.stdin) session.closeInput();
    return {
      ok: true,
      value: {
        session,
        get failure() {
          return joined.failure;
        },
      },
    };
  }

  /** A program in the pod's network, as the container runtime has one for each connection. */
  forward(namespace: string, name: string, port: number): LabResult<Session> {
    const pod = this.cluster.pod(namespace, name);
    const sandbox = pod && this.cluster.workerOf(pod)?.sandbox;
    const machine = pod?.spec.nodeName === undefined ? undefined : this.machines.get(pod.spec.nodeName);
    if (!sandbox || !machine) return refuse(`The pod ${name} has no network now.`);
    const start: Start = (io) => {
      const started = machine.os.spawn(machine.init, ['nc', '-v', '-N', '127.0.0.1', String(port)], {
        path: '/usr/bin/nc',
        prepare: (child) => {
          child.setsid();
          child.fds.closeAll();
          child.enter(sandbox.net);
          if ('files' in io) for (const [fd, file] of io.files.entries()) child.fds.put(fd, file);
        },
      });
      return started.ok ? started.value : undefined;
    };
    const session = new PipeSession(start);
    if (!session.hasStarted) return refuse(`The node of ${name} can start no more processes.`);
    this.adopt(session);
    return { ok: true, value: session };
  }
}
