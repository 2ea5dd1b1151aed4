/** A headless Chromium, driven over the pipes of --remote-debugging-pipe: JSON messages that end in a NUL. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Where Chromium is; undefined when it is not installed. */
export function findChromium(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].find(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0,
  );
}

type Message = { id?: number; method?: string; params?: unknown; result?: unknown; error?: { message: string } };

export class Browser {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners: ((message: Message) => void)[] = [];
  #messages = 0;
  #rest = '';

  constructor(program: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'ftui-chromium-'));
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-pipe'];
    this.#process = spawn(program, [...flags, `--user-data-dir=${this.#folder}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.#receive(text));
  }

  async openPage(url: string, size = { width: 1200, height: 700 }, runsScripts = true): Promise<Page> {
    const { targetId } = await this.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const attach = { targetId, flatten: true };
    const { sessionId } = await this.send<{ sessionId: string }>('Target.attachToTarget', attach);
    const page = new Page(this, sessionId);
    for (const domain of ['Page', 'Runtime', 'Log']) await page.send(`${domain}.enable`);
    await page.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
    await page.send('Emulation.setScriptExecutionDisabled', { value: !runsScripts });
    const loaded = page.next('Page.loadEventFired');
    await page.send('Page.navigate', { url });
    await loaded;
    return page;
  }

  send<T = unknown>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    this.#messages += 1;
    const id = this.#messages;
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result as T) : reject(new Error(`${method}: ${error.message}`)),
      );
    });
  }

  listen(listener: (message: Message & { sessionId?: string }) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(text: string): void {
    const parts = (this.#rest + text).split('\0');
    this.#rest = parts.pop()!;
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.id === undefined) for (const listener of this.#listeners) listener(message);
      else this.#waiting.get(message.id)?.(message);
    }
  }
}

export class Page {
  /** Errors and exceptions that the page logged. */
  readonly errors: string[] = [];
  /** Warnings of the page's own program. */
  readonly warnings: string[] = [];
  readonly #browser: Browser;
  readonly #session: string;

  constructor(browser: Browser, session: string) {
    this.#browser = browser;
    this.#session = session;
    browser.listen(({ sessionId, method, params }) => {
      if (sessionId === session) this.#note(method, params as LogParams);
    });
  }

  send<T = unknown>(method: string, params: object = {}): Promise<T> {
    return this.#browser.send<T>(method, params, this.#session);
  }

  next(method: string): Promise<void> {
    return new Promise((resolve) =>
      this.#browser.listen((message) => {
        if (message.sessionId === this.#session && message.method === method) resolve();
      }),
    );
  }

  /** What an expression in the page gives, as JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const params = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.send<Evaluated<T>>('Runtime.evaluate', params);
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? 'it failed');
    return result.value;
  }

  async mouse(type: 'mouseMoved' | 'mousePressed' | 'mouseReleased', x: number, y: number): Promise<void> {
    const isPressed = type !== 'mouseMoved';
    await this.send('Input.dispatchMouseEvent', {
      type,
      x,
      y,
      button: 'left',
      buttons: 1,
      clickCount: isPressed ? 1 : 0,
    });
  }

  async click(x: number, y: number): Promise<void> {
    await this.mouse('mousePressed', x, y);
    await this.mouse('mouseReleased', x, y);
  }

  /** `modifiers`: 2 is Ctrl. */
  async press(key: string, modifiers = 0): Promise<void> {
    const code = key.length === 1 ? key.toUpperCase().charCodeAt(0) : { Enter: 13, Escape: 27, ArrowDown: 40 }[key];
    const params = { key, modifiers, windowsVirtualKeyCode: code };
    await this.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...params });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...params });
  }

  async type(text: string): Promise<void> {
    await this.send('Input.insertText', { text });
  }

  async screenshot(): Promise<Buffer> {
    const { data } = await this.send<{ data: string }>('Page.captureScreenshot');
    return Buffer.from(data, 'base64');
  }

  #note(method: string | undefined, params: LogParams): void {
    if (method === 'Runtime.exceptionThrown') this.errors.push(JSON.stringify(params));
    if (method === 'Log.entryAdded' && params.entry!.level === 'error') this.errors.push(params.entry!.text);
    if (method !== 'Runtime.consoleAPICalled') return;
    const text = (params.args ?? []).map(({ value }) => String(value)).join(' ');
    if (params.type === 'error') this.errors.push(text);
    if (params.type === 'warning') this.warnings.push(text);
  }
}

interface LogParams {
  readonly type?: string;
  readonly args?: readonly { readonly value?: unknown }[];
  readonly entry?: { readonly level: string; readonly text: string };
}

interface Evaluated<T> {
  readonly result: { readonly value: T };
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
}
