import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyCatalog } from '../scan.testing.ts';
import { configFactsOf, readConfigFacts } from './config-text.ts';
import { configFieldNames, configFieldsOf } from './of-config.ts';
import { imageFactsOfKept, imageFactsOfScan } from './of-scan.ts';

const config = readFileSync(join(import.meta.dirname, 'fixtures/buildkit.json'));
const token = `ghp_${'A1b2C3d4E5f6G7h8I9j0'.repeat(2)}`.slice(0, 40);

describe('facts of a config that a scan keeps', () => {
  test('read back as they were, and the same in every run', () => {
    expect(readConfigFacts(configFactsOf(config))).toEqual(configFieldsOf(config));
    expect(configFactsOf(config)).toEqual(configFactsOf(config));
  });

  test('give the same facts of the image as its config', () => {
    const catalog = { ...emptyCatalog, configFacts: configFactsOf(config) };
    expect(imageFactsOfKept(catalog)).toEqual(imageFactsOfScan({ config, catalog }));
    expect(imageFactsOfKept(emptyCatalog)).toBeUndefined();
  });

  test('hold no secret, wherever it stands', () => {
    const password = 'postgres://admin:Xk29vbQw81tz@db.example/surge';
    const { text } = configFactsOf(
      JSON.stringify({
        config: { Env: [`DATABASE=${password}`], Labels: { db: password } },
        history: [{ created_by: `RUN curl ${password}` }],
      }),
    );
    expect(text).not.toContain('Xk29vbQw81tz');
    expect(JSON.parse(text)).toMatchObject({ historySecrets: { value: [{ where: { kind: 'history', step: 0 } }] } });
    expect(text).not.toContain(token);
  });

  test('leave out what is too long', () => {
    const { labels, user } = readConfigFacts(
      configFactsOf(
        JSON.stringify({ config: { User: 'a', OnBuild: ['x'], Volumes: { [`/${'v'.repeat(300_000)}`]: {} } } }),
      ),
    );
    expect([labels.kind, user.kind]).toEqual(['known', 'known']);
    const { volumes } = readConfigFacts(
      configFactsOf(JSON.stringify({ config: { Volumes: { [`/${'v'.repeat(300_000)}`]: {} } } })),
    );
    expect(volumes.kind).toBe('missing');
  });

  test.each(['', 'null', '[]', '{"user":1}', '{"user":{"kind":"known"}}', '{"user":{"kind":"missing"}}'])(
    'that say %s tell nothing',
    (text) => {
      const fields = readConfigFacts({ format: 1, text });
      expect(Object.keys(fields)).toEqual(configFieldNames());
      expect(fields.user.kind).toBe('missing');
    },
  );
});
