import { createHash } from 'node:crypto';
import type { RenderOptions, ResultFormat, ScanResult } from '../../scan/result.ts';
import { findingsSection, mostFindings, suppressedSection } from './findings.ts';
import { html as write, type Markup } from './markup.ts';
import { changesSection, verdictSection } from './verdict.ts';
import { faultsSection, scannedSection } from './scanned.ts';
import { style } from './style.ts';

/** One page for people that needs nothing else: no script, no outside file. Verdict first, then what was not seen, raw facts last. */
export const html: ResultFormat = {
  id: 'html',
  version: 3,
  summary: 'One page for people: verdict and reason, faults, what to change, findings.',
  render: (result, options) => pageOf(result, options).markup,
  remark({ target, findings }) {
    return findings.length <= mostFindings
      ? undefined
      : `The page of ${target} shows the worst ${mostFindings} of ${findings.length} findings; the JSON result holds all.`;
  },
};

/** The policy of the page lets nothing in but its own style, named by its hash. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

function pageOf(result: ScanResult, { now }: RenderOptions): Markup {
  return write`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title(result)}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
<h1>${result.target}</h1>
${verdictSection(result)}
${faultsSection(result)}
${changesSection(result)}
${findingsSection(result)}
${suppressedSection(result)}
${scannedSection(result, now)}
</main>
</body>
</html>
`;
}

function title({ verdict, target }: ScanResult): string {
  const word = { pass: 'Pass', fail: 'Fail', 'cannot-judge': 'Cannot judge' }[verdict.kind];
  return `${word}: ${target}`;
}
