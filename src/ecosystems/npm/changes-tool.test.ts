import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { file, makeTar } from '../../../test/make/tar.ts';
import { changeOf, changeThrough } from '../contract.ts';
import { openWorkshop, scanned, type Workshop } from '../workshop.testing.ts';
import { lockFiles } from './lock-files.ts';

/** Serves a folder, in a process of its own because a workshop waits for its tools. */
const serve = `
const { createServer } = require('node:http'), { readFile } = require('node:fs');
const answer = (asked, reply) =>
  readFile(process.argv[1] + asked.url, (fault, bytes) => fault ? reply.writeHead(404).end() : reply.end(bytes));
const server = createServer(answer).listen(0, '127.0.0.1', () => console.log(server.address().port));`;

type Package = readonly [name: string, version: string, dependencies: Readonly<Record<string, string>>];

const older: readonly Package[] = [
  ['x', '1.0.0', {}],
  ['allows', '1.0.0', { x: '^1.0.0' }],
  ['forbids', '1.0.0', { x: '~1.0.0' }],
];
const newer: readonly Package[] = [
  ['x', '1.2.0', {}],
  ['forbids', '1.1.0', { x: '^1.2.0' }],
];

/** A registry in a folder, and a project that requires one of its packages and was locked before it had the newer ones. */
async function openNpm(required: string): Promise<Workshop> {
  const shop = openWorkshop((folder) => ({
    npm_config_cache: `${folder}/cache`,
    npm_config_userconfig: `${folder}/npmrc`,
    npm_config_prefer_online: 'true',
    npm_config_audit: 'false',
  }));
  const child = spawn(process.execPath, ['-e', serve, `${shop.folder}/registry`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const [port] = await once(child.stdout.setEncoding('utf8'), 'data');
  const registry = `http://127.0.0.1:${String(port).trim()}`;
  shop.write('npmrc', `registry=${registry}/\n`);
  addPackages(shop, registry, older);
  shop.write('project/package.json', JSON.stringify({ dependencies: { [required]: '^1.0.0' } }));
  shop.run('npm install');
  addPackages(shop, registry, [...older, ...newer]);
  return shop;
}

function addPackages(shop: Workshop, registry: string, packages: readonly Package[]): void {
  for (const [name, all] of Map.groupBy(packages, ([one]) => one)) {
    const versions = all.map(([, version, dependencies]) => {
      const manifest = { name, version, dependencies };
      const tarball = gzipSync(makeTar([file('package/package.json', JSON.stringify(manifest))]));
      shop.write(`registry/${name}-${version}.tgz`, tarball);
      const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
      return { ...manifest, dist: { tarball: `${registry}/${name}-${version}.tgz`, integrity } };
    });
    const latest = versions.at(-1)?.version;
    const document = {
      name,
      'dist-tags': { latest },
      versions: Object.fromEntries(versions.map((one) => [one.version, one])),
    };
    shop.write(`registry/${name}`, JSON.stringify(document));
  }
}

const lock = 'project/package-lock.json';
const wanted = { type: 'npm', package: 'x', installed: '1.0.0', to: '1.2.0', path: 'package-lock.json' };

test('npm brings the fixed version of what the project names', { timeout: 240_000 }, async () => {
  const shop = await openNpm('x');
  expect(await scanned(shop, lock, lockFiles)).toEqual(['x 1.0.0']);
  shop.run(changeOf(wanted).copy);
  expect(await scanned(shop, lock, lockFiles)).toEqual(['x 1.2.0']);
});

test.each([
  ['allows', 'allows 1.0.0'],
  ['forbids', 'forbids 1.1.0'],
])('npm brings the fixed version where what requires it %s it', { timeout: 240_000 }, async (direct, after) => {
  const shop = await openNpm(direct);
  expect(await scanned(shop, lock, lockFiles)).toContain('x 1.0.0');
  shop.run(changeThrough(wanted, direct).copy);
  expect(await scanned(shop, lock, lockFiles)).toEqual([after, 'x 1.2.0']);
  expect(Object.keys(JSON.parse(shop.read('project/package.json')).dependencies)).toEqual([direct]);
});
