/**
 * What the desktop set-up uses of Electron, so that it can be tested without one: the real module fits it (main.ts hands it over), and so
 * does the test's.
 */
import type { Event, Input, MenuItemConstructorOptions, WebPreferences } from 'electron';

export interface ElectronApi {
  readonly app: {
    whenReady(): Promise<void>;
    quit(): void;
    exit(status?: number): void;
    getLocale(): string;
    requestSingleInstanceLock(): boolean;
    on(event: 'second-instance' | 'activate' | 'window-all-closed', listener: () => void): unknown;
    on(event: 'before-quit', listener: (event: Event) => void): unknown;
    on(event: 'web-contents-created', listener: (event: Event, contents: WebContentsApi) => void): unknown;
  };
  readonly protocol: {
    registerSchemesAsPrivileged(schemes: { scheme: string; privileges: Record<string, boolean> }[]): void;
    handle(scheme: string, handler: (request: Request) => Promise<Response>): void;
  };
  readonly session: {
    readonly defaultSession: {
      setPermissionRequestHandler(
        handler: (contents: unknown, permission: string, answer: (isGranted: boolean) => void, details: { readonly requestingUrl?: string }) => void,
      ): void;
      setPermissionCheckHandler(handler: (contents: unknown, permission: string, origin: string) => boolean): void;
    };
  };
  readonly ipcMain: { on(channel: string, listener: (event: SenderEvent) => void): unknown };
  readonly shell: { openExternal(url: string): Promise<void> };
  readonly Menu: { buildFromTemplate(template: MenuItemConstructorOptions[]): unknown; setApplicationMenu(menu: never): void };
  readonly screen: { getAllDisplays(): readonly { readonly workArea: Rectangle }[] };
  readonly MessageChannelMain: new () => { readonly port1: PortApi; readonly port2: PortApi };
  readonly BrowserWindow: new (options: WindowOptions) => WindowApi;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface WindowOptions extends Partial<Rectangle> {
  readonly minWidth: number;
  readonly minHeight: number;
  readonly show: boolean;
  readonly title: string;
  readonly backgroundColor: string;
  readonly webPreferences: WebPreferences;
}
export interface WindowApi {
  readonly webContents: WebContentsApi;
  loadURL(url: string): Promise<void>;
  show(): void;
  focus(): void;
  restore(): void;
  isMinimized(): boolean;
  isMaximized(): boolean;
  maximize(): void;
  getNormalBounds(): Rectangle;
  isDestroyed(): boolean;
  once(event: 'ready-to-show', listener: () => void): unknown;
  on(event: 'resize' | 'move' | 'close' | 'closed', listener: () => void): unknown;
}
export interface WebContentsApi {
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: 'deny' }): void;
  on(event: 'will-navigate' | 'will-redirect', listener: (event: { preventDefault(): void; readonly url: string }) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: Event) => void): unknown;
  on(event: 'before-input-event', listener: (event: Event, input: Input) => void): unknown;
  on(event: 'render-process-gone', listener: (event: Event, details: { readonly reason: string }) => void): unknown;
  reload(): void;
}
export interface PortApi {
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}
export interface SenderEvent {
  readonly sender: { readonly mainFrame: unknown; postMessage(channel: string, message: unknown, transfer?: never[]): void };
  readonly senderFrame: { readonly url: string } | null;
}
