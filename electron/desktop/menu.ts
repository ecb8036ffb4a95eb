/** The menu, in the user's language. Edit's roles are what makes copy and paste work on macOS. */
import type { MenuItemConstructorOptions } from 'electron';
import type { Locale, Settings } from '../../shared/ipc/index.ts';

const WORDS = {
  en: {
    file: 'File',
    quit: 'Quit Podwalk',
    close: 'Close Window',
    edit: 'Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select All',
    view: 'View',
    zoomIn: 'Zoom In',
    zoomOut: 'Zoom Out',
    resetZoom: 'Actual Size',
    fullScreen: 'Full Screen',
    reload: 'Reload',
    help: 'Help',
    kubernetes: 'Kubernetes: Cluster Networking',
    cni: 'The CNI Specification',
  },
  zh: {
    file: '文件',
    quit: '退出 Podwalk',
    close: '关闭窗口',
    edit: '编辑',
    undo: '撤销',
    redo: '重做',
    cut: '剪切',
    copy: '复制',
    paste: '粘贴',
    selectAll: '全选',
    view: '视图',
    zoomIn: '放大',
    zoomOut: '缩小',
    resetZoom: '实际大小',
    fullScreen: '全屏',
    reload: '重新载入',
    help: '帮助',
    kubernetes: 'Kubernetes：集群网络',
    cni: 'CNI 规范',
  },
} as const satisfies Record<Locale, Record<string, string>>;

/** `system`: what the system is set to. */
export const localeOf = (chosen: Settings['locale'], system: string): Locale =>
  chosen === 'system' ? (system.toLowerCase().startsWith('zh') ? 'zh' : 'en') : chosen;

export function menuTemplate(locale: Locale, platform: NodeJS.Platform, openLink: (url: string) => void): MenuItemConstructorOptions[] {
  const words = WORDS[locale];
  const isMac = platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    ...(isMac ? [{ role: 'appMenu' as const, label: 'Podwalk' }] : []),
    { label: words.file, submenu: [isMac ? { role: 'close', label: words.close } : { role: 'quit', label: words.quit }] },
    {
      label: words.edit,
      submenu: [
        { role: 'undo', label: words.undo },
        { role: 'redo', label: words.redo },
        separator,
        { role: 'cut', label: words.cut },
        { role: 'copy', label: words.copy },
        { role: 'paste', label: words.paste },
        { role: 'selectAll', label: words.selectAll },
      ],
    },
    {
      label: words.view,
      submenu: [
        // No accelerator: Ctrl+R is the shell's.
        { label: words.reload, role: 'reload', accelerator: '' },
        separator,
        { role: 'resetZoom', label: words.resetZoom },
        { role: 'zoomIn', label: words.zoomIn },
        { role: 'zoomOut', label: words.zoomOut },
        separator,
        { role: 'togglefullscreen', label: words.fullScreen },
      ],
    },
    {
      label: words.help,
      role: 'help',
      submenu: [
        { label: words.kubernetes, click: () => openLink('https://kubernetes.io/docs/concepts/cluster-administration/networking/') },
        { label: words.cni, click: () => openLink('https://www.cni.dev/docs/spec/') },
      ],
    },
  ];
}
