import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { file, makeTar } from '../../../test/make/tar.ts';
import { changeOf } from '../contract.ts';
import { openWorkshop, type Workshop } from '../workshop.testing.ts';

/** A registry in a folder, and a project that requires these crates. */
function openCargo(dependencies: string): Workshop {
  const shop = openWorkshop((folder) => {
    const { RUSTUP_HOME = `${process.env['HOME']}/.rustup` } = process.env;
    return { CARGO_HOME: `${folder}/cargo`, CARGO_NET_OFFLINE: 'true', RUSTUP_HOME };
  });
  const registry = `${shop.folder}/registry`;
  shop.write(
    'cargo/config.toml',
    `[source.crates-io]\nreplace-with = "local"\n[source.local]\nlocal-registry = "${registry}"\n`,
  );
  const x = ['1.0.0', '1.2.0', '2.0.0'].map((version) => addCrate(shop, { name: 'x', version, needs: [] }));
  shop.write('registry/index/1/x', x.join(''));
  shop.write('registry/index/1/y', addCrate(shop, { name: 'y', version: '1.0.0', needs: ['x'] }));
  shop.write('project/Cargo.toml', manifest('app', '0.1.0', dependencies));
  shop.write('project/src/main.rs', 'fn main() {}');
  shop.run('cargo generate-lockfile && cargo update x --precise 1.0.0');
  expect(locked(shop)).toEqual(['1.0.0']);
  return shop;
}

function manifest(name: string, version: string, dependencies: string): string {
  return `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n[dependencies]\n${dependencies}\n`;
}

interface Crate {
  readonly name: string;
  readonly version: string;
  readonly needs: readonly string[];
}

/** Its line in the index. */
function addCrate(shop: Workshop, { name, version, needs }: Crate): string {
  const text = manifest(name, version, needs.map((one) => `${one} = "1"`).join('\n'));
  const folder = `${name}-${version}`;
  const crate = gzipSync(makeTar([file(`${folder}/Cargo.toml`, text), file(`${folder}/src/lib.rs`)]));
  shop.write(`registry/${folder}.crate`, crate);
  const common = { req: '^1', features: [], optional: false, default_features: true, target: null, kind: 'normal' };
  const deps = needs.map((one) => ({ name: one, ...common }));
  const cksum = createHash('sha256').update(crate).digest('hex');
  return `${JSON.stringify({ name, vers: version, deps, cksum, features: {}, yanked: false })}\n`;
}

function locked(shop: Workshop): readonly string[] {
  return [...shop.read('project/Cargo.lock').matchAll(/^name = "x"\nversion = "(.+)"$/gm)].map(
    ([, found = '']) => found,
  );
}

const wanted = { type: 'cargo', package: 'x', installed: '1.0.0', path: 'Cargo.lock' };

test.each(['x = "1.0.0"', 'y = "1"'])('Cargo locks the fixed version for %s', { timeout: 240_000 }, (dependencies) => {
  const shop = openCargo(dependencies);
  shop.run(changeOf({ ...wanted, to: '1.2.0' }).copy);
  expect(locked(shop)).toEqual(['1.2.0']);
});

test('the line of the manifest brings a version of another series', { timeout: 240_000 }, () => {
  const { where, before, copy } = changeOf({ ...wanted, to: '2.0.0' });
  const shop = openCargo(before);
  expect(shop.paste('cargo update x@1.0.0 --precise 2.0.0').code).not.toBe(0);
  expect(shop.run(where.split(': ')[1] ?? '')).toMatch(/x v1\.0\.0\n└── app v0\.1\.0/);
  shop.write('project/Cargo.toml', manifest('app', '0.1.0', copy));
  shop.run('cargo generate-lockfile');
  expect(locked(shop)).toEqual(['2.0.0']);
});
