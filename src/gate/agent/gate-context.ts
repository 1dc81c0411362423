import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageDigest } from '#base/index.ts';
import { environmentOf } from '#inventory/agent/index.ts';
import { getLedger } from '#admission/contract.ts';
import { verifySignedLedger } from '#admission/index.ts';
import type { StartsOptions } from './answer/starts.ts';
import { type BreakGlassBook, openBreakGlassBook } from './break-glass/break-glass-book.ts';
import { readBrokenRule } from './answer/broken-rule.ts';
import { baseOfStep } from './answer/build-base.ts';
import { type LedgerFile, openLedgerFile } from './ledger/ledger-file.ts';
import { readEngineContainer } from './host/engine-container.ts';
import type { WrapperView } from './ledger/encode-rules.ts';
import { usualSockets } from '#inventory/index.ts';
import { HostImages } from './host/host-images.ts';
import { bundleJudge } from './answer/judge-bundle.ts';
import { bundleReader } from './answer/read-bundle.ts';
import { type LedgerClient, type LedgerClientOptions, openLedgerClient } from './ledger/ledger-client.ts';
import type { GateOptions } from './options.ts';
import { profileOf } from './answer/seccomp-profile.ts';
import { canaryFolderIn } from './canary/canary-files.ts';
import { trialContainer } from './trials/names.ts';
import { EffectiveLedger } from './ledger/effective-ledger.ts';

/** What a host's gates go by, kept up to date. */
export interface GateContext {
  readonly options: GateOptions;
  /** `STATE/gate`. */
  readonly folder: string;
  readonly book: LedgerClient;
  readonly breakGlass: BreakGlassBook;
  readonly effectiveLedger: EffectiveLedger;
  readonly compiled: LedgerFile;
  readonly starts: StartsOptions;
  /** What the agent sends with its own trials, so that nobody else's request is taken for one. */
  readonly trialKey: string;
  /** Folder of what the engine keeps; `undefined` while there is no engine. */
  readonly engineRoot: () => string | undefined;
  /** Looks what the engine calls its images now; starts that wait for an image may be of one that is known. */
  lookAtImages(): void;
  /** Calls back at each change of what the gates go by, and when the console's answer is not taken. */
  onChange(callback: () => void): void;
  close(): Promise<void>;
}

export function openGateContext(options: GateOptions): GateContext {
  const { stateFolder, link, host, log, ownImages, settings } = options;
  // The runtime wrapper tells of folders by their real paths.
  const folder = join(realpathSync(stateFolder), 'gate');
  const callbacks: (() => void)[] = [];
  const callAll = (): void => {
    for (const call of callbacks) call();
  };
  const changed = (): void => {
    void goBy();
    callAll();
  };
  // A held start goes on once the runtime wrapper knows the same, so that its answer holds without the agent too.
  const goBy = async (): Promise<void> => {
    await compiled.write();
    effectiveLedger.changed();
  };
  const book = openBook(options, folder, { changed, refused: callAll });
  const report = (fact: object) => link.send('break-glass', fact);
  const breakGlass = openBreakGlassBook({ folder: join(folder, 'break-glass'), report, changed, log });
  const environments = settings.allowEnvironments;
  const ledger = () => book.ledger();
  const images = new HostImages(join(folder, 'images.json'), log);
  const namesOf = (digest: string) => images.namesOf(digest);
  const entries = () => breakGlass.entries();
  const effectiveLedger = new EffectiveLedger({ ledger, breakGlass: entries, ownImages, namesOf, environments });
  const broken = () => readBrokenRule(options.gateFolder);
  const engineRoot = (): string | undefined => {
    const engine = options.engine();
    return engine?.kind === 'docker' ? engine.rootFolder : undefined;
  };
  const view = () => wrapperView(options, engineRoot());
  const file = join(folder, 'ledger');
  const compiled = openLedgerFile({ file, effectiveLedger, broken, host, environments, view, log });
  const starts = startsOptions(options, { folder, effectiveLedger, engineRoot, images });
  return {
    options,
    folder,
    book,
    breakGlass,
    effectiveLedger,
    compiled,
    starts,
    trialKey: randomUUID(),
    engineRoot,
    lookAtImages() {
      if (!images.note(options.collecting.images())) return;
      effectiveLedger.imagesChanged();
      void goBy();
    },
    onChange: (call) => void callbacks.push(call),
    async close() {
      await Promise.all([book.close(), breakGlass.close()]);
      await compiled.close();
    },
  };
}

function wrapperView(
  { engineSocket, socket, settings }: GateOptions,
  engineRoot: string | undefined,
): WrapperView | undefined {
  if (engineRoot === undefined) return undefined;
  return { engineRoot, sockets: [...usualSockets, engineSocket, socket], environment: settings.environment };
}

function openBook(
  { link, host, log }: GateOptions,
  folder: string,
  reported: Pick<LedgerClientOptions, 'changed' | 'refused'>,
): LedgerClient {
  return openLedgerClient({
    ask: (body, signal) => link.call(getLedger, { body }, signal),
    verify: (signed, at) => verifySignedLedger(signed, [link.authorities()], at),
    host,
    file: join(folder, 'ledger.json'),
    ...reported,
    log,
  });
}

interface StartsContext {
  readonly folder: string;
  readonly effectiveLedger: EffectiveLedger;
  readonly engineRoot: () => string | undefined;
  readonly images: HostImages;
}

function startsOptions(
  options: GateOptions,
  { folder, effectiveLedger, engineRoot, images }: StartsContext,
): StartsOptions {
  const { collecting, settings, host, log, hurry, engineSocket, socket } = options;
  const files = { engineRoot, sockets: [engineSocket, socket] };
  const rootOf = (container: string) => (container === trialContainer ? canaryFolderIn(folder) : engineRoot());
  return {
    effectiveLedger,
    broken: () => readBrokenRule(options.gateFolder),
    host,
    container: (id) => readEngineContainer(rootOf(id), id, log),
    environment(labels) {
      const ledger = effectiveLedger.ledger();
      // A collection that holds the host says more than the agent's option and any label.
      if (ledger !== undefined && ledger.environment !== settings.environment) return ledger.environment;
      return environmentOf(labels, settings);
    },
    identify(imageId) {
      const found = collecting.images().find(({ id }) => id === imageId);
      return (found?.subject as string | undefined as ImageDigest | undefined) ?? images.digestOf(imageId);
    },
    imageOf: async (annotations) => digestIn(annotations[criImageName] ?? ''),
    settings: bundleJudge(files),
    read: bundleReader({ ...files, keptAt: rootOf }),
    base: async (bundle, bases) => await baseOfStep({ bundle, bases, engineRoot: engineRoot() }),
    hurry,
    seccomp: (digest) => profileOf(join(folder, 'seccomp'), digest, log),
    log,
  };
}

/** How containerd names the image of a Kubernetes container to its runtime. */
const criImageName = 'io.kubernetes.cri.image-name';

/** The digest that a reference ends with; a tag names no image. */
function digestIn(reference: string): string | undefined {
  return /(?:^|@)(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
}
