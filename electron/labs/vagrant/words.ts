/** What the vagrant provider says to people, in both languages: checks, troubles and what can be done, phases. */
import type { Locale } from '../../../shared/ipc/index.ts';
import type { Check, CheckKind } from './checks.ts';
import type { Trouble } from './failure.ts';
import type { Phase } from './progress.ts';

type Facts = Check['facts'];
type Sentences = Readonly<Record<Locale, (facts: Facts) => string>>;
const gib = (mib: string | number | undefined): string => `${(Number(mib ?? 0) / 1024).toFixed(1)} GiB`;

const FINE: Record<CheckKind, Sentences> = {
  vagrant: { en: ({ version }) => `Vagrant ${version} is here.`, zh: ({ version }) => `已安装 Vagrant ${version}。` },
  virtualbox: { en: ({ version }) => `VirtualBox ${version} is here.`, zh: ({ version }) => `已安装 VirtualBox ${version}。` },
  architecture: { en: () => 'Boxes for this processor exist.', zh: () => '有适用于本机处理器的 box。' },
  virtualisation: { en: ({ flag }) => `The processor can run machines (${flag}).`, zh: ({ flag }) => `处理器支持虚拟化（${flag}）。` },
  'virtualbox-module': { en: () => "VirtualBox's kernel module is loaded.", zh: () => 'VirtualBox 的内核模块已加载。' },
  memory: {
    en: ({ needed, free }) => `Memory: ${gib(needed)} needed, ${gib(free)} free.`,
    zh: ({ needed, free }) => `内存：需要 ${gib(needed)}，可用 ${gib(free)}。`,
  },
  disk: {
    en: ({ needed, free, folder }) => `Disk: about ${gib(needed)} needed, ${gib(free)} free in ${folder}.`,
    zh: ({ needed, free, folder }) => `磁盘：约需 ${gib(needed)}，${folder} 可用 ${gib(free)}。`,
  },
  'host-only-range': {
    en: ({ addresses, ranges }) => `Host-only addresses ${addresses} are within ${ranges}.`,
    zh: ({ addresses, ranges }) => `仅主机网络地址 ${addresses} 在允许的范围 ${ranges} 内。`,
  },
  box: { en: ({ box, version }) => `The box ${box} ${version} is here.`, zh: ({ box, version }) => `box ${box} ${version} 已在本机。` },
};

const TROUBLED: Record<CheckKind, Sentences> = {
  vagrant: {
    en: ({ version, oldest }) =>
      version === undefined
        ? 'Vagrant is not installed. Get it from https://developer.hashicorp.com/vagrant/install, or from your system (apt-get install vagrant, brew install vagrant).'
        : `Vagrant ${version} is too old: ${oldest} or newer is needed.`,
    zh: ({ version, oldest }) =>
      version === undefined
        ? '没有安装 Vagrant。请从 https://developer.hashicorp.com/vagrant/install 下载，或用系统的包管理器安装（apt-get install vagrant、brew install vagrant）。'
        : `Vagrant ${version} 太旧：需要 ${oldest} 或更新的版本。`,
  },
  virtualbox: {
    en: ({ version, oldest }) =>
      version === undefined
        ? 'VirtualBox is not installed, or VBoxManage does not answer. Get it from https://www.virtualbox.org/wiki/Downloads, or choose another provider of Vagrant.'
        : `VirtualBox ${version} is too old: ${oldest} or newer is needed.`,
    zh: ({ version, oldest }) =>
      version === undefined
        ? '没有安装 VirtualBox，或者 VBoxManage 没有响应。请从 https://www.virtualbox.org/wiki/Downloads 下载，或者改用 Vagrant 的其他 provider。'
        : `VirtualBox ${version} 太旧：需要 ${oldest} 或更新的版本。`,
  },
  architecture: {
    en: () =>
      'On a Mac with Apple silicon most boxes for VirtualBox do not boot. Parallels or VMware Fusion with their Vagrant plugins do better: choose that provider.',
    zh: () => '在 Apple 芯片的 Mac 上，多数 VirtualBox 的 box 无法启动。建议改用带 Vagrant 插件的 Parallels 或 VMware Fusion。',
  },
  virtualisation: {
    en: () =>
      "The processor offers no virtualisation (no vmx, no svm in /proc/cpuinfo). Turn on VT-x or AMD-V in the firmware's settings; inside a virtual machine, allow nested virtualisation.",
    zh: () => '处理器没有提供虚拟化（/proc/cpuinfo 中没有 vmx 或 svm）。请在固件设置中打开 VT-x 或 AMD-V；如果本机就是虚拟机，请允许嵌套虚拟化。',
  },
  'virtualbox-module': {
    en: () =>
      "VirtualBox's kernel module is not loaded: there is no /dev/vboxdrv. Run: sudo /sbin/vboxconfig (with Secure Boot on, the module has to be signed).",
    zh: () => 'VirtualBox 的内核模块没有加载：没有 /dev/vboxdrv。请运行：sudo /sbin/vboxconfig（打开了 Secure Boot 时，模块需要签名）。',
  },
  memory: {
    en: ({ needed, free }) => `The machines want ${gib(needed)} of memory and ${gib(free)} are free: close something, or they will be slow.`,
    zh: ({ needed, free }) => `这些机器需要 ${gib(needed)} 内存，现在可用 ${gib(free)}：请先关闭一些程序，否则会很慢。`,
  },
  disk: {
    en: ({ needed, free, folder }) => `The machines will take about ${gib(needed)} of disk and ${folder} has ${gib(free)} left.`,
    zh: ({ needed, free, folder }) => `这些机器约需 ${gib(needed)} 磁盘空间，${folder} 只剩 ${gib(free)}。`,
  },
  'host-only-range': {
    en: ({ addresses, ranges }) =>
      `VirtualBox does not allow the host-only addresses ${addresses}: only ${ranges === '' ? 'none' : ranges}. Add a line such as "* 192.168.56.0/21" to /etc/vbox/networks.conf.`,
    zh: ({ addresses, ranges }) =>
      `VirtualBox 不允许仅主机网络使用 ${addresses}：只允许 ${ranges === '' ? '（无）' : ranges}。请在 /etc/vbox/networks.conf 中加一行，例如 "* 192.168.56.0/21"。`,
  },
  box: {
    en: ({ box, version }) => `The box ${box} ${version} is not here yet: Vagrant will fetch it, some hundred megabytes.`,
    zh: ({ box, version }) => `本机还没有 box ${box} ${version}：Vagrant 会下载它，约几百兆字节。`,
  },
};

export const checkWords = (check: Check, locale: Locale): string => (check.verdict === 'fine' ? FINE : TROUBLED)[check.kind][locale](check.facts);

const ADVICE: Record<Trouble, Readonly<Record<Locale, string>>> = {
  cancelled: {
    en: 'It was cancelled. What had been made stays; start it again to go on, or destroy it.',
    zh: '已取消。已经建好的部分保留着：可以再次启动继续，或者销毁。',
  },
  provisioner: {
    en: 'A script of the Vagrantfile failed in the machine; its last lines say why. Repair that, then start again: the machine stays up, and its scripts run again.',
    zh: 'Vagrantfile 的脚本在机器里失败了，最后几行说明了原因。修好后再次启动即可：机器仍在运行，脚本会重新执行。',
  },
  'no-network-in-machine': {
    en: 'The machine cannot reach the internet or resolve names. Check the network, VPN and proxy of this computer (the plugin vagrant-proxyconf passes a proxy on).',
    zh: '机器无法访问互联网或解析域名。请检查本机的网络、VPN 和代理（vagrant-proxyconf 插件可以把代理传给机器）。',
  },
  'wrong-file': {
    en: 'A downloaded file is not the one that was pinned: something on the way changed it (a proxy, a mirror), or it was damaged. Try again; if it stays so, do not trust that network.',
    zh: '下载的文件与固定的校验和不符：可能被途中的代理或镜像改动，或者已损坏。请重试；如果总是如此，请不要信任这个网络。',
  },
  'boot-timeout': {
    en: 'The machine started and did not answer to SSH in time. Open its console in VirtualBox to see where it stands; a slow computer needs a larger config.vm.boot_timeout.',
    zh: '机器已启动，但没有及时响应 SSH。请在 VirtualBox 中打开它的控制台查看；较慢的电脑需要更大的 config.vm.boot_timeout。',
  },
  'ssh-login': {
    en: 'The machine answers and refuses the key. If its key was changed by hand, destroy the machine and make it anew.',
    zh: '机器有响应，但拒绝了密钥。如果密钥被手动改过，请销毁机器后重建。',
  },
  'box-not-found': {
    en: 'The box, or that version of it, is not to be found. Check its name in the Vagrantfile, and the network.',
    zh: '找不到这个 box 或该版本。请检查 Vagrantfile 中的名字和网络。',
  },
  'box-download': {
    en: 'The box could not be fetched. Check the network and the disk, then start again: the download goes on where it stopped.',
    zh: '无法下载 box。请检查网络和磁盘，再次启动会从断点继续。',
  },
  'box-wrong-provider': {
    en: 'There is no such box for this provider or processor. Choose another provider, or another box.',
    zh: '这个 box 没有适用于该 provider 或处理器的版本。请换一个 provider 或 box。',
  },
  'no-provider': {
    en: 'Vagrant found nothing to make machines with. Install VirtualBox, or choose a provider that is here.',
    zh: 'Vagrant 找不到可以创建机器的程序。请安装 VirtualBox，或选择本机已有的 provider。',
  },
  'virtualbox-module': {
    en: "VirtualBox's kernel module is not loaded. Run: sudo /sbin/vboxconfig",
    zh: 'VirtualBox 的内核模块没有加载。请运行：sudo /sbin/vboxconfig',
  },
  'virtualisation-busy': {
    en: 'Another program holds the virtualisation of the processor: KVM on Linux (sudo modprobe -r kvm_intel kvm_amd when no machine of it runs), Hyper-V on Windows.',
    zh: '处理器的虚拟化被其他程序占用：Linux 上是 KVM（没有 KVM 机器运行时：sudo modprobe -r kvm_intel kvm_amd），Windows 上是 Hyper-V。',
  },
  'virtualisation-off': { en: "Turn on VT-x or AMD-V in the firmware's settings.", zh: '请在固件设置中打开 VT-x 或 AMD-V。' },
  'wrong-architecture': {
    en: 'The box is for another processor. On a Mac with Apple silicon choose Parallels or VMware.',
    zh: '这个 box 适用于另一种处理器。在 Apple 芯片的 Mac 上请选择 Parallels 或 VMware。',
  },
  'host-only-range': {
    en: 'The addresses are outside of what VirtualBox allows for host-only networks. Add their range to /etc/vbox/networks.conf, as "* 192.168.56.0/21".',
    zh: '这些地址超出了 VirtualBox 允许仅主机网络使用的范围。请把范围加入 /etc/vbox/networks.conf，例如 "* 192.168.56.0/21"。',
  },
  'host-only-adapter': {
    en: 'VirtualBox could not make its host-only adapter. On a Mac, allow its system extension under Privacy & Security, then restart; on Linux, run sudo /sbin/vboxconfig.',
    zh: 'VirtualBox 无法创建仅主机网卡。在 Mac 上，请在“隐私与安全性”中允许它的系统扩展并重启；在 Linux 上运行 sudo /sbin/vboxconfig。',
  },
  'network-collision': {
    en: 'The network of the machines is also that of a card of this computer. Change the addresses in the Vagrantfile, or leave that network.',
    zh: '机器的网段与本机某块网卡的网段相同。请修改 Vagrantfile 中的地址，或断开那个网络。',
  },
  'port-taken': {
    en: 'A port that should lead to the machine is in use on this computer. End the program that holds it, or change the port in the Vagrantfile.',
    zh: '要转发给机器的端口已被占用。请结束占用它的程序，或修改 Vagrantfile 中的端口。',
  },
  locked: {
    en: 'Another command of Vagrant works on these machines. Wait for its end, or end it.',
    zh: '另一个 Vagrant 命令正在操作这些机器。请等它结束，或终止它。',
  },
  'disk-full': {
    en: 'The disk is full. Free some space; vagrant box prune removes old boxes.',
    zh: '磁盘已满。请清理空间；vagrant box prune 会删除旧的 box。',
  },
  'no-memory': {
    en: 'There is not enough memory for this machine. Close something, or give it less in the Vagrantfile.',
    zh: '内存不足以启动这台机器。请关闭一些程序，或在 Vagrantfile 中减少它的内存。',
  },
  vagrantfile: { en: 'The Vagrantfile cannot be used as it stands; the message says where.', zh: 'Vagrantfile 有错误，无法使用；消息中指出了位置。' },
  'snapshot-unknown': { en: 'There is no such snapshot of this machine.', zh: '这台机器没有这个快照。' },
  'snapshot-there': { en: 'A snapshot of that name is there already. Choose another name.', zh: '已有同名快照。请换一个名字。' },
  'snapshots-unsupported': { en: 'This provider of Vagrant takes no snapshots.', zh: '这个 Vagrant provider 不支持快照。' },
  other: { en: "The last lines are Vagrant's own words.", zh: '最后几行是 Vagrant 自己的输出。' },
};
export const adviceWords = (trouble: Trouble, locale: Locale): string => ADVICE[trouble][locale];

const PHASES: Record<Phase, Readonly<Record<Locale, string>>> = {
  preparing: { en: 'preparing', zh: '准备' },
  box: { en: 'box', zh: '取 box' },
  network: { en: 'network', zh: '网络' },
  booting: { en: 'booting', zh: '启动' },
  waiting: { en: 'waiting for SSH', zh: '等待 SSH' },
  configuring: { en: 'configuring', zh: '配置' },
  provisioning: { en: 'provisioning', zh: '安装' },
  suspending: { en: 'suspending', zh: '挂起' },
  resuming: { en: 'resuming', zh: '恢复' },
  stopping: { en: 'shutting down', zh: '关机' },
  destroying: { en: 'destroying', zh: '销毁' },
  snapshot: { en: 'snapshot', zh: '快照' },
  done: { en: 'done', zh: '完成' },
};
export const phaseWords = (phase: Phase, locale: Locale): string => PHASES[phase][locale];
