import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { EffectiveLedger } from './effective-ledger.ts';
import { openLedgerFile } from './ledger-file.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'seawall-ledger-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('changes that come while the file is written share the next write', async () => {
  let written = 0;
  const none = () => [];
  const ledger = () => void (written += 1);
  const file = openLedgerFile({
    file: join(folder, 'ledger'),
    effectiveLedger: new EffectiveLedger({ ledger, breakGlass: none, ownImages: [], namesOf: none, environments: [] }),
    broken: () => 'deny',
    host: 'pier-1',
    environments: [],
    view: () => undefined,
    log: silentLog,
  });
  await Promise.all(Array.from({ length: 100 }, () => file.write()));
  expect(written).toBe(3);
  expect(file.fault()).toBe(undefined);
  await file.close();
});
