import { parseJsonWithin } from '#base/index.ts';
import { asFields } from '../fields.ts';
import type { Analysis, AnalyzedFile, Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { evidenceOf } from './evidence.ts';
import { listedIn, type Locked, type LockFile } from './lock-file.ts';
import { plainJson } from './plain-json.ts';
import { originOf } from './yarn-lock.ts';

/**
 * What Yarn 2 to 4 installed without `node_modules` (https://yarnpkg.com/advanced/pnp-spec): Node loads packages out of
 * archives, and `.pnp.cjs` says which. Archives in `.yarn/cache` that it does not name are no package of the application.
 */
export const yarnPnp: Analyzer = {
  id: 'yarn-pnp',
  version: 1,
  summary: "Packages of npm, as installed by Yarn's Plug'n'Play",
  places: [],
  wants: (path) => /(?:^|\/)\.pnp\.(?:c?js|data\.json)$/.test(path) && !/(?:^|\/)node_modules\//.test(path),
  analyze,
};

const limits = { bytes: 64 * 1024 ** 2, tokens: 4_000_000, depth: 100 };

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(yarnPnp.id, path);
  const text = textOf(content);
  const state = path.endsWith('.json') ? text : stateIn(text);
  // The list may have a file of its own beside the program.
  if (state === undefined && text.includes('.pnp.data.json')) return collector.analysis();
  const installed = state === undefined ? 'it does not list packages as Yarn 2 to 4 do' : installedIn(state);
  if (typeof installed === 'string') {
    collector.fault('corrupt-package-database', `This list of packages is not read: ${installed}.`);
    return collector.analysis();
  }
  for (const one of listedIn(installed)) {
    const { name, version, requires } = one;
    const foundBy = { analyzer: yarnPnp.id, evidence: evidenceOf("Plug'n'Play file", one) };
    collector.add({ type: 'npm', name, version, requires, path, foundBy });
  }
  return collector.analysis();
}

/** Yarn 2 writes a literal into the program, Yarn 3 and 4 a text of it, with a backslash before each end of a line. */
function stateIn(program: string): string | undefined {
  const head = program.slice(0, 4096);
  const start = /(?:RAW_RUNTIME_STATE =\s{0,9}|hydrateRuntimeState\((?:JSON\.parse\()?)('?)(?=\{)/.exec(head);
  if (start === null) return undefined;
  const isText = start[1] === "'";
  const from = start.index + start[0].length;
  const end = /\n {0,9}\}(?='|, \{basePath)/.exec(program.slice(from));
  if (end === null) return undefined;
  const written = program.slice(from, from + end.index + end[0].length);
  return isText
    ? written.replaceAll(/\\([\s\S])/g, (_, sign: string) => (sign === '\n' ? '' : sign))
    : plainJson(written);
}

type Reference = readonly [name: string | null, reference: string | null];

/** Parts of the project, and the project itself as a package without a name, name what they need to run and to develop alike. */
function installedIn(state: string): LockFile | string {
  const read = parseJsonWithin(state, limits);
  if (read.kind !== 'read') return read.why;
  const registry = asFields(read.value)?.['packageRegistryData'];
  if (!Array.isArray(registry)) return 'it lists no packages';
  const installed = new Map<string, Locked>();
  for (const [name, stores] of pairsIn(registry))
    for (const [reference, store] of pairsIn(stores)) {
      const needs = pairsIn(asFields(store)?.['packageDependencies']).flatMap(neededBy);
      const key = keyOf([typeof name === 'string' ? name : null, typeof reference === 'string' ? reference : null]);
      // Each package is among what it needs.
      installed.set(key, {
        ...packageOf(name, reference),
        isAlias: false,
        needs: needs.filter((need) => need !== key),
      });
    }
  return installed;
}

function pairsIn(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair: unknown) => (Array.isArray(pair) ? [[pair[0], pair[1]] as const] : []));
}

/** A name with a reference, or with the name and the reference of what an alias stands for; nothing where a peer is missing. */
function neededBy([name, to]: readonly [unknown, unknown]): readonly string[] {
  if (typeof to === 'string' && typeof name === 'string') return [keyOf([name, to])];
  const [real, reference]: readonly unknown[] = Array.isArray(to) ? to : [];
  return typeof real === 'string' && typeof reference === 'string' ? [keyOf([real, reference])] : [];
}

function keyOf(one: Reference): string {
  return JSON.stringify(one);
}

/** `npm:1.2.3`; `virtual:HASH#npm:1.2.3` where peers differ; `patch:…::version=1.2.3&hash=…`. */
function packageOf(name: unknown, stated: unknown): Pick<Locked, 'name' | 'version' | 'origin'> {
  if (typeof name !== 'string' || typeof stated !== 'string')
    return { name: '', version: undefined, origin: 'project' };
  const reference = stated.replace(/^virtual:[^#]*#/, '');
  const version = /^npm:(\d[^:]*)/.exec(reference)?.[1] ?? /::(?:[^:]*&)?version=([^&]+)/.exec(reference)?.[1];
  return { name, version, origin: originOf(reference) };
}
