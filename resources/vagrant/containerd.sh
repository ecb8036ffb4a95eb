#!/bin/bash
# containerd.sh: the container runtime, what it runs containers with, and the CNI plugins it calls.
set -euo pipefail
files=/tmp/podwalk
# shellcheck source=versions.sh
. "$files/versions.sh"
fetch="bash $files/fetch.sh"
architecture=$(dpkg --print-architecture)
store=/var/cache/podwalk
mkdir -p "$store" /opt/cni/bin /etc/containerd /etc/cni/net.d

$fetch "https://github.com/containerd/containerd/releases/download/v$CONTAINERD/containerd-$CONTAINERD-linux-$architecture.tar.gz" \
  "$CONTAINERD_SHA256" "$store/containerd-$CONTAINERD.tar.gz"
$fetch "https://github.com/opencontainers/runc/releases/download/v$RUNC/runc.$architecture" "$RUNC_SHA256" "$store/runc-$RUNC"
$fetch "https://github.com/containernetworking/plugins/releases/download/v$CNI_PLUGINS/cni-plugins-linux-$architecture-v$CNI_PLUGINS.tgz" \
  "$CNI_PLUGINS_SHA256" "$store/cni-plugins-$CNI_PLUGINS.tgz"
$fetch "https://github.com/kubernetes-sigs/cri-tools/releases/download/v$CRICTL/crictl-v$CRICTL-linux-$architecture.tar.gz" \
  "$CRICTL_SHA256" "$store/crictl-$CRICTL.tar.gz"

systemctl stop containerd 2> /dev/null || true
tar -C /usr/local -xzf "$store/containerd-$CONTAINERD.tar.gz"
install -m 755 "$store/runc-$RUNC" /usr/local/sbin/runc
tar -C /opt/cni/bin -xzf "$store/cni-plugins-$CNI_PLUGINS.tgz"
tar -C /usr/local/bin -xzf "$store/crictl-$CRICTL.tar.gz" crictl
sed "s/@PAUSE@/$PAUSE/" "$files/containerd.toml" > /etc/containerd/config.toml
install -m 644 "$files/crictl.yaml" /etc/crictl.yaml
install -m 644 "$files/containerd.service" /etc/systemd/system/containerd.service
systemctl daemon-reload
systemctl enable --now containerd
