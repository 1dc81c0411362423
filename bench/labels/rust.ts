import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debian } from './lay.ts';

/**
 * Programs in Rust, built by `cargo auditable` of crates that Debian packages. What `cargo tree` lists of them lies beside
 * each as `NAME.tree` until the labels are read.
 */
export function rust(names: readonly string[]): (root: string) => string {
  return (root) => {
    const work = mkdtempSync(join(tmpdir(), 'seawall-rust-'));
    try {
      debian(closureOf(names).join(' '))(join(work, 'crates'));
      const registry = join(work, 'crates/usr/share/cargo/registry');
      mkdirSync(join(work, 'home'));
      const source = `[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "${registry}"\n`;
      writeFileSync(join(work, 'home/config.toml'), source);
      mkdirSync(join(root, 'usr/bin'), { recursive: true });
      const built = names.map((name) => {
        const crate = readdirSync(registry).find((folder) => folder.replace(/-[^-]*$/, '') === name);
        if (crate === undefined) throw new Error(`Debian has no crate ${name}.`);
        cpSync(join(registry, crate), join(work, crate), { recursive: true });
        build({ work, crate, name, root });
        return crate;
      });
      return `crates of Debian, built by cargo auditable: ${built.join(', ')}`;
    } finally {
      rmSync(work, { recursive: true });
    }
  };
}

interface Build {
  readonly work: string;
  readonly crate: string;
  readonly name: string;
  readonly root: string;
}

function build({ work, crate, name, root }: Build): void {
  const cwd = join(work, crate);
  for (const file of ['Cargo.lock', '.cargo-checksum.json']) rmSync(join(cwd, file), { force: true });
  const manifest = join(cwd, 'Cargo.toml');
  const tables = readFileSync(manifest, 'utf8').split(/^(?=\[)/m);
  // Debian does not package what only tests need.
  writeFileSync(manifest, tables.filter((table) => !table.startsWith('[dev-dependencies')).join(''));
  const env = {
    ...process.env,
    CARGO_HOME: join(work, 'home'),
    CARGO_PROFILE_DEV_DEBUG: '0',
    PATH: `${join(work, 'crates/usr/bin')}:${process.env['PATH'] ?? ''}`,
  };
  const cargo = (words: readonly string[]) =>
    execFileSync('cargo', words, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  cargo(['auditable', 'build', '--offline', '--jobs', '1', '--bin', name]);
  const path = join(root, 'usr/bin', name);
  writeFileSync(path, readFileSync(join(cwd, 'target/debug', name)), { mode: 0o755 });
  const edges = ['--edges', 'normal,no-proc-macro', '--prefix', 'none', '--format', '{p}'];
  writeFileSync(`${path}.tree`, cargo(['tree', '--offline', ...edges]));
}

/** Debian's packages of these crates and of all that they need. */
function closureOf(names: readonly string[]): readonly string[] {
  const words = [
    'install',
    '--print-uris',
    '-qq',
    '-y',
    '--no-install-recommends',
    '-o',
    'Dir::State::status=/dev/null',
  ];
  const wanted = names.map((name) => `librust-${name}-dev`);
  const listed = execFileSync('apt-get', [...words, 'cargo-auditable', ...wanted], { encoding: 'utf8' });
  const packages = [...listed.matchAll(/ ((?:librust-|cargo-auditable)[^_ ]*)_/g)].map(([, one = '']) => one);
  return [...new Set(packages)];
}
