import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type ImageDigest, type Log, messageOf } from '#base/index.ts';
import type { Model, ModelKey, DesiredConfiguration } from '../contract.ts';
import { modelIdIn, modelIdOf, type WantedKey, wantedIdOf } from '../model-id.ts';
import { StoredConfiguration } from './schema.ts';
import { latestWriter, writeSafely } from '#link/agent/index.ts';

/** What the console wants of this agent, without the models. */
export type AgentConfiguration = Omit<DesiredConfiguration, 'models'>;

/** One call of the console. */
export type AskConfiguration = (
  body: {
    readonly known?: string;
    readonly wait: number;
    readonly models: { readonly key: ModelKey; readonly version: number; readonly environment?: string }[];
    readonly images: ImageDigest[];
  },
  signal: AbortSignal,
) => Promise<DesiredConfiguration>;

export interface ConfigurationClientOptions {
  readonly ask: AskConfiguration;
  /** Keeps the newest configuration, so that a restart without a console enforces the same. */
  readonly file: string;
  /** Images of the host; `undefined` until its engine was looked at. */
  readonly images: () => readonly ImageDigest[] | undefined;
  /** Called when the configuration or the models differ from before. */
  readonly changed: () => void;
  readonly log: Log;
  /** Milliseconds to wait after a failure, at first and at most. */
  readonly pauses?: readonly [number, number];
}

/** The newest configuration that this agent has, and the models that came with it. */
export interface ConfigurationClient {
  current(): AgentConfiguration | undefined;
  model(id: string): Model | undefined;
  /** Models of containers that are there; others are given up, but for those of images of the host that came unasked. */
  want(keys: readonly WantedKey[]): void;
  close(): Promise<void>;
}

/** Seconds for which the console may wait for news. */
const patience = 25;

/** Asks for the configuration again and again, and at once when other models are wanted. */
export function openConfigurationClient(options: ConfigurationClientOptions): ConfigurationClient {
  const book: Book = {
    ...readStored(options),
    wanted: new Map(),
    reported: new Set(),
    ended: new AbortController(),
    asking: undefined,
  };
  const save = latestWriter(() => writeSafely(options.file, textOf(book)));
  const working = keepAsking(options, book, save);
  return {
    current: () => book.configuration,
    model: (id) => book.models.get(id),
    want(keys) {
      const wanted = new Map(keys.map((key) => [wantedIdOf(key), key]));
      const isNewKey = [...wanted.keys()].some((id) => !book.wanted.has(id));
      const isNewImage = (options.images() ?? []).some((digest) => !book.reported.has(digest));
      book.wanted = wanted;
      giveUpModels(options, book);
      if (isNewKey || isNewImage) book.asking?.abort();
    },
    async close() {
      book.ended.abort();
      await working;
    },
  };
}

interface Book {
  configuration: AgentConfiguration | undefined;
  readonly models: Map<string, Model>;
  wanted: ReadonlyMap<string, WantedKey>;
  readonly ended: AbortController;
  /** Images that the console was told with the last question. */
  reported: ReadonlySet<string>;
  /** The call that waits. */
  asking: AbortController | undefined;
}

/** What may be started of an image is kept while the image lies here, and only for the host's own environment. */
function giveUpModels({ images }: ConfigurationClientOptions, { configuration, models, wanted }: Book): void {
  const held = images();
  if (held === undefined) return;
  const digests = new Set<string>(held);
  for (const [id, { key, environment }] of models) {
    const isNext = environment === configuration?.hostEnvironment && digests.has(key.digest) && id === modelIdOf(key);
    if (!isNext && !wanted.has(id)) models.delete(id);
  }
}

async function keepAsking(options: ConfigurationClientOptions, book: Book, save: () => Promise<void>): Promise<void> {
  const { log, pauses: [first, most] = [1000, 30_000] } = options;
  const { signal } = book.ended;
  for (let failures = 0; !signal.aborted; ) {
    const asking = new AbortController();
    book.asking = asking;
    try {
      const reply = await options.ask(questionOf(options, book), AbortSignal.any([signal, asking.signal]));
      failures = 0;
      if (take(options, book, reply)) {
        options.changed();
        await save();
      }
      // A console that answers at once whatever is known is not asked all the time.
      await wait(first / 4, undefined, { signal }).catch(() => undefined);
    } catch (error) {
      if (signal.aborted) return;
      if (asking.signal.aborted) {
        await wait(first / 10, undefined, { signal }).catch(() => undefined);
        continue;
      }
      const level = failures === 0 ? 'warn' : 'debug';
      log[level](
        { error: messageOf(error) },
        'The console gives no runtime configuration now; the last one stays in force.',
      );
      const pause = Math.min(most, first * 2 ** failures++);
      await wait(pause, undefined, { signal: AbortSignal.any([signal, asking.signal]) }).catch(() => undefined);
    }
  }
}

function questionOf({ images }: ConfigurationClientOptions, book: Book): Parameters<AskConfiguration>[0] {
  const { configuration, models, wanted } = book;
  const held = (images() ?? []).slice(0, most);
  book.reported = new Set(held);
  const unasked = [...models].flatMap(([id, { key }]): [string, WantedKey][] => (wanted.has(id) ? [] : [[id, key]]));
  return {
    ...(configuration === undefined ? {} : { known: configuration.revision }),
    wait: patience,
    models: [...wanted, ...unasked].slice(0, most).map(([id, { digest, entrypoint, chosen }]) => ({
      key: { digest, entrypoint },
      version: models.get(id)?.version ?? 0,
      ...(chosen === undefined ? {} : { environment: chosen }),
    })),
    images: held,
  };
}

const most = 10_000;

/** Whether anything is other than before; a model that is given up at once is not. */
function take(
  options: ConfigurationClientOptions,
  book: Book,
  { models, ...configuration }: DesiredConfiguration,
): boolean {
  const isNew = book.configuration?.revision !== configuration.revision;
  book.configuration = configuration;
  const ids = models.map((model) => {
    const id = idOf(model, book.wanted);
    book.models.set(id, model);
    return id;
  });
  giveUpModels(options, book);
  return isNew || ids.some((id) => book.models.has(id));
}

/** One that a label chose, where that is wanted; else that of the host's containers. */
function idOf({ key, environment }: Model, wanted: ReadonlyMap<string, WantedKey>): string {
  const chosen = modelIdIn(key, environment);
  return wanted.has(chosen) ? chosen : modelIdOf(key);
}

function textOf({ configuration, models }: Book): string {
  return JSON.stringify({ form: 1, orders: configuration, models: [...models.values()], ids: [...models.keys()] });
}

function readStored({ file, log }: ConfigurationClientOptions): Pick<Book, 'configuration' | 'models'> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { configuration: undefined, models: new Map() };
  }
  try {
    const { orders: configuration, models, ids = [] } = StoredConfiguration.parse(JSON.parse(text));
    return { configuration, models: new Map(models.map((model, at) => [ids[at] ?? modelIdOf(model.key), model])) };
  } catch (error) {
    log.warn({ file, error: messageOf(error) }, 'The stored configuration cannot be read.');
    return { configuration: undefined, models: new Map() };
  }
}
