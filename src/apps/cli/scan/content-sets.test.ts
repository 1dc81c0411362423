import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildDatabase } from '#vulnerability/index.ts';
import { dockerArchive } from '../../../../test/make/image.ts';
import { file, makeTar } from '../../../../test/make/tar.ts';
import { run } from '../commands/scan.ts';
import { recordingTerminal } from '../testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-content-sets-'));
const db = join(folder, 'x.db');
afterAll(() => rmSync(folder, { recursive: true }));

/** Fixes of CVE-2024-1488 as Red Hat's CNA publishes them, in OSV's form. */
const record = {
  id: 'REDHAT-CVE-2024-1488',
  modified: '2026-11-24T00:00:00Z',
  upstream: ['CVE-2024-1488'],
  affected: Object.entries({
    'enterprise_linux:9::appstream': '0:1.16.2-3.el9_3.5',
    'rhel_eus:9.2::appstream': '0:1.16.2-3.el9_2.4',
  }).map(([stream, fixed]) => ({
    package: { ecosystem: `Red Hat:${stream}`, name: 'unbound' },
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    ecosystem_specific: { source_package: true },
  })),
};

beforeAll(async () => {
  mkdirSync(join(folder, 'feeds/Red Hat'), { recursive: true });
  writeFileSync(join(folder, 'feeds/Red Hat/all.zip'), zipSync({ 'x.json': strToU8(JSON.stringify(record)) }));
  await buildDatabase({ feeds: join(folder, 'feeds'), out: db, clock: () => new Date() });
});

const line = ['unbound-libs', '1.16.2-3.el9', '0', '0', 'Red Hat, Inc.', '(none)', '0', 'x86_64', '0'].join('\t');
const base = makeTar([
  file('etc/os-release', 'ID="rhel"\nVERSION_ID="9.2"\nPRETTY_NAME="Red Hat Enterprise Linux 9.2 (Plow)"\n'),
  file('var/lib/rpmmanifest/container-manifest-2', `${line}\tunbound-1.16.2-3.el9.src.rpm\n`),
]);
const manifest = (label: string) =>
  makeTar([file('root/buildinfo/content_manifests/app-container-1-2.json', JSON.stringify({ content_sets: [label] }))]);

test.each([
  ['none', [], '1.16.2-3.el9_3.5', undefined],
  ['main', [manifest('rhel-9-for-x86_64-appstream-rpms')], '1.16.2-3.el9_3.5', ['rhel-9-for-x86_64-appstream-rpms']],
  [
    'extended',
    [manifest('rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_2')],
    '1.16.2-3.el9_2.4',
    ['rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_2'],
  ],
])('an image with %s content sets is told the fix that it can get', async (...[name, layers, fixed, contentSets]) => {
  const path = join(folder, `${name}.tar`);
  writeFileSync(path, dockerArchive([base, ...layers]).bytes);
  const terminal = recordingTerminal();
  const options = { cache: false, db, allowUnsignedDb: true, format: ['json'] };
  await run({ arguments: [path], options, terminal, env: { HOME: folder }, program: [] });
  const result = JSON.parse(terminal.said.out);
  expect(result.faults).toEqual([]);
  expect(result.distribution.contentSets).toEqual(contentSets);
  expect(result.findings.map((one: { id: string; fixed: string }) => [one.id, one.fixed])).toEqual([
    ['CVE-2024-1488', fixed],
  ]);
});
