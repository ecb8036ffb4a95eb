// What a store finds by an index is what a search through all finds, whatever was written before.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KubeObject, Pod } from '../commands/index.ts';
import { NODE_NAME, PODS, SERVICES } from './resources.ts';
import { ObjectStore } from './store.ts';

const pod = (namespace: string, name: string, node: string | undefined): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, uid: `${namespace}/${name}`, resourceVersion: '', creationTimestamp: '' },
    spec: { containers: [], ...(node === undefined ? {} : { nodeName: node }) },
    status: {},
  }) as unknown as KubeObject;
const names = (objects: readonly KubeObject[]): string[] => objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

it('an index and a search agree', () => {
  const write = fc.record({
    remove: fc.boolean(),
    namespace: fc.constantFrom('default', 'kube-system'),
    name: fc.constantFrom('a', 'b', 'c', 'a-b'),
    node: fc.constantFrom('one', 'two', undefined),
  });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 30 }), fc.nat(10), (writes, late) => {
      const store = new ObjectStore();
      for (const [i, { remove, namespace, name, node }] of writes.entries()) {
        if (i === late) store.addIndex(PODS, NODE_NAME, (object) => (object as Pod).spec.nodeName);
        if (remove) store.remove(PODS, namespace, name);
        else store.put(PODS, pod(namespace, name, node));
      }
      if (late >= writes.length) store.addIndex(PODS, NODE_NAME, (object) => (object as Pod).spec.nodeName);
      const all = store.list(PODS);
      expect(names(all)).toEqual([...names(all)].sort());
      for (const namespace of ['default', 'kube-system', 'none'])
        expect(names(store.list(PODS, namespace))).toEqual(names(all.filter(({ metadata }) => metadata.namespace === namespace)));
      for (const node of ['one', 'two', 'three'])
        expect(names(store.listBy(PODS, NODE_NAME, node))).toEqual(names(all.filter((object) => (object as Pod).spec.nodeName === node)));
    }),
  );
});

it('listeners hear their resources, in the order in which they came', () => {
  const store = new ObjectStore();
  const heard: string[] = [];
  store.listen((resource) => heard.push(`all ${resource.name}`));
  const stop = store.listen((resource) => heard.push(`pods ${resource.name}`), PODS);
  store.listen((resource) => heard.push(`both ${resource.name}`), PODS, SERVICES);
  store.put(PODS, pod('default', 'a', undefined));
  store.put(SERVICES, pod('default', 'b', undefined));
  stop();
  store.remove(PODS, 'default', 'a');
  expect(heard).toEqual(['all pods', 'pods pods', 'both pods', 'all services', 'both services', 'all pods', 'both pods']);
});
