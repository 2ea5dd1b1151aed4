/**
 * Exports in a real browser: a headless Chromium shows flame graphs and, in speedscope's own pages (the npm package, which
 * works offline), speedscope's format and the JSON trace event format. Perfetto's user interface and its trace processor
 * cannot be had offline; what is checked of their format besides is in trace-event-rules.ts.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventSource } from '../../../src/recording/event-source.ts';
import { flameGraph } from '../../../src/recording/export/flame-graph.ts';
import { speedscope } from '../../../src/recording/export/speedscope.ts';
import { traceEvents } from '../../../src/recording/export/trace-events.ts';
import { Browser, findChromium, type Page } from './browser.ts';
import { capturedSource, demoSource } from './captured-source.ts';
import { calls, event, exported, hostileNames, sourceOf } from './recorded-events.ts';

const root = join(import.meta.dirname, '../../..');
const chromium = findChromium();
const mustRun = process.env.CI !== undefined && process.env.CI !== '';
if (chromium === undefined) {
  console.warn('SKIPPED: exports are not shown in a browser: no Chromium is installed (apt-get install chromium)');
}

it.runIf(mustRun)('finds a Chromium in CI', () => {
  expect(chromium).toBeDefined();
});

let browser: Browser;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ftui-exports-'));
  if (chromium !== undefined) browser = new Browser(chromium);
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

function saveFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function saveScreenshot(page: Page, name: string): Promise<void> {
  const image = await page.screenshot();
  expect(image.length).toBeGreaterThan(5000);
  if (process.env.FTUI_SCREENSHOTS !== '1') return;
  mkdirSync(join(root, 'docs/screenshots'), { recursive: true });
  writeFileSync(join(root, 'docs/screenshots', name), image);
}

describe.skipIf(chromium === undefined)('a flame graph', () => {
  const tree = calls(
    '0 1000 vfs_read\n  100 300 rw_verify_area\n    200 100 security_hook\n  500 400 ext4_read [ext4]',
  );

  async function show(source: EventSource, runsScripts = true, title = 'open.dat'): Promise<Page> {
    const path = saveFile('flames.svg', exported(flameGraph, source, { title }).text);
    return browser.openPage(`file://${path}`, { width: 1000, height: 560 }, runsScripts);
  }

  /** Names and widths in pixels of what is visible. */
  const shown = (page: Page) =>
    page.evaluate<Record<string, number>>(`Object.fromEntries([...document.querySelectorAll('.f')]
      .filter((frame) => frame.style.display !== 'none')
      .map((frame) => [frame.querySelector('title').textContent.split('\\n')[0],
        Math.round(frame.width.baseVal.value)]))`);
  const middleOf = (page: Page, name: string) =>
    page.evaluate<{ x: number; y: number }>(`(() => { const frame = [...document.querySelectorAll('.f')]
      .find((one) => one.querySelector('title').textContent.startsWith(${JSON.stringify(name)}));
      const { x, y, width, height } = frame.querySelector('rect').getBoundingClientRect();
      return { x: x + width * 0.8, y: y + height / 2 }; })()`);
  const matched = (page: Page) => page.evaluate<string>(`document.querySelector('output').textContent`);

  it('renders without errors, as wide as the window', async () => {
    const page = await show(sourceOf(tree));
    expect(page.errors).toEqual([]);
    expect(await page.evaluate('document.title')).toBe('open.dat: time in kernel functions');
    expect(await shown(page)).toEqual({
      all: 1000,
      bash: 1000,
      vfs_read: 1000,
      'ext4_read [ext4]': 400,
      rw_verify_area: 300,
      security_hook: 100,
    });
  });

  it('zooms at a click, and back', async () => {
    const page = await show(sourceOf(tree));
    const { x, y } = await middleOf(page, 'rw_verify_area');
    await page.click(x, y);
    const callers = { all: 1000, bash: 1000, vfs_read: 1000 };
    expect(await shown(page)).toEqual({ ...callers, rw_verify_area: 1000, security_hook: 333 });
    const reset = await page.evaluate<{ x: number; y: number }>(
      `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))([...document.querySelectorAll('button')].at(-1).getBoundingClientRect())`,
    );
    await page.click(reset.x, reset.y);
    expect((await shown(page))['ext4_read [ext4]']).toBe(400);
    expect(page.errors).toEqual([]);
  });

  it('searches with Ctrl-F and an expression, and says what share matches', async () => {
    const page = await show(sourceOf(tree));
    await page.press('f', 2);
    await page.type('ext4|^rw_');
    expect(await matched(page)).toBe('70.0 % matched, 2 names');
    expect(await page.evaluate(`document.querySelectorAll('.hit').length`)).toBe(2);
    await page.type('|security');
    expect(await matched(page)).toBe('70.0 % matched, 3 names');
    await page.type('|(');
    expect(await matched(page)).toBe('no regular expression');
    await page.press('Escape');
    expect(await matched(page)).toBe('');
    expect(page.errors).toEqual([]);
  });

  it('can be walked with the keys', async () => {
    const page = await show(sourceOf(tree));
    await page.evaluate(`document.querySelector('.f').focus()`);
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await page.press(key);
    expect((await shown(page))['ext4_read [ext4]']).toBe(1000);
    expect(await page.evaluate(`document.querySelector('.hover').textContent`)).toMatch(/^ext4_read \[ext4\] +400 ns/);
    await page.press('Escape');
    expect((await shown(page))['ext4_read [ext4]']).toBe(400);
  });

  it('lets its text be selected without zooming', async () => {
    const page = await show(sourceOf(tree));
    const { y } = await middleOf(page, 'ext4_read');
    await page.mouse('mousePressed', 5, y);
    for (const x of [30, 60, 90]) await page.mouse('mouseMoved', x, y);
    await page.mouse('mouseReleased', 90, y);
    expect(await page.evaluate('getSelection().toString()')).toMatch(/^ext4_read/);
    expect((await shown(page)).rw_verify_area).toBe(300);
  });

  it('is readable where no program runs', async () => {
    const page = await show(sourceOf(tree), false);
    expect(await page.evaluate(`document.querySelectorAll('input, button').length`)).toBe(0);
    const texts = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.f > text')].map((one) => one.textContent)`,
    );
    expect(texts).toEqual(['all', 'bash', 'vfs_read', 'ext4_read [ext4]', 'rw_verify_area', 'security_hook']);
    expect((await shown(page)).rw_verify_area).toBe(360);
  });

  it('takes hostile names for nothing but names', async () => {
    const items = hostileNames.map((name, index) =>
      event({ time: index, pid: 50 + index, comm: name, stack: { kind: 'user', frames: [name, 'outer'] } }),
    );
    const page = await show(sourceOf(items), true, hostileNames.join(' '));
    expect(page.errors).toEqual([]);
    expect(await page.evaluate(`document.querySelectorAll('script, x').length`)).toBe(1);
    expect(await page.evaluate(`document.querySelectorAll('.f').length`)).toBe(1 + 3 * hostileNames.length);
    expect(Object.keys(await shown(page))).toContain('</script><script>alert(1)</script>');
  });

  it('shows what a real kernel did', async () => {
    const page = await show(demoSource(), true, 'graph do_sys_open -- ls /');
    expect(page.errors).toEqual([]);
    await page.press('/');
    await page.type('walk|lookup');
    expect(await matched(page)).toMatch(/^\d.* % matched, [1-9]/);
    await saveScreenshot(page, 'flamegraph.png');
  });
});

const viewer = join(root, 'node_modules/speedscope/dist/release/index.html');
const hasViewer = existsSync(viewer);
if (!hasViewer)
  console.warn('SKIPPED: no viewer reads the exports: the development dependency speedscope is not installed');

describe.skipIf(chromium === undefined || !hasViewer)('a viewer', () => {
  /** speedscope's page takes a profile from a script, as its own command line hands it over. */
  async function view(name: string, text: string): Promise<Page> {
    const content = Buffer.from(text).toString('base64');
    const script = saveFile('profile.js', `speedscope.loadFileFromBase64(${JSON.stringify(name)}, "${content}")`);
    const page = await browser.openPage(`file://${viewer}#localProfilePath=${script}`);
    for (let round = 0; round < 100; round += 1) {
      if (page.warnings.length + page.errors.length > 0) break;
      if ((await page.evaluate<string>('document.body.innerText')).includes('Time Order')) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // What it draws comes some frames behind its text.
    await new Promise((resolve) => setTimeout(resolve, 500));
    return page;
  }
  /** Frames that it had to put right. */
  const repairs = (page: Page) => page.warnings.filter((text) => /Doing nothing|still open|out of order/i.test(text));

  it('reads the trace event format', async () => {
    const page = await view('trace.json', exported(traceEvents, demoSource()).text);
    expect([page.errors, repairs(page)]).toEqual([[], []]);
    expect(await page.evaluate('document.body.innerText')).toContain('Time Order');
    await saveScreenshot(page, 'perfetto.png');
  });

  it('finds scheduling tracks sound to the nanosecond', async () => {
    const page = await view('trace.json', exported(traceEvents, capturedSource('7.2-events')).text);
    expect([page.errors, repairs(page)]).toEqual([[], []]);
    expect(await page.evaluate('document.body.innerText')).toContain('Time Order');
  });

  it('reads speedscope’s own format', async () => {
    const page = await view('x.speedscope.json', exported(speedscope, capturedSource('7.2-graph')).text);
    expect([page.errors, page.warnings]).toEqual([[], []]);
    expect(await page.evaluate('document.body.innerText')).toMatch(/bash-\d+/);
  });
});
