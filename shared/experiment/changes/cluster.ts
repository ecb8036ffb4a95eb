/** What Kubernetes and its daemons are given to do: another backend for flannel, a sandbox without its pause process, more pods than a node takes. */
import { at, type Experiment } from '../definition.ts';
import { inet, ip, networkKind } from '../../diagnose/index.ts';

const SETTLE_US = 20_000_000;

export const FLANNEL_BACKEND: Experiment = {
  id: 'flannel-backend',
  plan(ground) {
    const kind = networkKind(ground.situation);
    const { server } = ground;
    const [node] = ground.workers;
    const other = ground.workers[1];
    if (!ground.isFlannel || server === undefined || !node || !other || (kind !== 'host-gw' && kind !== 'vxlan')) return undefined;
    // after a way back from vxlan its device stays until somebody deletes it
    const isVxlan = node.root.routes.some(({ device, via }) => device === 'flannel.1' && via !== undefined);
    const [now, next] = isVxlan ? (['vxlan', 'host-gw'] as const) : (['host-gw', 'vxlan'] as const);
    const change = (from: string, to: string) => [
      at(server, `kubectl -n kube-flannel get configmap kube-flannel-cfg -o yaml | sed 's/"Type": "${from}"/"Type": "${to}"/' | kubectl apply -f -`),
      at(server, 'kubectl -n kube-flannel delete pod -l app=flannel'),
    ];
    const hasDevice = (root: typeof node.root): boolean => root.links.some(({ name }) => name === 'flannel.1');
    const away = isVxlan
      ? []
      : ground.situation.machines.flatMap(([name, root]) =>
          ground.situation.nodes.some((one) => one.node.name === name) && !hasDevice(root) ? [ip(name, root, 'link del flannel.1')] : [],
        );
    return {
      title: { en: `Change flannel's backend from ${now} to ${next}`, zh: `把 flannel 的后端从 ${now} 换成 ${next}` },
      explanation: {
        en:
          next === 'vxlan'
            ? `With host-gw a node hands packets for pods straight to the node that has them. With vxlan it wraps each in a UDP packet to that node: 50 bytes more, and the network between needs no knowledge of pods. flanneld reads its configuration when it starts, so its pods are made anew.`
            : `With vxlan each packet travels inside a UDP packet between nodes. With host-gw a node hands it over as it is, by a plain route: that needs all nodes on one wire. flanneld reads its configuration when it starts, so its pods are made anew. The device flannel.1 stays, and nobody uses it.`,
        zh:
          next === 'vxlan'
            ? 'host-gw 模式下，节点把发往 Pod 的包直接交给 Pod 所在的节点。vxlan 模式下，每个包先装进发往那个节点的 UDP 包里：多出 50 字节，而中间的网络用不着知道有 Pod。flanneld 启动时才读配置，所以要让它的 Pod 重建一遍。'
            : 'vxlan 模式下，每个包都装在节点之间的 UDP 包里走。host-gw 模式下，节点靠一条普通路由把包原样交过去：这要求所有节点在同一条线路上。flanneld 启动时才读配置，所以要让它的 Pod 重建一遍。flannel.1 这个设备会留下来，只是没人再用。',
      },
      commands: change(now, next),
      undo: [...change(next, now), ...(away.length > 0 ? [at(server, 'sleep 15'), ...away] : [])],
      needsDaemons: true,
      settleUs: SETTLE_US,
      measures: [
        {
          ...at(node.name, `ip route show ${other.cidr} | grep -o 'dev [^ ]*'`),
          title: { en: `How ${node.name} sends to the pods of ${other.name}`, zh: `${node.name} 怎样发往 ${other.name} 的 Pod` },
          expected: next === 'vxlan' ? 'dev flannel.1' : `dev ${node.uplink.name}`,
        },
      ],
    };
  },
};

export const KILL_PAUSE: Experiment = {
  id: 'kill-pause',
  plan(ground) {
    const { server } = ground;
    const victim = ground.workers.find(({ pods, name }) => pods.some(({ pod }) => pod.namespace === 'default' && pod.node === name));
    const seen = victim?.pods.find(({ pod }) => pod.namespace === 'default');
    if (server === undefined || !victim || !seen) return undefined;
    const { pod, netns } = seen;
    const { node } = pod;
    const own = netns.links.flatMap(inet).find(({ scope }) => scope !== 'host')?.local;
    const count = `kubectl get pod ${pod.name} -o jsonpath='{.status.containerStatuses[0].restartCount}'`;
    return {
      title: { en: `Kill the pause process of ${pod.name}`, zh: `杀掉 ${pod.name} 的 pause 进程` },
      explanation: {
        en: `pause does nothing, and that is its job: it is the process that keeps the pod's network namespace while containers come and go. Without it kubelet gives up the whole sandbox: the plugin is called with DEL and then with ADD, the containers begin anew, and the pod may get another address instead of ${own ?? 'its own'}. Nothing takes that back.`,
        zh: `pause 什么也不做，而这正是它的工作：容器来来去去，由它守住 Pod 的网络命名空间。它一死，kubelet 就放弃整个沙箱：先用 DEL、再用 ADD 调用插件，容器全部重启，Pod 的地址也可能不再是 ${own ?? '原来的'}。这一步没有办法撤回。`,
      },
      commands: [at(node, `kill -9 $(lsns -t net | awk '$1==${netns.inode}{print $4;exit}')`)],
      undo: [],
      needsDaemons: true,
      settleUs: SETTLE_US,
      measures: [
        {
          ...at(server, `kubectl get pod ${pod.name} -o jsonpath='{.status.phase}'`),
          title: { en: `Phase of ${pod.name}`, zh: `${pod.name} 的阶段` },
          expected: 'Running',
        },
        {
          ...at(server, `echo $((${count.replaceAll("'", '"').replace(/^/, '$(').replace(/$/, ')')} > 0))`),
          title: { en: 'Its container was restarted', zh: '它的容器重启过' },
          expected: '1',
        },
        {
          ...at(node, `ip netns | grep -c ${netns.name === '' ? 'cni-' : netns.name}`),
          title: { en: 'Network namespaces of the old name', zh: '旧名字的网络命名空间数' },
          expected: '0',
        },
      ],
    };
  },
};

/** The kubelet's own limit (maxPods). */
const MAX_PODS = 110;
const NAME = 'crowd';
export const SCALE: Experiment = {
  id: 'scale-110',
  plan(ground) {
    const { server, snapshot } = ground;
    const nodes = (snapshot.kubernetes?.nodes ?? []).filter(({ name, controlPlane }) => !controlPlane || ground.workers.some((one) => one.name === name));
    if (server === undefined || !snapshot.kubernetes || nodes.length === 0) return undefined;
    const isOpen = ({ name }: { readonly name: string }): boolean =>
      snapshot.kubernetes!.pods.some(({ namespace, node }) => namespace === 'default' && node === name) || nodes.length === 1;
    const taken = (name: string): number => snapshot.kubernetes!.pods.filter(({ node }) => node === name).length;
    const free = nodes.filter(isOpen).reduce((sum, { name }) => sum + Math.max(0, MAX_PODS - taken(name)), 0);
    const running = Math.min(MAX_PODS, free);
    const isThere = snapshot.kubernetes.pods.some(({ name, namespace }) => namespace === 'default' && name.startsWith(`${NAME}-`));
    return {
      title: { en: 'Scale a deployment to 110 pods', zh: '把一个 Deployment 扩到 110 个 Pod' },
      explanation: {
        en: `A kubelet takes ${MAX_PODS} pods at the most, those of the system included; that is why a /24 is enough for a node. Each new pod is one more call of the plugin, one more cable, one more address. Pods for which no node has room stay Pending.`,
        zh: `一个 kubelet 最多收 ${MAX_PODS} 个 Pod，系统自己的也算在内；所以一个节点有一个 /24 就够了。每多一个 Pod，插件就多被调用一次，多一根网线，多一个地址。哪个节点都放不下的 Pod 就一直 Pending。`,
      },
      commands: [at(server, `kubectl create deployment ${NAME} --image=nginx --replicas=${MAX_PODS}`)],
      undo: [at(server, `kubectl delete deployment ${NAME}`), at(server, 'sleep 45')],
      needsDaemons: true,
      settleUs: 60_000_000,
      measures: [
        {
          ...at(server, `kubectl get pods -l app=${NAME} --no-headers 2>/dev/null | grep -c Running`),
          title: { en: 'Pods of the deployment that run', zh: '这个 Deployment 正在运行的 Pod 数' },
          expected: String(running),
        },
        {
          ...at(server, `kubectl get pods -l app=${NAME} --no-headers 2>/dev/null | grep -c Pending`),
          title: { en: 'Pods for which there is no room', zh: '没有地方放的 Pod 数' },
          expected: String(MAX_PODS - running),
        },
      ],
      ...(isThere ? { notNow: { en: `There are pods called ${NAME} already.`, zh: `已经有名为 ${NAME} 的 Pod。` } } : {}),
    };
  },
};
