import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, openBrowser, sideways, violationsOf } from '../../../../../test/journeys/browser.ts';
import type { ScanResult } from '../../scan/result.ts';
import { sampleFinding, sampleResult } from '../testing.ts';
import { html } from './index.ts';
import { mostFindings } from './findings.ts';

const options = { colour: false, columns: 100, now: new Date('2026-11-24T12:00:00Z') };

function render(change: Partial<ScanResult> = {}): string {
  return html.render(sampleResult(change), options);
}

describe('the page', () => {
  const verdict = sampleResult().verdict;

  test('has verdict and reason first, then faults, then what to change, then findings', () => {
    const page = render();
    const order = [
      '<h1>',
      '✕ Fail',
      verdict.reason,
      'Not seen in full',
      'What to change',
      'Findings: 1',
      'Not counted: 1',
    ];
    const places = order.map((text) => page.indexOf(text));
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(places).not.toContain(-1);
    expect(page).toContain('href="https://seawall.example/images/x"');
    expect(page).toContain('Debian:13 4 days old');
    expect(page).toContain(sampleResult().findings[1]?.suppressed?.reason);
  });

  test('unknown is said, and never looks like a pass', () => {
    const { database: _, ...rest } = sampleResult();
    const unjudged = { ...verdict, kind: 'cannot-judge', reason: 'Nothing was matched.', violations: [] } as const;
    const page = html.render({ ...rest, findings: [], upgrades: [], verdict: unjudged }, options);
    expect(page).toContain('? Cannot judge');
    expect(page).toMatch(/<div class="unknown"><p>Unknown/);
    expect(page).not.toContain('Findings: 0');
    expect(render({ feeds: [{ feed: 'x', ecosystem: 'npm' }] })).toMatch(/<strong>[^<]*\bunknown\b/);
    expect(render({ feeds: [{ feed: 'x', ecosystem: 'npm', asOf: '2026-11-01T00:00:00Z' }] })).toContain(
      'stale, 23 days old',
    );
  });

  test('tells broken rules that no upgrade mends, with their remedy', () => {
    const stale = { rule: 'stale-feed', effect: 'block', message: 'The feed is old.', remedy: 'Fetch it.' } as const;
    const page = render({ findings: [], upgrades: [], verdict: { ...verdict, violations: [stale] } });
    expect(page).toContain(`<li>${stale.message} <strong>${stale.remedy}</strong></li>`);
  });

  test('shows which content sets an image was built from', () => {
    expect(render()).not.toContain('Content sets');
    const contentSets = Array.from({ length: 22 }, (_, at) => `rhel-9-for-x86_64-set-${at}-rpms`);
    const { catalog } = sampleResult();
    const distribution = { id: 'rhel', like: [], name: 'Red Hat Enterprise Linux 9.2', contentSets };
    const page = render({ catalog: { ...catalog, distribution } });
    expect(page).toContain('rhel-9-for-x86_64-set-19-rpms and 2 more');
    expect(page).not.toContain('set-20-');
  });

  test('shows a risk just under a whole one as the pages do', () => {
    const page = render({ findings: [sampleFinding({ risk: { score: 70.99, points: {} } })] });
    expect(page).toContain('data-label="Risk">70<');
    expect(page).not.toContain('data-label="Risk">71<');
  });

  test('tells every fault once, by kind with its remedy, and how many more there are', () => {
    const { catalog } = sampleResult();
    const unsafe = Array.from({ length: 503 }, (_, at) => ({ code: 'unsafe-path', message: `Entry ${at}.` }));
    const unknown = { code: 'unknown-version', message: 'No version.', path: 'app/a.war!/b.jar', layer: 2 };
    const many = Array.from({ length: 60 }, (_, at) => ({ code: `new-${at}`, message: 'New.' }));
    const violations = [unknown, ...unsafe].map(({ code, message }) => ({
      rule: 'incomplete-scan' as const,
      effect: 'cannot-judge' as const,
      message,
      remedy: 'Mend it.',
      fault: { code },
    }));
    const page = render({
      catalog: { ...catalog, faults: [unknown, ...unsafe, ...many] },
      verdict: { ...verdict, violations },
    });
    expect(page).toMatch(/<h2>Not seen in full: 563 /);
    expect(page).toMatch(/<h2>Not judged: 1 /);
    expect(page).toMatch(/<code>unknown-version<\/code> <strong>Keep [^<]+<\/strong>/);
    expect(page).toContain('<li>No version. <code>app/a.war!/b.jar, layer 3</code></li>');
    expect([...page.matchAll(/… and (\d+)/g)].map((match) => Number(match[1]))).toEqual([3, 11]);
    expect(page.split('Entry 7.')).toHaveLength(2);
  });

  test('ranks packages by risk and tells those apart that look alike', () => {
    const { fixed: _, ...open } = sampleFinding({
      package: 'open',
      purl: 'pkg:deb/open',
      risk: { score: 90, points: {} },
    });
    const [first, second] = [sampleFinding({ path: 'a/x' }), sampleFinding({ layer: 3, path: 'b/x' })];
    const { catalog } = sampleResult();
    const page = render({
      findings: [open, first, second],
      catalog: { ...catalog, packages: [] },
      verdict: { ...verdict, violations: [] },
    });
    const changes = page.slice(page.indexOf('What to change'), page.indexOf('Findings:'));
    const order = ['>90<', 'KEV', 'open', 'no fix yet', '>61<', 'deb, layer 1, a/x', 'deb, layer 4, b/x'];
    const places = order.map((text) => changes.indexOf(text));
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(places).not.toContain(-1);
    expect(render()).not.toContain('deb, layer 1');
  });

  test('shows a finding that an exception keeps from counting, and says so', () => {
    const excepted = [{ finding: 'CVE-2026-24515', purl: sampleFinding().purl, exception: 'x' }];
    expect(render({ verdict: { ...verdict, excepted } })).toContain('>excepted<');
    expect(render()).not.toContain('>excepted<');
  });

  test('asks for nothing from outside and runs nothing', () => {
    const page = render();
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|form|base)\b|\bon\w+=|@import|url\(/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'sha256-`);
  });

  test('links to a console only', () => {
    expect(render({ judgedBy: { kind: 'console', page: 'javascript:alert(1)' } })).not.toContain('href');
  });

  test('shows the worst of very many, and says so', () => {
    const findings = Array.from({ length: mostFindings + 1 }, (_, index) => sampleFinding({ id: `CVE-${index}` }));
    const result = { ...sampleResult({ findings: [] }), findings };
    const page = html.render(result, options);
    expect(page).toContain(`The first ${mostFindings} of ${mostFindings + 1}`);
    expect([page.includes('>CVE-0 <'), page.includes(`>CVE-${mostFindings} <`)]).toEqual([true, false]);
    expect(html.remark?.(result)).toContain(`worst ${mostFindings} of ${mostFindings + 1}`);
    expect(html.remark?.(sampleResult())).toBeUndefined();
  });
});

describe('in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-page-'));
  const hostile = `"'><script>document.title='owned'</script><img src=x onerror="document.title='owned'">\u202e`;
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
    const finding = sampleFinding({ package: hostile, summary: hostile, installed: hostile, fixed: hostile });
    const long = sampleFinding({
      id: 'CVE-2',
      package: 'x'.repeat(500),
      purl: 'pkg:npm/long@1',
      summary: 'y'.repeat(2000),
    });
    const result = sampleResult({ target: hostile, findings: [finding, long] });
    writeFileSync(join(folder, 'hostile.html'), html.render(result, options));
    writeFileSync(join(folder, 'plain.html'), render());
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test.each(['plain', 'hostile'])(
    '%s: readable at 1280 and 390 pixels, light and dark, without a complaint',
    async (name) => {
      const { page } = browser;
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [1280, 390]) {
          await page.setViewportSize({ width, height: 800 });
          await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
          expect.soft(await sideways(page), `${colorScheme} ${width}`).toBe(0);
          expect.soft(await page.locator('.verdict strong').textContent()).toBe('✕ Fail');
          expect.soft(await page.title()).not.toBe('owned');
          expect.soft(await page.locator('script, img').count()).toBe(0);
        }
      }
      expect(browser.complaints()).toEqual([]);
    },
  );

  test('has no barrier that axe-core knows', async () => {
    const { page } = browser;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(pathToFileURL(join(folder, 'plain.html')).href);
      expect.soft(await violationsOf(page), colorScheme).toEqual([]);
    }
  });
});
