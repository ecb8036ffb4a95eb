/** node-tools: the programs of a Kubernetes node beside kubectl, over what the node itself says of its services and containers. */
import type { InstalledProgram } from '../../machine/index.ts';
import { CRICTL } from './crictl.ts';
import { CTR, ETCDCTL } from './ctr.ts';
import { KUBEADM } from './kubeadm.ts';
import type { NodeView } from './node-view.ts';
import { SYSTEMD, systemdPrograms } from './systemd.ts';
import { toolDeclaration, toolProgram, type Tool } from './tool.ts';

export type { CriContainer, CriImage, CriSandbox, InitRequest, Journal, JournalEntry, Membership, NodeView, Unit } from './node-view.ts';

const TOOLS: readonly Tool[] = [CRICTL, CTR, ETCDCTL, KUBEADM];
/** What they take, of whichever node. */
export const NODE_TOOLS = [...TOOLS.map((tool) => ({ path: tool.path, declares: toolDeclaration(tool), origin: tool.origin })), ...SYSTEMD];
export const nodePrograms = (node: NodeView): readonly InstalledProgram[] => [...TOOLS.map((tool) => toolProgram(tool, node)), ...systemdPrograms(node)];
