/**
 * Goal: the lab's own kubectl prints what the real one prints of the same objects.
 * Method: both are asked the same of one cluster; only how far apart in time they asked is taken out.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServedLab, type Ran } from './served-lab.ts';

let lab: ServedLab;
beforeAll(async () => {
  lab = await ServedLab.up();
  for (const line of [
    'create deployment shop --image=nginx --replicas=2',
    'expose deployment shop --port=80 --type=NodePort',
    'rollout status deployment/shop --timeout=60s',
    'create configmap settings --from-literal=a=b',
    'run stray --image=nosuch/image',
    'run far --image=nginx --labels=a=b,c=d --overrides={"spec":{"nodeSelector":{"no":"where"}}}',
    'label node node-1 disk=ssd',
  ]) {
    const { status, err } = await lab.kubectl(line.split(' '));
    expect({ line, status, err }).toMatchObject({ status: 0 });
  }
});
afterAll(() => lab.down());

const AGES = /\b(\d+[smhd])+\b/g;
/** Ages differ by what lies between the two, and columns by their width. */
const steady = ({ status, out, err }: Ran): Ran => ({
  status,
  // kubectl before 1.21 has no such part in its description of a config map
  out: out
    .replaceAll(AGES, 'AGE')
    .replaceAll(/ +/g, ' ')
    .replace(/\n+BinaryData\n====\n+/, '\n'),
  err: err.replaceAll(AGES, 'AGE'),
});

it.each([
  'get pods -o wide',
  'get pods -A',
  'get nodes -o wide',
  'get deploy,rs -o wide',
  'get daemonsets -A',
  'get svc,endpoints,endpointslices',
  'get cm -A',
  'get ns',
  'get events --field-selector involvedObject.name=far',
  'get leases -A',
  'get pods -o name',
  'get pods --show-labels',
  'get pods -L run,app',
  'get pods --no-headers',
  'get pods -o jsonpath={.items[*].metadata.name}',
  'get pods -o custom-columns=NAME:.metadata.name,IP:.status.podIP',
  'get pods,svc',
  'get pods --field-selector status.phase=Running',
  'get pod nope',
  'get pods nope other',
  'get gadgets',
  'get pods -n nowhere',
  'get all -n kube-flannel',
  'describe cm settings',
  'logs stray',
  'delete pod nope',
  'rollout status deploy/nope',
  'cordon nope',
])('%s', async (line) => {
  const args = line.split(' ');
  const real = await lab.kubectl(args);
  const ours = await lab.simulated(args);
  expect(steady(ours)).toEqual(steady(real));
});
