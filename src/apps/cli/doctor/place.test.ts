import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { placeOf } from './place.ts';
import { postgresMajor } from './probes/postgres-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-place-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  [{}, undefined],
  [{ SEAWALL_TOKEN: 'seawall_abc' }, 'seawall_abc'],
  // The join token of an agent in a container.
  [{ SEAWALL_TOKEN: 'seawall-join_abc.def' }, undefined],
])('the API token of %j is %s', (env, token) => {
  expect(placeOf({ env: { SEAWALL_STATE: folder, ...env }, options: {} }, []).token).toBe(token);
});

test.each([
  ['', 18],
  ['pg17', 17],
])('with SEAWALL_POSTGRES=%s the console here starts PostgreSQL %i', async (name, major) => {
  const named = name === '' ? '' : join(folder, name);
  mkdirSync(join(folder, 'pg17/bin'), { recursive: true });
  writeFileSync(join(folder, 'pg17/bin/postgres'), '#!/bin/sh\necho "postgres (PostgreSQL) 17.12 (Debian)"\n', {
    mode: 0o755,
  });
  const place = placeOf({ env: { SEAWALL_STATE: folder, SEAWALL_POSTGRES: named }, options: {} }, []);
  expect(await postgresMajor(place)).toBe(major);
});
