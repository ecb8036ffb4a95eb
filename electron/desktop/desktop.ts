/**
 * The desktop app as a list of set-ups: one instance, its scheme, what its pages may do, the gate, the window, the menu, the end. Electron is an
 * argument, so that all of it is tested without one.
 *
 * Invariant: only our own page, in the main frame of our own scheme, ever reaches the core; nothing else is ever loaded into a window.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.ts';
import type { Places } from '../places.ts';
import { findFile, securityHeaders } from '../web/files.ts';
import type { ElectronApi, SenderEvent, WebContentsApi, WindowApi } from './api.ts';
import { isAllowedLink } from './links.ts';
import { localeOf, menuTemplate } from './menu.ts';
import { portChannel } from './port-channel.ts';
import { CONNECT, PORT } from './preload-channels.ts';
import { loadWindowState, saveWindowState } from './window-state.ts';

const SCHEME = 'app';
const ORIGIN = `${SCHEME}://podwalk`;
const PAGE = `${ORIGIN}/index.html`;
/** What our page may ask the system for: the clipboard, which terminals live by. */
const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'clipboard-read']);

export interface DesktopOptions {
  readonly electron: ElectronApi;
  readonly places: Places;
  readonly preload: string;
  readonly platform: NodeJS.Platform;
  readonly startApp: () => Promise<App>;
}

/** Resolves when the window is there; does nothing but hand over to it when another instance runs. */
export async function setupDesktop(options: DesktopOptions): Promise<void> {
  const { electron, places } = options;
  if (!electron.app.requestSingleInstanceLock()) return electron.app.quit();
  setupScheme(electron);
  setupLockdown(electron);
  await electron.app.whenReady();
  serveScheme(electron, places.renderer);
  setupPermissions(electron);
  const app = await options.startApp();
  setupMenu(options, app);
  setupGate(electron, app);
  setupEnd(electron, app);
  await setupWindows(options, app);
}

/** Before Electron is ready: our scheme behaves like https. */
function setupScheme({ protocol }: ElectronApi): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

function serveScheme({ protocol }: ElectronApi, renderer: string): void {
  const headers = securityHeaders();
  protocol.handle(SCHEME, async ({ url, method }) => {
    const { origin, host, pathname } = new URL(url);
    const file = (origin === ORIGIN || host === 'podwalk') && method === 'GET' ? await findFile(renderer, pathname) : undefined;
    if (!file) return new Response('', { status: 404, headers });
    return new Response(new Uint8Array(await readFile(file.path)), { status: 200, headers: { ...headers, 'Content-Type': file.type } });
  });
}

/** No page leaves our own, opens a window or holds another. */
function setupLockdown({ app, shell }: ElectronApi): void {
  app.on('web-contents-created', (_event, contents: WebContentsApi) => {
    const stayHere = (event: { preventDefault(): void; readonly url: string }): void => {
      if (!isOurPage(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', stayHere);
    contents.on('will-redirect', stayHere);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (isAllowedLink(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}

const isOurPage = (url: string): boolean => url === ORIGIN || url.startsWith(`${ORIGIN}/`);

function setupPermissions({ session }: ElectronApi): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(PERMISSIONS.has(permission) && requestingUrl !== undefined && isOurPage(requestingUrl)),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission, origin) => PERMISSIONS.has(permission) && isOurPage(origin));
}

/** The gate: a window asks for a port to the core, and gets one when it is ours. */
function setupGate({ ipcMain, MessageChannelMain }: ElectronApi, app: App): void {
  ipcMain.on(CONNECT, (event: SenderEvent) => {
    const { sender, senderFrame } = event;
    if (senderFrame === null || senderFrame !== sender.mainFrame || !isOurPage(senderFrame.url)) {
      app.log.warn(`a frame that is not ours asked for the core: ${senderFrame?.url ?? 'it is gone'}`);
      return;
    }
    const { port1, port2 } = new MessageChannelMain();
    app.connect(portChannel(port1));
    sender.postMessage(PORT, null, [port2 as never]);
  });
}

function setupMenu({ electron, platform }: DesktopOptions, app: App): void {
  const openLink = (url: string): void => {
    if (isAllowedLink(url)) void electron.shell.openExternal(url);
  };
  const show = (): void => {
    const locale = localeOf(app.settings.get().locale, electron.app.getLocale());
    electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(menuTemplate(locale, platform, openLink)) as never);
  };
  show();
  app.settings.onChange(show);
}

/** Quitting waits until labs are down and tapes are whole. */
function setupEnd({ app: electronApp }: ElectronApi, app: App): void {
  let isClosing = false;
  electronApp.on('before-quit', (event) => {
    event.preventDefault();
    if (isClosing) return;
    isClosing = true;
    app.close().then(
      () => electronApp.exit(0),
      (error: unknown) => {
        app.log.error(error, 'closing');
        electronApp.exit(1);
      },
    );
  });
}

async function setupWindows(options: DesktopOptions, app: App): Promise<void> {
  const { electron, platform } = options;
  let window = await openWindow(options, app);
  electron.app.on('second-instance', () => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  electron.app.on('activate', () => {
    if (!window.isDestroyed()) return window.show();
    void openWindow(options, app).then((next) => (window = next));
  });
  electron.app.on('window-all-closed', () => {
    if (platform !== 'darwin') electron.app.quit();
  });
}

async function openWindow({ electron, places, preload }: DesktopOptions, app: App): Promise<WindowApi> {
  const { isMaximized, ...bounds } = await loadWindowState(
    places.home,
    electron.screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new electron.BrowserWindow({
    ...bounds,
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Podwalk',
    backgroundColor: '#14171f',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (isMaximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    saveWindowState(places.home, { ...window.getNormalBounds(), isMaximized: window.isMaximized() }).catch((error: unknown) =>
      app.log.error(error, 'window.json'),
    );
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    app.log.warn(`the window's process is gone: ${reason}`);
    // Labs and terminals live in the core: the window finds them again.
    if (reason !== 'clean-exit') window.webContents.reload();
  });
  await window.loadURL(PAGE);
  return window;
}

/** Beside main.js, which is in out/main. */
export const preloadBeside = (mainFolder: string): string => join(mainFolder, '../preload/preload.cjs');
