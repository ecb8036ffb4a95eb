/**
 * `podwalk kubeconfig LAB`: a kubeconfig for the API of a lab that is up, wherever it is up; where it is not, it comes up here and is served until
 * Ctrl-C.
 */
import { basename } from 'node:path';
import { findKubeconfig } from '../kubernetes-api/kubeconfig.ts';
import { Clusters } from '../kubernetes-api/clusters.ts';
import { simulatedProvider } from '../labs/simulated.ts';
import { silentLog } from '../log.ts';
import { findPlaces } from '../places.ts';
import { content } from './own-content.ts';
import { untilSignalled } from './signals.ts';
import { Failure, type Arguments } from './usage.ts';

export async function kubeconfig({ operands }: Arguments): Promise<number> {
  const [name = ''] = operands;
  const places = findPlaces();
  const present = await findKubeconfig(places.home, basename(name, '.yaml'));
  if (present !== undefined) {
    process.stdout.write(present);
    return 0;
  }
  const report = (error: unknown): void => void process.stderr.write(`podwalk: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const log = { ...silentLog, error: report };
  const lab = await simulatedProvider(content(), places.version, report).start(name);
  const clusters = new Clusters(places, log);
  try {
    clusters.labStarted(lab);
    const text = await clusters.kubeconfig(lab.id);
    if (text === undefined) throw new Failure(`${name} has no Kubernetes cluster that can be served`);
    process.stdout.write(text);
    process.stderr.write(`podwalk: ${lab.id} is up, and served until Ctrl-C\n`);
    await untilSignalled();
  } finally {
    await clusters.close();
    await lab.stop();
  }
  return 0;
}
