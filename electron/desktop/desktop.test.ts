/**
 * Goal: the desktop app is set up safely and in order. Method: an Electron of the test's own that fits the same interface as the real one and
 * keeps what it was asked; then its events, as Electron would send them.
 */
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MenuItemConstructorOptions } from 'electron';
import { DEFAULTS } from '../settings.ts';
import { silentLog } from '../log.ts';
import type { App } from '../app.ts';
import type { Channel, Settings } from '../../shared/ipc/index.ts';
import type { ElectronApi, PortApi, Rectangle, WebContentsApi, WindowApi, WindowOptions } from './api.ts';
import { setupDesktop } from './desktop.ts';
import { isAllowedLink } from './links.ts';
import { loadWindowState, saveWindowState } from './window-state.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podwalk-desktop-'));
  mkdirSync(join(folder, 'renderer'));
  writeFileSync(join(folder, 'renderer/index.html'), 'window');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
});
afterAll(() => rmSync(folder, { recursive: true }));

class TestContents extends EventEmitter implements WebContentsApi {
  reloads = 0;
  openHandler: (details: { readonly url: string }) => { action: 'deny' } = () => ({ action: 'deny' });
  setWindowOpenHandler(handler: typeof this.openHandler): void {
    this.openHandler = handler;
  }
  reload(): void {
    this.reloads++;
  }
}
class TestWindow extends EventEmitter implements WindowApi {
  readonly webContents = new TestContents();
  readonly log: string[] = [];
  isMinimized = (): boolean => true;
  isMaximized = (): boolean => true;
  isDestroyed = (): boolean => false;
  getNormalBounds = (): Rectangle => ({ x: 10, y: 20, width: 1000, height: 700 });
  show = (): void => void this.log.push('show');
  focus = (): void => void this.log.push('focus');
  restore = (): void => void this.log.push('restore');
  maximize = (): void => void this.log.push('maximize');
  loadURL(url: string): Promise<void> {
    this.log.push(`load ${url}`);
    return Promise.resolve();
  }
}
class TestPort extends EventEmitter implements PortApi {
  readonly sent: unknown[] = [];
  start(): void {
    this.emit('started');
  }
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  close(): void {
    this.emit('close');
  }
}

function createElectron({ isFirst = true } = {}) {
  const seen = {
    order: [] as string[],
    windows: [] as { readonly options: WindowOptions; readonly window: TestWindow }[],
    opened: [] as string[],
    menus: [] as MenuItemConstructorOptions[][],
    schemes: [] as unknown[],
    serve: undefined as ((request: Request) => Promise<Response>) | undefined,
    askPermission: undefined as
      ((contents: unknown, permission: string, answer: (isGranted: boolean) => void, details: { readonly requestingUrl?: string }) => void) | undefined,
    checkPermission: undefined as ((contents: unknown, permission: string, origin: string) => boolean) | undefined,
  };
  const appEvents = new EventEmitter();
  const ipcMain = new EventEmitter();
  const electron: ElectronApi = {
    app: Object.assign(appEvents, {
      whenReady: () => (seen.order.push('ready'), Promise.resolve()),
      quit: () => void seen.order.push('quit'),
      exit: (status: number) => void seen.order.push(`exit ${status}`),
      getLocale: () => 'zh-CN',
      requestSingleInstanceLock: () => isFirst,
    }),
    protocol: {
      registerSchemesAsPrivileged: (schemes) => void (seen.order.push('schemes'), seen.schemes.push(...schemes)),
      handle: (_scheme, handler) => void (seen.serve = handler),
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (handler) => void (seen.askPermission = handler),
        setPermissionCheckHandler: (handler) => void (seen.checkPermission = handler),
      },
    },
    ipcMain,
    shell: { openExternal: (url) => (seen.opened.push(url), Promise.resolve()) },
    Menu: { buildFromTemplate: (template) => (seen.menus.push(template), template), setApplicationMenu: () => undefined },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    MessageChannelMain: class {
      readonly port1 = new TestPort();
      readonly port2 = new TestPort();
    },
    BrowserWindow: class extends TestWindow {
      constructor(options: WindowOptions) {
        super();
        seen.order.push('window');
        seen.windows.push({ options, window: this });
      }
    },
  };
  return { electron, appEvents, ipcMain, seen };
}

async function setup(options: { isFirst?: boolean; locale?: Settings['locale'] } = {}) {
  const fake = createElectron(options);
  const core = { channels: [] as Channel[], closed: 0, settingsListeners: [] as ((settings: Settings) => void)[] };
  const settings = { ...DEFAULTS, locale: options.locale ?? ('system' as const) };
  const app: App = {
    log: silentLog,
    settings: { get: () => settings, set: () => Promise.resolve(settings), onChange: (listener) => void core.settingsListeners.push(listener) },
    connect: (channel) => void core.channels.push(channel),
    close: () => (core.closed++, Promise.resolve()),
  };
  const places = { version: '1', root: '', resources: '', renderer: join(folder, 'renderer'), home: join(folder, `home-${Math.random()}`) };
  await setupDesktop({
    electron: fake.electron,
    places,
    preload: '/preload.cjs',
    platform: 'linux',
    startApp: () => (fake.seen.order.push('app'), Promise.resolve(app)),
  });
  return { ...fake, core, places, settings };
}
const contentsOf = (appEvents: EventEmitter): TestContents => {
  const contents = new TestContents();
  appEvents.emit('web-contents-created', {}, contents);
  return contents;
};
const labels = (menu: MenuItemConstructorOptions[] | undefined): string => (menu ?? []).map((item) => item.label).join(' ');

describe('set-up', () => {
  it('goes in order, and loads our own page with everything dangerous off', async () => {
    const { seen } = await setup();
    expect(seen.order).toEqual(['schemes', 'ready', 'app', 'window']);
    const { options, window } = seen.windows[0]!;
    expect(options.webPreferences).toEqual({
      preload: '/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    });
    expect(window.log).toEqual(['load app://podwalk/index.html']);
    window.emit('ready-to-show');
    expect(window.log.at(-1)).toBe('show');
  });
  it('leaves everything to an instance that runs, which then comes to the front', async () => {
    const second = await setup({ isFirst: false });
    expect(second.seen.order).toEqual(['quit']);
    const { appEvents, seen } = await setup();
    appEvents.emit('second-instance');
    expect(seen.windows[0]?.window.log.slice(-2)).toEqual(['restore', 'focus']);
  });
  it('speaks the language of the settings, else of the system', async () => {
    const { seen, settings, core } = await setup();
    expect(labels(seen.menus[0])).toBe('文件 编辑 视图 帮助');
    Object.assign(settings, { locale: 'en' });
    for (const listener of core.settingsListeners) listener(settings);
    expect(labels(seen.menus[1])).toBe('File Edit View Help');
  });
  it('quits only after the core is down', async () => {
    const { appEvents, seen, core } = await setup();
    appEvents.emit('window-all-closed');
    let prevented = 0;
    appEvents.emit('before-quit', { preventDefault: () => prevented++ });
    appEvents.emit('before-quit', { preventDefault: () => prevented++ });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([core.closed, prevented, seen.order.slice(-2)]).toEqual([1, 2, ['quit', 'exit 0']]);
  });
  it('finds its labs again after the page died', async () => {
    const { seen } = await setup();
    const { window } = seen.windows[0]!;
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(window.webContents.reloads).toBe(1);
  });
});

describe('lockdown', () => {
  const pages: [string, boolean][] = [
    ['app://podwalk/index.html', false],
    ['app://podwalk.evil/index.html', true],
    ['https://kubernetes.io/', true],
    ['file:///etc/passwd', true],
    ['javascript:alert(1)', true],
  ];
  it.each(pages)('going to %s is prevented: %s', async (url, isPrevented) => {
    const { appEvents } = await setup();
    let prevented = false;
    const event = { url, preventDefault: () => (prevented = true) };
    contentsOf(appEvents).emit('will-navigate', event);
    expect(prevented).toBe(isPrevented);
  });
  it('no window opens; an allowed link goes to the browser', async () => {
    const { appEvents, seen } = await setup();
    const contents = contentsOf(appEvents);
    const links = ['https://kubernetes.io/docs', 'https://evil.example/', 'http://kubernetes.io/', 'file:///etc/passwd'];
    expect(links.map((url) => contents.openHandler({ url }).action)).toEqual(['deny', 'deny', 'deny', 'deny']);
    expect(seen.opened).toEqual(['https://kubernetes.io/docs']);
    let prevented = false;
    contents.emit('will-attach-webview', { preventDefault: () => (prevented = true) });
    expect(prevented).toBe(true);
  });
  const links: [string, boolean][] = [
    ['https://www.cni.dev/docs', true],
    ['https://notkubernetes.io/', false],
    ['https://kubernetes.io.evil.example/', false],
    ['https://user@kubernetes.io/', false],
    ['https://kubernetes.io:8443/', false],
    ['kubernetes.io', false],
  ];
  it.each(links)('the link %s is allowed: %s', (url, isAllowed) => expect(isAllowedLink(url)).toBe(isAllowed));
  it('only our page gets a permission, and only the clipboard', async () => {
    const { seen } = await setup();
    const ask = (permission: string, requestingUrl?: string): boolean => {
      let answer = false;
      seen.askPermission?.({}, permission, (isGranted) => (answer = isGranted), requestingUrl === undefined ? {} : { requestingUrl });
      return answer;
    };
    expect([
      ask('clipboard-read', 'app://podwalk/index.html'),
      ask('clipboard-read', 'https://evil.example'),
      ask('clipboard-read'),
      ask('media', 'app://podwalk/index.html'),
    ]).toEqual([true, false, false, false]);
    expect([seen.checkPermission?.({}, 'clipboard-sanitized-write', 'app://podwalk/'), seen.checkPermission?.({}, 'geolocation', 'app://podwalk/')]).toEqual([
      true,
      false,
    ]);
  });
  it('its scheme serves the window under a strict policy, and nothing else', async () => {
    const { seen } = await setup();
    const get = async (url: string, method = 'GET'): Promise<[number, string]> => {
      const response = await seen.serve!(new Request(url, { method }));
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
      return [response.status, await response.text()];
    };
    expect(await get('app://podwalk/index.html')).toEqual([200, 'window']);
    expect(await get('app://podwalk/')).toEqual([200, 'window']);
    expect(await get('app://podwalk/%2e%2e/secret.txt')).toEqual([404, '']);
    expect(await get('app://other/index.html')).toEqual([404, '']);
    expect(await get('app://podwalk/index.html', 'POST')).toEqual([404, '']);
  });
});

describe('the gate', () => {
  const frames: [what: string, frame: { readonly url: string } | null, isMain: boolean, channels: number][] = [
    ['our own page', { url: 'app://podwalk/index.html' }, true, 1],
    ['a frame inside it', { url: 'app://podwalk/index.html' }, false, 0],
    ['another page', { url: 'https://evil.example/' }, true, 0],
    ['a page whose name begins like ours', { url: 'app://podwalk.evil/' }, true, 0],
    ['a frame that is gone', null, true, 0],
  ];
  it.each(frames)('%s gets to the core or not', async (_, senderFrame, isMain, channels) => {
    const { ipcMain, core } = await setup();
    const posted: unknown[] = [];
    ipcMain.emit('podwalk:connect', {
      senderFrame,
      sender: {
        mainFrame: isMain ? senderFrame : {},
        postMessage: (channel: string, _message: unknown, ports: unknown[]) => posted.push([channel, ports.length]),
      },
    });
    expect([core.channels.length, posted]).toEqual([channels, channels === 1 ? [['podwalk:port', 1]] : []]);
  });
  it('hands on a port that carries messages both ways and says once that it closed', async () => {
    const { ipcMain, core } = await setup();
    const frame = { url: 'app://podwalk/index.html' };
    ipcMain.emit('podwalk:connect', { senderFrame: frame, sender: { mainFrame: frame, postMessage: () => undefined } });
    const [channel] = core.channels;
    const events: unknown[] = [];
    channel?.onMessage((message) => events.push(message));
    channel?.onClose(() => events.push('closed'));
    channel?.close();
    channel?.close();
    expect(events).toEqual(['closed']);
  });
});

describe('the window', () => {
  const display = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  const places: [what: string, state: Rectangle, isKept: boolean][] = [
    ['on the screen', { x: 100, y: 100, width: 900, height: 700 }, true],
    ['on a screen that is gone', { x: 2500, y: 100, width: 900, height: 700 }, false],
    ['with its title above the screen', { x: 100, y: -400, width: 900, height: 700 }, false],
    ['all but outside', { x: 1900, y: 100, width: 900, height: 700 }, false],
  ];
  it.each(places)('%s', async (what, state, isKept) => {
    const home = join(folder, what);
    await saveWindowState(home, { ...state, isMaximized: true });
    expect(await loadWindowState(home, display)).toEqual(isKept ? { ...state, isMaximized: true } : { width: 900, height: 700, isMaximized: true });
  });
  it('is where it was', async () => {
    const { seen, places } = await setup();
    seen.windows[0]?.window.emit('close');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await loadWindowState(places.home, display)).toEqual({ x: 10, y: 20, width: 1000, height: 700, isMaximized: true });
  });
  it('with a damaged file is as new', async () => {
    writeFileSync(join(folder, 'window.json'), '{"x":"a"}');
    expect(await loadWindowState(folder, display)).toEqual({ width: 1440, height: 900, isMaximized: false });
  });
});
