/** `podwalk serve`: the app for a browser, until it is told to end. */
import { openApp } from '../open-app.ts';
import { findPlaces } from '../places.ts';
import { PortBusy, setupWebHost } from '../web.ts';
import { announceInstance, findInstance, withdrawInstance } from '../web/instance.ts';
import { whoListens } from '../web/port-owner.ts';
import { untilSignalled } from './signals.ts';
import { Failure, UsageError, type Arguments } from './usage.ts';

export async function serve({ options }: Arguments): Promise<number> {
  const port = options['port'] === undefined ? undefined : Number(options['port']);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new UsageError(`--port wants a number from 1 to 65535, not ${JSON.stringify(options['port'])}`);
  const places = findPlaces();
  const present = await findInstance(places.home);
  if (present && (port === undefined || port === present.port)) {
    process.stdout.write(`Podwalk is already running (process ${present.pid}): ${present.address}\n`);
    return 0;
  }
  const app = await openApp('web', places);
  try {
    const host = await setupWebHost({ renderer: places.renderer, ...(port !== undefined && { port }), onChannel: (channel) => app.connect(channel) }).catch(
      (error: unknown) => {
        throw error instanceof PortBusy ? new Failure(busyMessage(error.port)) : error;
      },
    );
    const withdraw = (): Promise<void> => withdrawInstance(places.home, process.pid);
    await announceInstance(places.home, { pid: process.pid, port: host.port, address: host.address });
    process.stdout.write(`Podwalk: ${host.address}\n`);
    await untilSignalled();
    await Promise.all([host.close(), withdraw()]);
  } finally {
    await app.close();
  }
  return 0;
}

function busyMessage(port: number): string {
  const owner = whoListens(port);
  return `port ${port} is in use${owner === undefined ? '' : ` by ${owner}`}: end that, or choose another with --port, or leave --port out and a free one is taken`;
}
