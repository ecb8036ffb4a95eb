/** Questions of a client about itself: who am I, what may I. Who holds the kubeconfig is the cluster's administrator. */
import { json, type RestAnswer, type RestRequest } from './answer.ts';
import { readObject } from './body.ts';

const USER = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] };
const WHY = 'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin" to Group "kubeadm:cluster-admins"';

export function review(request: RestRequest, name: string): RestAnswer {
  const sent = readObject(request);
  const answer = (status: unknown): RestAnswer => json({ ...sent, metadata: { creationTimestamp: null }, status }, 201);
  switch (name) {
    case 'selfsubjectaccessreviews':
      return answer({ allowed: true, reason: WHY });
    case 'selfsubjectrulesreviews':
      return answer({
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        incomplete: false,
      });
    default:
      return answer({ userInfo: USER });
  }
}
