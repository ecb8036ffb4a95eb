/** Faults of routes, and of what an overlay's device knows. */
import { inet, ip, mainRoutes, networkKind, overlayOf, remadeOverlay, vtepPairs } from '../../diagnose/index.ts';
import type { Fault } from '../faults.ts';
import type { Ground } from '../ground.ts';

const at = (node: string, command: string) => ({ node, command });

/** A machine with a route to the pods of a node, and whose pods these are. */
function routed(ground: Ground) {
  const cidrs = new Map(ground.nodes.map((one) => [one.cidr, one] as const));
  const members = new Set(ground.nodes.map(({ name }) => name));
  const machines = [...ground.situation.machines].sort(([a], [b]) => Number(!members.has(a)) - Number(!members.has(b)));
  for (const [node, root] of machines) {
    const route = mainRoutes(root).find(({ destination, via }) => via !== undefined && cidrs.has(destination) && cidrs.get(destination)!.name !== node);
    if (route) return { node, root, route, target: cidrs.get(route.destination)! };
  }
  return undefined;
}

export const ROUTE_FAULTS: readonly Fault[] = [
  {
    code: 'route-missing',
    plan(ground) {
      const found = routed(ground);
      if (!found) return undefined;
      const { node, root, route } = found;
      return ground.without('flanneld', [node], [ip(node, root, `route del ${route.destination}`)], [ip(node, root, `route add ${route.text}`)]);
    },
  },
  {
    code: 'route-wrong-via',
    plan(ground) {
      const found = routed(ground);
      if (!found || networkKind(ground.situation) === 'routed') return undefined;
      const { node, root, route } = found;
      const others = ground.situation.nodes.flatMap((one) =>
        one.address === undefined || one.node.name === node || one.address === route.via ? [] : [one.address],
      );
      const wrong = overlayOf(root) ? route.via!.replace(/\d+$/, '77') : (others[0] ?? route.via!.replace(/\d+$/, '250'));
      return ground.without(
        'flanneld',
        [node],
        [ip(node, root, `route replace ${route.destination} via ${wrong} dev ${route.device}${route.flags.includes('onlink') ? ' onlink' : ''}`)],
        [ip(node, root, `route replace ${route.text}`)],
      );
    },
  },
  {
    code: 'route-shadowed',
    plan(ground) {
      const found = routed(ground);
      const address = found?.target.pods[0]?.pod.addresses[0];
      if (!found || address === undefined) return undefined;
      const { node, root, route } = found;
      const aside = root.links.find(
        (link) =>
          link.name !== route.device &&
          link.name !== 'lo' &&
          link.flags.includes('UP') &&
          (link.kind === 'bridge' || link.kind === '') &&
          inet(link).length > 0,
      );
      if (!aside) return undefined;
      return { commands: [ip(node, root, `route add ${address}/32 dev ${aside.name}`)], undo: [ip(node, root, `route del ${address}/32 dev ${aside.name}`)] };
    },
  },
  {
    code: 'route-blackhole-live-pod',
    plan(ground) {
      const [victim, other] = ground.nodes;
      const address = other?.pods[0]?.pod.addresses[0];
      if (!victim || address === undefined) return undefined;
      const change = (verb: string) => ip(victim.name, victim.root, `route ${verb} blackhole ${address}/32`);
      return { commands: [change('add')], undo: [change('del')] };
    },
  },
  {
    code: 'cni-on-nat-interface',
    plan(ground) {
      const found = routed(ground);
      const nat = found?.root.links.find((link) => link.card?.kind === 'nat');
      const gateway = found?.root.routes.find((route) => route.destination === 'default' && route.device === nat?.name)?.via;
      if (!found || !nat || gateway === undefined || networkKind(ground.situation) !== 'host-gw') return undefined;
      const { node, root, route } = found;
      return ground.without(
        'flanneld',
        [node],
        [ip(node, root, `route replace ${route.destination} via ${gateway} dev ${nat.name}`)],
        [ip(node, root, `route replace ${route.text}`)],
      );
    },
  },
  {
    code: 'vxlan-fdb-missing',
    plan(ground) {
      const [pair] = vtepPairs(ground.situation).filter(({ link }) => link.vxlan?.learning === false);
      if (!pair) return undefined;
      const { node, link, theirs, address } = pair;
      const change = (verb: string) => at(node, `bridge fdb ${verb} ${theirs.mac} dev ${link.name} dst ${address} self${verb === 'del' ? '' : ' permanent'}`);
      return ground.without('flanneld', [node], [change('del')], [change('append')]);
    },
  },
  {
    code: 'vxlan-neighbour-missing',
    plan(ground) {
      const [pair] = vtepPairs(ground.situation).filter(({ link }) => link.vxlan?.learning === false);
      const vtep = pair && inet(pair.theirs)[0]?.local;
      if (!pair || vtep === undefined) return undefined;
      const { node, root, link, theirs } = pair;
      return ground.without(
        'flanneld',
        [node],
        [ip(node, root, `neigh del ${vtep} dev ${link.name}`)],
        [ip(node, root, `neigh replace ${vtep} lladdr ${theirs.mac} dev ${link.name} nud permanent`)],
      );
    },
  },
  {
    code: 'vxlan-vni-mismatch',
    plan(ground) {
      const [victim] = ground.nodes;
      const vni = victim && overlayOf(victim.root)?.vxlan?.vni;
      if (!victim || vni === undefined) return undefined;
      const [commands] = remadeOverlay(ground.situation, victim.name, vni + 6);
      const [undo] = remadeOverlay(ground.situation, victim.name, vni);
      return commands && undo && ground.without('flanneld', [victim.name], commands, undo);
    },
  },
];
