#!/bin/bash
# kubernetes.sh ADDRESS: kubeadm, kubelet and kubectl. kubelet speaks for ADDRESS: eth0's is the same on every machine.
set -euo pipefail
address=$1
files=/tmp/podwalk
# shellcheck source=versions.sh
. "$files/versions.sh"
architecture=$(dpkg --print-architecture)
store=/var/cache/podwalk
mkdir -p "$store"

install_program() { # NAME SHA256
  bash "$files/fetch.sh" "https://dl.k8s.io/release/v$KUBERNETES/bin/linux/$architecture/$1" "$2" "$store/$1-$KUBERNETES"
  install -m 755 "$store/$1-$KUBERNETES" "/usr/local/bin/$1.new"
  mv "/usr/local/bin/$1.new" "/usr/local/bin/$1"
}
install_program kubeadm "$KUBEADM_SHA256"
install_program kubelet "$KUBELET_SHA256"
install_program kubectl "$KUBECTL_SHA256"

echo "KUBELET_EXTRA_ARGS=--node-ip=$address" > /etc/default/kubelet
install -m 644 "$files/kubelet.service" /etc/systemd/system/kubelet.service
systemctl daemon-reload
systemctl enable --now kubelet
