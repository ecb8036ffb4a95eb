/**
 * One terminal screen: xterm.js with its addons, in an element of its own that can be put into the page and taken out again without
 * losing anything. Authority: https://xtermjs.org/docs/.
 * Invariant: `write` resolves only when the bytes were drawn into the buffer, so whoever waits for it takes no more than is shown.
 */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon, type ISearchOptions } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal, type ITheme } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

const SCROLLBACK_LINES = 10_000;

export interface ScreenOptions {
  readonly fontSize: number;
  /** Without it the screen only shows: no cursor blinks, no key is taken. */
  readonly onInput?: (text: string) => void;
  readonly onResize?: (columns: number, rows: number) => void;
  readonly onFind?: () => void;
  readonly onSelect?: (text: string) => void;
}

export interface Found {
  /** 0-based, -1 when none is current. */
  readonly index: number;
  readonly count: number;
}

export class Screen {
  readonly element = document.createElement('div');
  private readonly terminal: Terminal;
  private readonly fitAddon = new FitAddon();
  private readonly search = new SearchAddon();
  private webgl: WebglAddon | undefined;
  private isOpened = false;
  private readonly isFixed: boolean;

  /** With `size` the screen keeps it, as a recording's does; otherwise it follows its element. */
  constructor(
    private readonly options: ScreenOptions,
    size?: { readonly columns: number; readonly rows: number },
  ) {
    this.element.className = 'screen';
    this.isFixed = size !== undefined;
    this.terminal = new Terminal({
      allowProposedApi: true, // unicode versions and search decorations are behind it
      cols: size?.columns ?? 80,
      rows: size?.rows ?? 24,
      cursorBlink: options.onInput !== undefined,
      cursorInactiveStyle: 'outline',
      disableStdin: options.onInput === undefined,
      fontFamily: cssVariable('--mono'),
      fontSize: options.fontSize,
      fontWeight: 400,
      fontWeightBold: 700,
      lineHeight: 1.22,
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      rightClickSelectsWord: false,
      scrollback: SCROLLBACK_LINES,
      smoothScrollDuration: 0,
      theme: themeOfPage(),
    });
    this.terminal.loadAddon(this.fitAddon);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.loadAddon(new WebLinksAddon((_event, uri) => window.open(uri, '_blank', 'noopener')));
    this.terminal.unicode.activeVersion = '11';
    this.terminal.attachCustomKeyEventHandler((event) => this.onKey(event));
    if (options.onInput) {
      this.terminal.onData(options.onInput);
      this.terminal.onBinary(options.onInput);
    }
    if (options.onResize) this.terminal.onResize(({ cols, rows }) => options.onResize?.(cols, rows));
    this.terminal.onSelectionChange(() => {
      if (this.terminal.hasSelection()) options.onSelect?.(this.terminal.getSelection());
    });
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.terminal.cols, rows: this.terminal.rows };
  }
  get selection(): string {
    return this.terminal.getSelection();
  }

  /** Puts the screen into the page. */
  attach(parent: HTMLElement): void {
    parent.append(this.element);
    if (!this.isOpened) {
      this.terminal.open(this.element);
      this.isOpened = true;
    }
    if (hasFastWebgl()) this.useWebgl();
    this.fit();
  }
  /** Takes it out; what arrives meanwhile is kept. */
  detach(): void {
    this.webgl?.dispose(); // browsers allow about sixteen drawing contexts
    this.webgl = undefined;
    this.element.remove();
  }
  dispose(): void {
    this.detach();
    this.terminal.dispose();
  }

  write(data: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(data, resolve));
  }
  /** Takes over the size of its element. */
  fit(): void {
    if (this.isFixed || !this.element.isConnected || this.element.clientWidth < 20 || this.element.clientHeight < 20) return;
    this.fitAddon.fit();
  }
  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
  }
  reset(): void {
    this.terminal.reset();
  }
  clear(): void {
    this.terminal.clear();
  }
  focus(): void {
    this.terminal.focus();
  }
  /** As if pasted: with the program's bracketed paste, where it asked for it. */
  paste(text: string): void {
    this.terminal.paste(text);
  }
  selectAll(): void {
    this.terminal.selectAll();
  }
  setFontSize(size: number): void {
    this.terminal.options.fontSize = size;
    this.fit();
  }
  /** Reads the colours of the page again. */
  refreshTheme(): void {
    this.terminal.options.theme = themeOfPage();
  }

  find(
    text: string,
    direction: 'next' | 'previous',
    options: { readonly caseSensitive: boolean; readonly regex: boolean; readonly incremental?: boolean },
  ): void {
    const full: ISearchOptions = {
      ...options,
      decorations: {
        matchBackground: cssVariable('--warn-soft'),
        matchOverviewRuler: cssVariable('--warn'),
        activeMatchBackground: cssVariable('--packet-soft'),
        activeMatchBorder: cssVariable('--packet'),
        activeMatchColorOverviewRuler: cssVariable('--packet'),
      },
    };
    try {
      if (direction === 'next') this.search.findNext(text, full);
      else this.search.findPrevious(text, full);
    } catch {
      // half a regular expression
    }
  }
  endFind(): void {
    this.search.clearDecorations();
    this.terminal.clearSelection();
  }
  onFound(listener: (found: Found) => void): () => void {
    const subscription = this.search.onDidChangeResults(({ resultIndex, resultCount }) => listener({ index: resultIndex, count: resultCount }));
    return () => subscription.dispose();
  }
  /** What is on the screen, as text: for tests and for copying. */
  text(): string {
    const buffer = this.terminal.buffer.active;
    const lines: string[] = [];
    for (let y = 0; y < buffer.length; y++) lines.push(buffer.getLine(y)?.translateToString(true) ?? '');
    return lines.join('\n').trimEnd();
  }

  private onKey(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return true;
    switch (event.code) {
      case 'KeyC':
        event.preventDefault();
        if (this.terminal.hasSelection()) void navigator.clipboard.writeText(this.terminal.getSelection());
        return false;
      case 'KeyV':
        return false; // the browser's own paste then reaches the text area of xterm
      case 'KeyF':
        event.preventDefault();
        this.options.onFind?.();
        return false;
      default:
        return true;
    }
  }

  private useWebgl(): void {
    if (this.webgl) return;
    try {
      const webgl = new WebglAddon();
      webgl.onContextLoss(() => {
        webgl.dispose(); // xterm goes on with its DOM renderer
        if (this.webgl === webgl) this.webgl = undefined;
      });
      this.terminal.loadAddon(webgl);
      this.webgl = webgl;
    } catch {
      this.webgl = undefined;
    }
  }
}

let fastWebgl: boolean | undefined;
/** Whether the graphics card draws: a WebGL of software is slower than the DOM. */
function hasFastWebgl(): boolean {
  fastWebgl ??= drawsByHardware(document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true }));
  return fastWebgl;
}

function drawsByHardware(context: WebGL2RenderingContext | null): boolean {
  const info = context?.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = info && context?.getParameter(info.UNMASKED_RENDERER_WEBGL);
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof name === 'string' && !/swiftshader|llvmpipe|software|basic render/i.test(name);
}

const cssVariable = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function themeOfPage(): ITheme {
  const colour = (name: string): string => cssVariable(`--term-${name}`);
  return {
    background: colour('bg'),
    foreground: colour('fg'),
    cursor: colour('cursor'),
    cursorAccent: colour('bg'),
    selectionBackground: colour('selection'),
    black: colour('black'),
    red: colour('red'),
    green: colour('green'),
    yellow: colour('yellow'),
    blue: colour('blue'),
    magenta: colour('magenta'),
    cyan: colour('cyan'),
    white: colour('white'),
    brightBlack: colour('bright-black'),
    brightRed: colour('red'),
    brightGreen: colour('green'),
    brightYellow: colour('yellow'),
    brightBlue: colour('blue'),
    brightMagenta: colour('magenta'),
    brightCyan: colour('cyan'),
    brightWhite: colour('bright-white'),
  };
}
