/**
 * The open terminals of a lab. Each has its screen, which lives here and not in a component: tabs switch, panels close, and what was
 * on a screen stays. Bytes are taken from the core only as fast as the screen draws them.
 */
import { defineStore } from 'pinia';
import { computed, markRaw, ref, shallowReactive, watch as watchRef } from 'vue';
import type { Endpoint, TerminalInfo } from '../../shared/ipc/index.ts';
import type { Screen } from '../terminal/xterm.ts';
import { WireFailure } from '../../shared/ipc/index.ts';
import { follow, useCore } from '../core.ts';
import { translate } from '../locales/index.ts';
import { readMemory, writeMemory } from './memory.ts';
import { usePlace } from './place.ts';
import { usePreferences } from './preferences.ts';
import { useToasts } from './toasts.ts';

export interface Tab {
  readonly id: string;
  readonly info: TerminalInfo;
  readonly screen: Screen;
  /** The shell's exit status once it ended. */
  exit: number | undefined;
  /** Something was printed since it was last looked at. */
  hasNews: boolean;
  readonly close: AbortController;
}

/** Text is sent in pieces that the gate takes for certain. */
const PIECE = 64 * 1024;
/** Two tabs side by side are of use, a hundred are a mistake. */
const DEFAULT_SIZE = { columns: 100, rows: 16 };

export const useTerminals = defineStore('terminals', () => {
  const tabs = shallowReactive<Tab[]>([]);
  const activeId = ref<string>();
  const lab = ref<string>();
  const findOpen = ref(false);
  const copyOnSelect = ref(readMemory('copy-on-select') === true);
  const preferences = usePreferences();

  const active = computed(() => tabs.find((tab) => tab.id === activeId.value));

  watchRef(copyOnSelect, (value) => writeMemory('copy-on-select', value));
  watchRef(
    () => preferences.settings.terminalFontSize,
    (size) => tabs.forEach((tab) => tab.screen.setFontSize(size)),
  );
  watchRef(
    () => preferences.theme,
    () => tabs.forEach((tab) => tab.screen.refreshTheme()),
    { flush: 'post' },
  );

  /** Takes over a lab's terminals that are open already. */
  async function enter(id: string): Promise<void> {
    if (lab.value === id && tabs.length > 0) return;
    leave();
    lab.value = id;
    await adoptAll();
  }
  /** Shows every terminal of the lab that the core has. */
  async function adoptAll(): Promise<void> {
    const id = lab.value;
    if (id === undefined) return;
    for (const info of await useCore().call('terminals.list', { lab: id })) await adopt(info);
  }
  /** Lets go of the screens; the terminals themselves go on. */
  function leave(): void {
    for (const tab of tabs) forget(tab);
    tabs.splice(0);
    activeId.value = undefined;
    lab.value = undefined;
    findOpen.value = false;
  }

  async function open(target: { readonly node: string; readonly pod?: string }): Promise<Tab | undefined> {
    const id = lab.value;
    if (id === undefined) return undefined;
    const size = active.value?.screen.size ?? DEFAULT_SIZE;
    const info = await useCore().call('terminals.open', { lab: id, node: target.node, ...(target.pod === undefined ? {} : { pod: target.pod }), ...size });
    return adopt(info, { activate: true });
  }
  /** A shell of this very computer. */
  async function openLocal(): Promise<Tab | undefined> {
    const size = active.value?.screen.size ?? DEFAULT_SIZE;
    return adopt(await useCore().call('terminals.openLocal', size), { activate: true });
  }
  const openEndpoint = (endpoint: Endpoint): Promise<Tab | undefined> =>
    open(endpoint.kind === 'node' ? { node: endpoint.node } : { node: endpoint.node, pod: endpoint.id.slice(endpoint.node.length + 1) });

  /** Shows a terminal of the core in a tab; the tab it has, when it has one. */
  async function adopt(info: TerminalInfo, options: { readonly activate?: boolean } = {}): Promise<Tab> {
    const known = tabs.find((tab) => tab.id === info.terminal);
    if (known) {
      if (options.activate === true) activate(known.id);
      return known;
    }
    const { Screen } = await import('../terminal/xterm.ts');
    const again = tabs.find((tab) => tab.id === info.terminal);
    if (again) return again;
    const send = sender(info.terminal);
    const screen = new Screen({
      fontSize: preferences.settings.terminalFontSize,
      onInput: send,
      onResize: resizer(info.terminal),
      onFind: () => (findOpen.value = true),
      onSelect: (text) => {
        if (copyOnSelect.value) void navigator.clipboard.writeText(text);
      },
    });
    const tab: Tab = shallowReactive({ id: info.terminal, info, screen: markRaw(screen), exit: undefined, hasNews: false, close: new AbortController() });
    tabs.push(tab);
    if (options.activate === true || activeId.value === undefined) activate(tab.id);
    pump(tab);
    return tab;
  }

  function pump(tab: Tab): void {
    follow(
      'terminals.output',
      () => ({ terminal: tab.id }),
      async (chunk) => {
        if (chunk instanceof Uint8Array) {
          if (tab.id !== activeId.value) tab.hasNews = true;
          await tab.screen.write(chunk);
        } else {
          tab.exit = chunk.exit;
          await tab.screen.write(`\r\n\x1b[2m${translate('terminal.ended', { status: chunk.exit })}\x1b[0m\r\n`);
        }
      },
      tab.close.signal,
      () => tab.screen.reset(), // the core begins with what is on the screen
    ).catch((error: unknown) => {
      if (error instanceof WireFailure && error.code === 'not-found') tab.exit ??= 0;
      else useToasts().fail(error);
    });
  }

  function activate(id: string): void {
    activeId.value = id;
    const tab = tabs.find((one) => one.id === id);
    if (tab) tab.hasNews = false;
    usePlace().setPanels({ terminals: true });
  }
  async function close(id: string): Promise<void> {
    const index = tabs.findIndex((tab) => tab.id === id);
    const tab = tabs[index];
    if (!tab) return;
    tabs.splice(index, 1);
    forget(tab);
    if (activeId.value === id) activeId.value = (tabs[index] ?? tabs[index - 1])?.id;
    if (tab.exit === undefined) await useToasts().attempt(() => useCore().call('terminals.close', { terminal: id }));
  }
  function forget(tab: Tab): void {
    tab.close.abort();
    tab.screen.dispose();
  }

  /** Types command lines into a terminal of a node, in the tab of it that was used last or in a new one. */
  async function run(node: string, commands: string): Promise<void> {
    const open_ = (active.value && isShellOf(active.value, node) ? active.value : undefined) ?? tabs.findLast((tab) => isShellOf(tab, node));
    const tab = open_ ?? (await open({ node }));
    if (!tab) return;
    activate(tab.id);
    const text = commands.replace(/\n+$/, '').replaceAll('\n', '\r') + '\r';
    await useCore().call('terminals.input', { terminal: tab.id, data: text });
    tab.screen.focus();
  }
  const isShellOf = (tab: Tab, node: string): boolean => tab.exit === undefined && tab.info.node === node && tab.info.pod === undefined;

  return { lab, tabs, active, activeId, findOpen, copyOnSelect, enter, leave, open, openLocal, openEndpoint, adopt, adoptAll, activate, close, run };
});

/** Sends what is typed in order, joining what comes while a piece is under way. */
function sender(terminal: string): (text: string) => void {
  let waiting = '';
  let isBusy = false;
  const drain = async (): Promise<void> => {
    isBusy = true;
    try {
      while (waiting !== '') {
        const data = waiting.slice(0, PIECE);
        waiting = waiting.slice(PIECE);
        await useCore().call('terminals.input', { terminal, data });
      }
    } catch (error) {
      waiting = '';
      if (!(error instanceof WireFailure) || (error.code !== 'connection-lost' && error.code !== 'not-found')) useToasts().fail(error);
    } finally {
      isBusy = false;
    }
  };
  return (text) => {
    waiting += text;
    if (!isBusy) void drain();
  };
}

/** Tells the core the latest size, one call at a time. */
function resizer(terminal: string): (columns: number, rows: number) => void {
  let next: { columns: number; rows: number } | undefined;
  let isBusy = false;
  const drain = async (): Promise<void> => {
    isBusy = true;
    while (next) {
      const size = next;
      next = undefined;
      await useCore()
        .call('terminals.resize', { terminal, ...size })
        .catch(() => undefined); // an ended terminal has no size
    }
    isBusy = false;
  };
  return (columns, rows) => {
    next = { columns, rows };
    if (!isBusy) void drain();
  };
}
