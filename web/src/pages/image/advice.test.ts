import { describe, expect, test } from 'vitest';
import { adviceFor } from './advice.ts';
import type { Step } from './plan.ts';

function step(upgrade: Partial<Step['upgrade']>, packages: readonly string[] = ['qs']): Step {
  const [first = ''] = packages;
  const whole = { package: first, type: 'npm', installed: '6.5.2', to: '6.5.3', removes: 1, remains: 0 };
  return {
    upgrade: { ...whole, worst: 'high', risk: 1, layer: 0, findings: [], ...upgrade },
    packages,
    fixes: packages.map(() => 1),
    removes: 1,
  };
}

describe('advice for an npm package', () => {
  test('names the direct dependency that brings it, with the path and one target version', () => {
    const advice = adviceFor(step({ via: ['express', 'body-parser', 'qs'] }));
    expect(advice).toMatchObject({
      kind: 'through',
      chain: ['express', 'body-parser', 'qs'],
      change: { copy: 'npm install express@latest', after: 'qs 6.5.3 or later' },
    });
  });

  test('is its own command only where the application names it', () => {
    expect(adviceFor(step({ via: ['qs'] }))).toMatchObject({
      kind: 'change',
      change: { copy: 'npm install qs@6.5.3' },
    });
  });

  test('is no command where nothing tells who requires it', () => {
    expect(adviceFor(step({}))).toEqual({ kind: 'unknown-requirer' });
  });
});

test.each([
  ['deb', 'apt-get install --only-upgrade vim vim-common'],
  ['rpm', 'dnf upgrade vim vim-common'],
  ['apk', "apk add --upgrade 'vim>=6.5.3' 'vim-common>=6.5.3'"],
])('packages of one source are one command of %s', (type, copy) => {
  expect(adviceFor(step({ type }, ['vim', 'vim-common']))).toMatchObject({ kind: 'change', change: { copy } });
});
