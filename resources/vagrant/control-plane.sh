#!/bin/bash
# control-plane.sh ADDRESS: the control plane, on ADDRESS, and flannel. JOIN_TOKEN: what the other machines join with.
set -euo pipefail
address=$1
files=/tmp/podwalk
# shellcheck source=versions.sh
. "$files/versions.sh"
export KUBECONFIG=/etc/kubernetes/admin.conf

if [ ! -e "$KUBECONFIG" ]; then
  kubeadm init --kubernetes-version "v$KUBERNETES" --apiserver-advertise-address "$address" --pod-network-cidr 10.244.0.0/16 \
    --token "$JOIN_TOKEN" --token-ttl 0
fi
install -d -m 700 -o vagrant -g vagrant /home/vagrant/.kube
install -m 600 -o vagrant -g vagrant "$KUBECONFIG" /home/vagrant/.kube/config
kubectl apply -f "$files/flannel.yaml"
kubectl -n kube-flannel rollout status daemonset/kube-flannel-ds --timeout 300s
