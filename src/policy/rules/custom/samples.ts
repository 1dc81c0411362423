import type { ExpressionVariables } from '#rules/index.ts';
import type { ExpressionOf } from '../../expressions.ts';
import type { PolicyFinding, PolicyImage } from '../../facts.ts';
import { findingVariable, imageVariable } from './variables.ts';

const now = new Date('2026-01-31T00:00:00Z');

const finding: PolicyFinding = {
  id: 'CVE-2026-0001',
  aliases: ['GHSA-xxxx-xxxx-xxxx'],
  severity: 'high',
  score: 7.5,
  epss: { score: 0.5, percentile: 0.9 },
  kev: { added: '2026-01-01', ransomware: true },
  package: 'example',
  type: 'deb',
  purl: 'pkg:deb/debian/example@1.0',
  installed: '1.0',
  fixed: '1.1',
  status: 'fixed',
  layer: 0,
  path: 'usr/lib/example',
  published: '2026-01-01T00:00:00Z',
  matchedBy: { advisory: 'DSA-1-1', scheme: 'deb' },
};

const image: PolicyImage = {
  labels: { team: 'example' },
  distribution: { id: 'debian', version: '13' },
  created: '2026-01-01T00:00:00Z',
  packages: [{ type: 'deb', name: 'example', version: '1.0', purl: 'pkg:deb/debian/example@1.0', layer: 0 }],
};

const place = {
  images: ['registry.example/team/app:1'],
  labels: {},
  environment: 'prod',
  host: 'web-1',
  application: 'shop',
};

/** Everything known, to try an expression on before it is saved. */
export function samples(on: ExpressionOf['on']): readonly ExpressionVariables[] {
  const known = imageVariable(image, { where: [place], now });
  return on === 'image' ? [{ image: known }] : [{ image: known, finding: findingVariable(finding, now) }];
}

/** Names of the fields that an expression may ask for. */
export const fields: Readonly<Record<'finding' | 'image', ReadonlySet<string>>> = {
  finding: new Set(findingVariable(finding, now).keys()),
  image: new Set(imageVariable(image, { where: [place], now }).keys()),
};
