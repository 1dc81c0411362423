import { expect, test } from 'vitest';
import type { SensorFact } from '#runtime/contract.ts';
import { createGreeting } from './greeting.ts';

const sensor = (fact: Partial<SensorFact>) =>
  ({ kind: 'sensor', fact: { state: 'working', mechanisms: [], lost: 0, throttled: 0, ...fact } }) as const;
const introduction = { protocol: 1, host: 'pier-1', instance: 'default', version: '1', environment: 'prod' } as const;

function greet(more: object = {}) {
  const said: string[] = [];
  const config = { consoleUrl: 'https://console.example:8084', introduction: { ...introduction, ...more } };
  return { said, hear: createGreeting({ config: config as never, say: (sentence) => void said.push(sentence) }) };
}

test('names host, environment and console once the sensor has reported, with what it really can do', () => {
  const { said, hear } = greet();
  hear({ kind: 'idle', known: 0, unscanned: 0 });
  expect(said).toEqual([]);
  hear(sensor({ state: 'missing', reason: 'There is no program.' }));
  expect(said[0]).toMatch(/pier-1.*\bprod\b.*missing: There is no program\.$/);
  hear(sensor({ state: 'missing', reason: 'There is no program.' }));
  expect(said).toHaveLength(1);
  hear(sensor({ mechanisms: [{ name: 'programs refused by BPF LSM', active: false, reason: 'no bpf among lsm=' }] }));
  expect(said[1]).toMatch(/prevent nothing/);
  hear(sensor({ mechanisms: [{ name: 'programs refused by BPF LSM', active: true }] }));
  expect(said[2]).toMatch(/can prevent programs/);
  expect(said).toHaveLength(3);
});

test('names the instance, and no environment that nobody gave it', () => {
  const { said, hear } = greet({ instance: 'blue', environment: undefined });
  hear(sensor({ state: 'away' }));
  expect(said[0]).toMatch(/pier-1\/blue/);
  expect(said[0]).not.toMatch(/environment (?:prod|undefined)/);
});
