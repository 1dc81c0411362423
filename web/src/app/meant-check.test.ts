import { describe, expect, it } from 'vitest';
import type { ListedCheck } from '#compliance/contract.ts';
import { isMeant } from './meant-check.ts';

const check = (id: string, more: Partial<ListedCheck>): ListedCheck => ({
  id,
  subject: 'container',
  title: `${id} is well`,
  why: 'Because.',
  remedy: { docker: 'Change it.' },
  severity: 'medium',
  nist: [],
  cis: [],
  alsoKnownAs: [],
  version: 1,
  templates: [],
  ...more,
});

describe('a check is found', () => {
  const one = check('CTR-041', {
    title: 'No capability',
    cis: ['5.1'],
    nist: ['4.4.3'],
    alsoKnownAs: [
      { by: 'prisma', number: '51' },
      { by: 'docker-bench', number: '5.1' },
    ],
  });
  it.each([
    ['5.1', true],
    ['51', true],
    ['prisma 51', true],
    ['docker-bench 5.1', true],
    ['cis 5.1', true],
    ['4.4.3', true],
    ['nist 4.4.3', true],
    ['041', true],
    ['ctr-041', true],
    ['capabil', true],
    ['41', false],
    ['5.10', false],
    ['5', false],
    ['prisma 5.1', false],
    ['cis 51', false],
    ['nist 5.1', false],
    ['privileged', false],
  ])('by “%s”: %s', (wanted, isFound) => {
    expect(isMeant(one, wanted)).toBe(isFound);
  });
});
