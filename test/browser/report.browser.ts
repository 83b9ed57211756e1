/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** The report in a real browser. Needs /usr/bin/chromium (or CHROMIUM); run by `npm run test:browser`, not by `npm test`. */
import { source as axe } from 'axe-core';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { gather } from '../../constructs/compliance/cli/gather';
import { compareDeployments } from '../../constructs/compliance/diff/compare';
import { RULES } from '../../constructs/compliance/registry';
import { reportOf } from '../../constructs/compliance/report/model';
import { page as render } from '../../constructs/compliance/report/page';
import { reportInput } from '../compliance/report-fixture';
import { edit, shipped, shippedCopy, templatePath } from '../shipped';

const folder = mkdtempSync(join(tmpdir(), 'tee-kit-browser-'));
/** Screenshots to look at; kept when the variable is set. */
const shots = process.env['TEE_KIT_SHOTS'] ?? join(folder, 'shots');
let browser: Browser;
const files: Record<'shipped' | 'change' | 'large' | 'hostile', string> = { shipped: '', change: '', large: '', hostile: '' };

const terminal = { out: () => undefined, err: () => undefined, progress: () => undefined };
const read = (path: string) => gather({ paths: [path], terminal, today: '2026-11-25' });

beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  const write = (name: keyof typeof files, text: string): void => {
    files[name] = join(folder, `${name}.html`);
    writeFileSync(files[name], text);
  };
  const before = read(shipped());
  const copy = shippedCopy();
  edit<{ Resources: Record<string, { Type: string; Properties: { KeyPolicy?: { Statement: { Effect: string; Sid?: string; Condition?: object }[] } } }> }>(templatePath(copy), ({ Resources }) => {
    for (const { Type, Properties: { KeyPolicy: policy } } of Object.values(Resources)) {
      if (Type === 'AWS::KMS::Key' && policy) policy.Statement = policy.Statement.filter(({ Effect }) => Effect !== 'Deny').map(({ Condition: _condition, ...rest }) => rest);
    }
  });
  const after = read(copy);
  const [old, young] = [reportOf(before), reportOf(after)];
  write('shipped', render(old));
  write('change', render(young, { ...compareDeployments(before.deployments, after.deployments, { rules: RULES }), before: old, after: young }));
  write('large', render(reportOf(reportInput(5000))));
  const evil = '</script><script>document.title="owned"</script><img src=x onerror="document.title=1">';
  const artifact = join(folder, 'evil.template.json');
  writeFileSync(artifact, JSON.stringify({ Resources: { [evil]: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: evil, SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }], Tags: [{ Key: 'phi-classification', Value: evil }] } } } }));
  write('hostile', render(reportOf(read(artifact))));
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened { readonly page: Page; readonly complaints: readonly string[]; readonly requests: readonly string[] }

async function open(file: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => { if (request.url() !== `file://${file}`) requests.push(request.url()); });
  await page.goto(`file://${file}`);
  return { page, complaints, requests };
}

const SECTIONS = ['verdict', 'keys', 'network', 'logs', 'measurements', 'findings', 'exemptions', 'citations', 'baa', 'resources', 'inputs'];

test.each([['shipped', SECTIONS], ['change', ['verdict', 'changes', 'before-after', ...SECTIONS.slice(1)]], ['hostile', SECTIONS]] as const)('%s: every section shows, nothing is loaded, nothing complains', async (name, sections) => {
  const { page, complaints, requests } = await open(files[name]);
  expect(await page.locator('main > section').evaluateAll((found) => found.map((section) => section.id))).toEqual(sections);
  for (const id of sections) {
    expect(await page.locator(`#${id} h2`).isVisible()).toBe(true);
    expect((await page.locator(`#${id}`).innerText()).length).toBeGreaterThan(20);
    if (id !== 'verdict') await page.locator(`nav a[href="#${id}"]`).click();
  }
  expect(await page.title()).not.toBe('owned');
  expect(complaints).toEqual([]);
  expect(requests).toEqual([]);
  await page.close();
});

test('the policy refuses what an injected page would do', async () => {
  const { page, complaints } = await open(files.shipped);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "owned"';
    document.body.append(script);
    document.body.insertAdjacentHTML('beforeend', '<img src="x.png" onerror="document.title=1"><p style="color:red">x</p>');
  });
  expect(await page.title()).not.toBe('owned');
  expect(complaints.filter((text) => text.includes('Content Security Policy')).length).toBeGreaterThan(2);
  await page.close();
});

test.each(['shipped', 'change', 'hostile'] as const)('%s: axe finds nothing serious, light, dark and narrow', async (name) => {
  for (const options of [{}, { colorScheme: 'dark' }, { viewport: { width: 390, height: 844 } }] as const) {
    const { page } = await open(files[name], { ...options, bypassCSP: true });
    await page.evaluate(() => { for (const details of document.querySelectorAll('details')) details.open = true; });
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const run = Reflect.get(window, 'axe') as { run(root: Document): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }> };
      const { violations } = await run.run(document);
      return violations.map(({ id, impact, nodes }) => ({ id, impact, at: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`) }));
    });
    expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await page.close();
  }
}, 120_000);

test('5,000 resources open in under 2 s, and the filter answers', async () => {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const start = performance.now();
    await page.goto(`file://${files.large}`, { waitUntil: 'load' });
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    times.push(performance.now() - start);
    if (round === 2) {
      await page.fill('#filter', 'resource4999');
      await page.waitForFunction(() => document.getElementById('told')?.textContent?.includes(' of '));
      expect(await page.locator('#findings .finding:visible').count()).toBeGreaterThan(0);
      expect(await page.locator('#findings .finding:visible').count()).toBeLessThan(20);
    }
    await page.close();
  }
  process.stderr.write(`5,000 resources: ${times.map((time) => `${Math.round(time)} ms`).join(', ')}\n`);
  expect(Math.min(...times)).toBeLessThan(2000);
}, 60_000);

test('by keyboard alone: skip link, sections, folds, resource JSON; focus is always seen', async () => {
  const { page } = await open(files.change);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip');
  expect(await page.locator('.skip').evaluate((link) => link.getBoundingClientRect().left >= 0)).toBe(true);
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  const seen = new Set<string>();
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      return element && element !== document.body ? { name: `${element.tagName} ${element.className}`, outline: getComputedStyle(element).outlineStyle } : null;
    });
    if (!focus) continue;
    expect(focus.outline).not.toBe('none');
    seen.add(focus.name);
  }
  expect([...seen].some((name) => name.startsWith('SUMMARY'))).toBe(true);
  const summary = page.locator('#findings .finding > summary').first();
  await summary.focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('#findings .finding').first().evaluate((one) => one.hasAttribute('open'))).toBe(true);
  const link = page.locator('#findings .finding a').first();
  const target = await link.getAttribute('href');
  await link.focus();
  await page.keyboard.press('Enter');
  // The browser opens the fold that it jumps to.
  if (target?.startsWith('#r')) await page.waitForFunction((id) => document.querySelector(id)?.closest('details')?.open, target);
  await page.close();
});

test('landmarks, one h1, headings without gaps, tables with scoped headers, a picture with words', async () => {
  const { page } = await open(files.shipped);
  const structure = await page.evaluate(() => ({
    landmarks: ['header', 'nav', 'main', 'footer'].map((name) => document.querySelectorAll(`.frame > ${name}`).length),
    h1: document.querySelectorAll('h1').length,
    levels: [...document.querySelectorAll('h1,h2,h3,h4')].map(({ tagName }) => Number(tagName[1])),
    bare: [...document.querySelectorAll('th')].filter((cell) => !cell.hasAttribute('scope')).length,
    tables: [...document.querySelectorAll('table')].filter((table) => !table.caption).length,
    pictures: [...document.querySelectorAll('svg')].map((svg) => svg.querySelector('desc')?.textContent ?? ''),
    ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
  }));
  expect(structure.landmarks).toEqual([1, 1, 1, 1]);
  expect([structure.h1, structure.bare, structure.tables]).toEqual([1, 0, 0]);
  structure.levels.forEach((level, index) => expect(level - (structure.levels[index - 1] ?? 0)).toBeLessThanOrEqual(1));
  expect(structure.pictures.length).toBe(3);
  for (const words of structure.pictures) expect(words).toMatch(/gateway to tee on 8443: allowed/);
  expect(new Set(structure.ids).size).toBe(structure.ids.length);
  await page.close();
});

test('printed: nothing is folded away, no navigation', async () => {
  const { page } = await open(files.change);
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('nav').isVisible()).toBe(false);
  expect(await page.locator('#findings .finding p').first().evaluate((list) => list.getBoundingClientRect().height)).toBeGreaterThan(10);
  const pdf = await page.pdf({ format: 'A4' });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  await page.close();
});

test('screenshots', async () => {
  for (const [name, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['narrow', { viewport: { width: 390, height: 844 } }]] as const) {
    for (const file of ['shipped', 'change'] as const) {
      const { page } = await open(files[file], options);
      await page.screenshot({ path: join(shots, `${file}-${name}.png`) });
      await page.close();
    }
  }
  const { page } = await open(files.change);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.screenshot({ path: join(shots, 'change-print.png') });
  await page.close();
});
