import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's cosign with a key pair of its own, against registries on loopback, without any transparency log. */
export interface Cosign {
  /** PEM. */
  readonly publicKey: string;
  /** Signs what this name means: `127.0.0.1:PORT/app@sha256:…`. */
  sign(name: string, words?: readonly string[]): void;
  /** States something of it, as a bundle that refers to the manifest. */
  attestBundle(name: string, predicateType: string): void;
  /** Signs a file; answers the bundle. */
  signFile(bytes: Uint8Array): Uint8Array;
  remove(): void;
}

/** `key`: PEM of a private key to import, instead of cosign's own kind. */
export function cosignWithKey(key?: string): Cosign {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-cosign-'));
  const run = (words: readonly string[]): void => {
    const { status, stderr } = spawnSync('cosign', words, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, COSIGN_PASSWORD: 'test', COSIGN_EXPERIMENTAL: '1', HOME: folder },
    });
    if (status !== 0) throw new Error(`cosign ${words[0]} failed: ${stderr}`);
  };
  if (key === undefined) run(['generate-key-pair']);
  else {
    writeFileSync(join(folder, 'own.pem'), key);
    run(['import-key-pair', '--key', 'own.pem', '--output-key-prefix', 'cosign', '--yes']);
  }
  const unlogged = ['--key', 'cosign.key', '--tlog-upload=false', '--yes'];
  const quiet = [...unlogged, '--allow-insecure-registry'];
  return {
    publicKey: readFileSync(join(folder, 'cosign.pub'), 'utf8'),
    sign: (name, words = []) => run(['sign', ...quiet, ...words, name]),
    attestBundle(name, predicateType) {
      writeFileSync(join(folder, 'predicate.json'), '{}');
      run(['attest', ...quiet, '--new-bundle-format', '--type', predicateType, '--predicate', 'predicate.json', name]);
    },
    signFile(bytes) {
      writeFileSync(join(folder, 'blob'), bytes);
      run(['sign-blob', ...unlogged, '--new-bundle-format', '--bundle', 'bundle.json', 'blob']);
      return readFileSync(join(folder, 'bundle.json'));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
