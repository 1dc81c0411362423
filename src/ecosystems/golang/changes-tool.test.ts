import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { changeOf } from '../contract.ts';
import { openWorkshop, type Workshop } from '../workshop.testing.ts';

/** A proxy in a folder, and a project that imports one of its modules. */
function openGo(imported: string): Workshop {
  const shop = openWorkshop((folder) => ({
    GOPROXY: `file://${folder}/proxy`,
    GOSUMDB: 'off',
    GOTOOLCHAIN: 'local',
    GOPATH: `${folder}/go`,
    GOCACHE: `${folder}/cache`,
  }));
  for (const version of ['v1.0.0', 'v1.2.0']) addModule(shop, { name: 'example.com/x', version, imports: [] });
  shop.write('proxy/example.com/x/@v/list', 'v1.0.0\nv1.2.0\n');
  addModule(shop, { name: 'example.com/y', version: 'v1.0.0', imports: ['example.com/x'] });
  shop.write('project/go.mod', 'module example.com/app\ngo 1.21\n');
  shop.write('project/main.go', `package main\nimport _ "${imported}"\nfunc main() {}\n`);
  shop.run(`go get ${imported}@v1.0.0`);
  return shop;
}

interface Module {
  readonly name: string;
  readonly version: string;
  readonly imports: readonly string[];
}

function addModule(shop: Workshop, { name, version, imports }: Module): void {
  const mod = [`module ${name}`, 'go 1.21', ...imports.map((one) => `require ${one} v1.0.0`), ''].join('\n');
  const source = [`package ${name.at(-1)}`, ...imports.map((one) => `import _ "${one}"`), ''].join('\n');
  const at = `proxy/${name}/@v/${version}`;
  shop.write(`${at}.mod`, mod);
  shop.write(`${at}.info`, JSON.stringify({ Version: version, Time: '2024-01-01T00:00:00Z' }));
  const [folder, files] = [`${name}@${version}`, { 'go.mod': mod, 'a.go': source }];
  const entries = Object.entries(files).map(([path, text]) => [`${folder}/${path}`, strToU8(text)]);
  shop.write(`${at}.zip`, zipSync(Object.fromEntries(entries)));
}

const wanted = { type: 'golang', package: 'example.com/x', installed: 'v1.0.0', to: '1.2.0' };

test.each([
  ['imported itself', 'example.com/x', false],
  ['brought by another', 'example.com/y', false],
  ['vendored', 'example.com/y', true],
])('Go builds with the fixed version of a module that is %s', { timeout: 240_000 }, (_, imported, isVendored) => {
  const shop = openGo(imported);
  if (isVendored) shop.run('go mod vendor');
  shop.run(changeOf({ ...wanted, paths: isVendored ? ['vendor/modules.txt'] : ['go.mod'] }).copy);
  expect(shop.run('go list -m -mod=mod example.com/x').trim()).toBe('example.com/x v1.2.0');
  if (isVendored) expect(shop.read('project/vendor/modules.txt')).toContain('# example.com/x v1.2.0\n');
  expect(shop.run('go list -deps .').split('\n')).toContain('example.com/x');
});

test('Go names itself in go.mod', { timeout: 240_000 }, () => {
  const shop = openGo('example.com/x');
  const to = /go(1\.\d+(?:\.\d+)?)/.exec(shop.run('go version'))?.[1] ?? '';
  shop.run(changeOf({ type: 'golang', package: 'stdlib', installed: '1.21.0', to }).copy);
  expect(shop.read('project/go.mod')).toContain(`\ngo ${to}\n`);
});
