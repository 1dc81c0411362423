import { type Convergence, Dimension, type Entry, type Model } from '#runtime/contract.ts';
import type { ModelDetail } from './models.ts';

type Known = Pick<ModelDetail, 'packages' | 'executables'>;

/** A model as `seawall model list|show --format json` writes it, one object a line. */
export function modelJson(model: Model, known: Known): object {
  const items = model.evidence.items.filter(({ state }) => state === 'confirmed' || state === 'pending');
  return {
    digest: model.key.digest,
    entrypoint: model.key.entrypoint,
    ...(model.environment === undefined ? {} : { environment: model.environment }),
    evidenceFrom: model.evidenceFrom ?? [],
    state: model.state,
    partial: model.partial,
    convergence: Object.fromEntries(
      Dimension.options.map((dimension) => [dimension, model.convergence[dimension] ?? unseen]),
    ),
    process: processesOf(items, known),
    listen: [],
    egress: [],
    dns: [],
    files: items.flatMap(toFile),
    syscalls: { boot: [], run: [] },
    capabilities: [],
  };
}

const unseen: Convergence = {
  verdict: 'learning',
  hours: 0,
  novelHours: 0,
  point: 0,
  starts: 0,
  hourOfDayMask: 0,
  weekdayMask: 0,
  blockedBy: ['Nothing was seen of it.'],
};

type ProcessEntry = Entry & { readonly fact: Extract<Entry['fact'], { dimension: 'process' }> };

/** One entry a program, and applet where it has some, with the programs that start it. */
function processesOf(items: readonly Entry[], { packages, executables }: Known): readonly object[] {
  const processes = items.flatMap((entry): readonly ProcessEntry[] => {
    const { fact } = entry;
    return fact.dimension === 'process' ? [{ ...entry, fact }] : [];
  });
  const byPath = Map.groupBy(processes, ({ fact }) => JSON.stringify([fact.path, fact.applet, fact.sha256]));
  return [...byPath.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { path, applet, sha256 = executables[path]?.sha256 } = first.fact;
    const md5 = executables[path]?.md5;
    return [
      {
        path,
        ...(applet === undefined ? {} : { applet }),
        ...(first.anyApplet === undefined ? {} : { anyApplet: first.anyApplet }),
        ...(md5 === undefined || sha256 !== executables[path]?.sha256 ? {} : { md5 }),
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(packages[path] === undefined ? {} : { package: packages[path] }),
        parents: [...new Set(same.flatMap(({ fact }) => fact.caller ?? []))].toSorted(),
        ...provenance(same),
      },
    ];
  });
}

function toFile(entry: Entry): readonly object[] {
  const { fact } = entry;
  if (fact.dimension !== 'file') return [];
  const pattern = fact.kind === 'generated-code' ? `${fact.folder}/{any}` : fact.file;
  return [{ pattern, access: 'code', exe: fact.path, ...provenance([entry]) }];
}

const sources: readonly Entry['source'][] = ['inherited', 'learned', 'static', 'user'];

function provenance(items: readonly Entry[]): object {
  const firstSeen = items
    .flatMap(({ firstSeenAt }) => firstSeenAt ?? [])
    .toSorted()
    .at(0);
  const lastSeen = items
    .flatMap(({ lastSeenAt }) => lastSeenAt ?? [])
    .toSorted()
    .at(-1);
  return {
    ...(firstSeen === undefined ? {} : { firstSeen }),
    ...(lastSeen === undefined ? {} : { lastSeen }),
    source: sources.findLast((source) => items.some((entry) => entry.source === source)),
    seenIn: [...new Set(items.flatMap(({ seenIn = [] }) => seenIn))].toSorted(),
    confidence: Math.max(...items.map(({ confidence = 1 }) => confidence)),
  };
}
