import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { debianPackage, imageScan, publishTo } from '#catalog/console/testing.ts';
import * as api from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { readModel } from './models.ts';
import { runtimeSchema } from './schema.ts';
import { keyNamed, type TestRuntime } from './testing.ts';

const start = Date.UTC(2026, 10, 24);

/** So many hours after the day of the tests began. */
export const after = (hours: number): Date => new Date(start + hours * 3_600_000);
/** Image of which most tests are. */
export const web = 'shop/web:1';
/** Hours after which a model that saw nothing new is active. */
export const ten = Array.from({ length: 11 }, (_, hour) => after(hour));
/** What an agent reports for. */
export const miner = { paths: ['/bin/date'], hours: [after(9)] };
/** A rule as it comes with the console. */
export const usual = {
  name: 'Default',
  description: '',
  state: 'on',
  drift: 'alert',
  code: 'alert',
  process: 'alert',
  preventFrom: 'protect-ready',
  execSessions: 'record',
  neverLearn: [],
} as const;

/** Id of a model in an environment. */
export const inEnvironment = (environment: string, image = web): string => modelIdIn(keyNamed(image), environment);

/** Models of several environments, as tests look at them. */
export function environmentsOf(at: () => TestRuntime) {
  const model = async (environment: string, image = web) =>
    await readModel(at().store, inEnvironment(environment, image));
  const items = async (environment: string, image = web) => (await model(environment, image))?.evidence.items ?? [];
  return {
    model,
    items,
    /** Entries of a model as `path state`. */
    entries: async (environment: string, image = web): Promise<readonly string[]> =>
      (await items(environment, image)).map(({ fact, state }) => `${fact.path} ${state}`),
    /** Begins anew. */
    async empty(): Promise<void> {
      at().turnTo(after(12));
      await sql`truncate runtime.model, runtime.running, runtime.detection, runtime.incident, runtime.rule, runtime.place,
        inventory.host, catalog.subject, catalog.scan, store.unclaimed_fact, access.collection cascade`.execute(
        at().store.query(runtimeSchema),
      );
      await at().renewRules();
    },
    async save(id: string, more: Partial<api.RuntimeRuleText> = {}): Promise<void> {
      const { rules } = await at().ask(api.listRuntimeRules, {});
      const basedOn = rules.find(({ rule }) => rule.id === id)?.rule.version ?? 0;
      await at().ask(api.putRuntimeRule, { params: { id }, body: { rule: { ...usual, ...more } as never, basedOn } });
      await at().runtime.followSources();
    },
    /** Publishes a scan of an image with these programs. */
    async scan(image: string, paths: readonly string[]): Promise<void> {
      const { catalog, ...rest } = imageScan({ content: image, names: [image], packages: [debianPackage('a', '1')] });
      const scanned = { ...rest, catalog: { ...catalog, executables: executablesOf(paths.toSorted()) } };
      await publishTo(at().store, scanned, { clock: at().now });
    },
  };
}

function executablesOf(paths: readonly string[]) {
  const hash = (algorithm: string, path: string) => createHash(algorithm).update(path).digest();
  return {
    format: 1,
    isComplete: true,
    paths: [...paths],
    kinds: paths.map(() => 'o').join(''),
    sizes: paths.map(() => 1),
    modes: paths.map(() => 0o755),
    layers: paths.map(() => 0),
    hashes: Buffer.concat(paths.flatMap((path) => [hash('sha256', path), hash('md5', path)])).toString('base64'),
    packages: [],
    owners: paths.map(() => -1),
    elf: [],
    elfRows: [],
  } as const;
}
