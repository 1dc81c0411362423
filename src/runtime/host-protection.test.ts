import { expect, test } from 'vitest';
import { hostProtection } from './host-protection.ts';

const states = ['unknown', 'unprotected', 'partly', 'protected', 'watched'] as const;
const words = ['unknown', 'unprotected', 'partly', 'prevents', 'watches', 'idle'] as const;

test('a host is as its worst container is, and unknown where nobody can say', () => {
  for (let bits = 0; bits < 2 ** states.length; bits += 1) {
    const has = (at: number): number => (bits >> at) & 1;
    const [unknown, unprotected, partly, isProtected, watched] = [has(0), has(1), has(2), has(3), has(4)];
    const containers = { unknown, unprotected, partly, protected: isProtected, watched };
    const worst = states.findIndex((_, at) => has(at) === 1);
    const word = worst === -1 ? 'idle' : words[worst];
    expect(hostProtection({ stale: false, sensor: 'working', containers })).toBe(word);
    expect(hostProtection({ stale: true, sensor: 'working', containers })).toBe('unknown');
    for (const sensor of [undefined, 'away', 'missing'] as const)
      expect(hostProtection({ stale: false, sensor, containers })).toBe('unknown');
  }
});
