import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {afterAll, beforeAll, describe, expect, jest, test} from '@jest/globals';
import type {AxeResults} from 'axe-core';
import {chromium, type Browser, type Page} from 'playwright-core';
import {redRun} from '../../testing/recorded-run.ts';
import {formatPage} from './page.ts';

/** Chromium of the machine, by `CHROMIUM` or on the path; it comes with Debian's package of that name. */
const executable = [
  process.env['CHROMIUM'] ?? '',
  ...(process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap(folder => ['chromium', 'chromium-browser', 'google-chrome'].map(name => join(folder, name))),
].find(file => file !== '' && existsSync(file));

if (executable === undefined)
  console.warn('No Chromium on this machine: the page is not looked at in a browser. Next: apt-get install chromium');

/** What keeps Chromium from asking the network for anything of its own, and lets it run as root. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

jest.setTimeout(300_000); // a browser on a machine that is busy with other tests

const widths = [360, 768, 1440];
const schemes = ['light', 'dark'] as const;
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

(executable === undefined ? describe.skip : describe)('in Chromium', () => {
  let folder = '';
  let address = '';
  let browser: Browser;

  beforeAll(async () => {
    const {report, evidence} = await redRun();
    folder = mkdtempSync(join(tmpdir(), 'rac-page-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, formatPage(report, evidence, undefined));
    address = pathToFileURL(file).href;
    browser = await chromium.launch({executablePath: executable ?? '', args: flags});
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, {recursive: true});
  });

  /** The page in a window of its own; everything it asks for and every complaint is kept. */
  async function open(hash = '', options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage({viewport: {width: 1440, height: 900}, bypassCSP: true, ...options});
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', request => asked.push(request.url()));
    page.on('console', message => complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    await page.goto(address + hash);
    return {page, asked, complaints};
  }

  test('asks for nothing but itself, and complains of nothing under its own policy', async () => {
    const {page, asked, complaints} = await open('', {bypassCSP: false});
    expect(asked).toEqual([address]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each(widths.flatMap(width => schemes.map(colorScheme => ({width, colorScheme}))))(
    'has nothing that axe finds, and does not scroll sideways, with one of each sort open, at $width px, $colorScheme',
    async ({width, colorScheme}) => {
      const {page} = await open('', {viewport: {width, height: 900}, colorScheme});
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await page.evaluate(() => {
        const seen = new Set<string>();
        for (const details of document.querySelectorAll('details:not(.happenings)')) {
          const sort = `${details.className} ${details.id === '' ? details.textContent : ''}`;
          details.toggleAttribute('open', !seen.has(sort));
          seen.add(sort);
        }
      });
      await page.addScriptTag({path: axe});
      const results: AxeResults = await page.evaluate("axe.run({exclude: ['.drawing']})");
      expect(results.violations.map(({id, nodes}) => [id, nodes.length, nodes[0]?.html])).toEqual([]);
      await page.close();
    },
  );

  test('is read out in order: headings, landmarks, and each requirement with its verdict', async () => {
    const {page} = await open();
    const tree = await page.locator('body').ariaSnapshot();
    const headings = [...tree.matchAll(/- heading "([^"]+)" \[level=([12])\]/g)].map(([, name]) => name);
    expect(headings).toEqual([
      'Kubernetes v1.35.4',
      'Overview',
      'A restart on this cluster',
      'Requirements',
      'Scenarios',
      'Known deviations',
      'Faults that the requirements catch',
      'Environment',
      'How to read this report',
    ]);
    for (const landmark of [
      'banner',
      'navigation "Sections"',
      'main',
      'contentinfo',
      'search "Filter the requirements"',
    ])
      expect(tree).toContain(`- ${landmark}`);
    expect(tree).toMatch(/img "Timeline over \d+ s, [^:"]+: prepare ran [^"]*"/);
    expect(await summaryOf(page, 'IDN-2')).toMatch(/Failed.*IDN-2.*MUST.*The Pod keeps every IP address.*saw:/s);
    await page.close();
  });

  test('is used by keyboard: past the head, through the filter, into a requirement', async () => {
    const {page} = await open();
    const focused = () =>
      page.evaluate(() => {
        const {tagName = '', id = '', textContent = ''} = document.activeElement ?? {};
        return id === '' ? `${tagName} ${textContent}`.trim() : `${tagName} ${id}`;
      });
    const order: string[] = [];
    for (let step = 0; step < 9; step++) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order.slice(0, 2)).toEqual(['A Skip to the report', 'A Overview']);
    await page.focus('#filter-text');
    await page.keyboard.type('idn-1 uid');
    expect(await page.locator('#filter-result').textContent()).toMatch(/^1 of \d+ shown$/);
    const reached: string[] = [];
    while (!(reached.at(-1) ?? '').startsWith('SUMMARY') && reached.length < 15) {
      await page.keyboard.press('Tab');
      reached.push(await focused());
    }
    expect(reached.at(-1)).toContain('IDN-1');
    expect(await page.locator('#IDN-1').getAttribute('open')).toBeNull();
    await page.keyboard.press('Enter');
    expect(await page.locator('#IDN-1').getAttribute('open')).not.toBeNull();
    await page.close();
  });

  test('filters by verdict and by profile, and shows all again', async () => {
    const {page} = await open();
    const shown = () => page.locator('details.requirement:visible').count();
    const all = await shown();
    await page.uncheck('input[value="Passed"]');
    await page.uncheck('input[value="Skipped"]');
    expect(await page.locator('details.requirement.Passed:visible').count()).toBe(0);
    await page.selectOption('#filter-profile', 'api');
    expect(await page.locator('details.requirement:visible:not([data-profile="api"])').count()).toBe(0);
    expect(await page.locator('section.group:visible').count()).toBe(1);
    await page.click('button[type="reset"]');
    await page.waitForFunction(
      count => document.querySelectorAll('details.requirement:not([hidden])').length === count,
      all,
    );
    expect(await shown()).toBe(all);
    await page.close();
  });

  test('opens what a link leads to, also where the filter hides it', async () => {
    const {page} = await open('#IDN-1');
    expect(await page.locator('#IDN-1').getAttribute('open')).not.toBeNull();
    await page.fill('#filter-text', 'nothing has this in it');
    await page.evaluate(() => (location.hash = '#CND-2'));
    await page.waitForSelector('#CND-2[open]:not([hidden])');
    expect(await page.locator('#CND-2 > summary').evaluate(summary => summary === document.activeElement)).toBe(true);
    await page.close();
  });

  test('prints what is open, without the filter', async () => {
    const {page} = await open();
    await page.emulateMedia({media: 'print'});
    expect(await page.locator('#filter').isVisible()).toBe(false);
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('#IDN-2 .proof').first().isVisible()).toBe(true);
    expect((await page.pdf({format: 'A4'})).subarray(0, 5).toString()).toBe('%PDF-');
    await page.close();
  });
});

function summaryOf(page: Page, id: string): Promise<string | null> {
  return page.locator(`#${id} > summary`).textContent();
}
