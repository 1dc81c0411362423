import { cvesOf, type PeerRecord } from './advisories.ts';

/** What a scanner says of one package: that a vulnerability, by all its ids, is in it. */
export interface Said {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly ids: readonly string[];
  /** The record that it rests on. */
  readonly record: string;
  /** Where the package lies, if the scanner tells. */
  readonly path?: string;
  /** Why it is listed and not counted. */
  readonly suppressed?: string;
}

/** Everything that one scanner said of a target. */
export interface Answer {
  readonly said: readonly Said[];
  readonly packages: readonly Listed[];
  /** What it says it cannot judge. */
  readonly doubts: readonly string[];
}

/** A package that a scanner lists. */
export interface Listed {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly paths: readonly string[];
  /** By what it was found. */
  readonly evidence?: string;
  /** Whether a package of the operating system ships it. */
  readonly isOwned?: boolean;
}

/** A finding of one side only, and why; without a reason nobody knows. */
export interface Row {
  readonly said: Said;
  readonly reason?: string;
}

/** Findings of one side only. */
export interface Comparison {
  /** The peer's that Seawall does not count. */
  readonly missing: readonly Row[];
  /** Seawall's that the peer lacks. */
  readonly more: readonly Row[];
}

/** Compares two answers finding by finding, whatever ids each gives a vulnerability. */
export function compareAnswers(ours: Answer, peer: Answer, records: ReadonlyMap<string, PeerRecord>): Comparison {
  const [here, there] = [new Side(ours), new Side(peer)];
  const missing = reasonsFor(here, there, records);
  return {
    missing: eachOnce(peer.said).flatMap((said) => {
      const match = here.saying(said);
      if (match !== undefined && match.suppressed === undefined) return [];
      return { said, ...reasonOf(match?.suppressed ?? missing(said)) };
    }),
    more: eachOnce(ours.said).flatMap((said) => {
      if (said.suppressed !== undefined || there.saying(said) !== undefined) return [];
      return { said, ...reasonOf(whyMore(said, here, there)) };
    }),
  };
}

/** A target can hold a package many times, and a record speak of it more than once. */
function eachOnce(said: readonly Said[]): readonly Said[] {
  return [...new Map(said.map((one) => [`${keyOf(one)} ${one.ids.join(' ')}`, one])).values()];
}

type Named = Pick<Listed, 'type' | 'name' | 'version'>;

function reasonOf(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

class Side {
  readonly #said = new Map<string, Said[]>();
  readonly #listed = new Map<string, Listed[]>();
  readonly #byPath = new Map<string, Listed[]>();
  readonly #doubts: readonly string[];

  constructor({ said, packages, doubts }: Answer) {
    this.#doubts = doubts;
    for (const one of said) addTo(this.#said, keyOf(one), one);
    for (const one of packages) {
      addTo(this.#listed, nameKey(one), one);
      for (const path of one.paths) addTo(this.#byPath, `${one.type} ${path}`, one);
    }
  }

  /** What it says of the same vulnerability in the same package; rather what counts. */
  saying(said: Said): Said | undefined {
    const ids = new Set(said.ids);
    const same = this.#said.get(keyOf(said))?.filter((one) => one.ids.some((id) => ids.has(id))) ?? [];
    return same.find(({ suppressed }) => suppressed === undefined) ?? same[0];
  }

  /** Whether it says anything of the package by this record. */
  restsOn(record: string, said: Said): boolean {
    return this.#said.get(keyOf(said))?.some((one) => one.record === record) ?? false;
  }

  /** The package as it lists it, in any version. */
  listed(said: Said): readonly Listed[] {
    return this.#listed.get(nameKey(said)) ?? [];
  }

  lists(said: Said): boolean {
    return this.listed(said).some((one) => plainVersion(one) === plainVersion(said));
  }

  /** What it reads in the same file. */
  inPlaceOf({ type, path }: Said): Listed | undefined {
    return path === undefined ? undefined : this.#byPath.get(`${type} ${path}`)?.[0];
  }

  /** That it says it cannot judge this. */
  doubtOf({ name, version, ids }: Said): string | undefined {
    const about = this.#doubts.filter((message) => message.startsWith(`${name} ${version}: `));
    return about.find(
      (message) => message.includes('the version cannot be read') || ids.some((id) => message.includes(id)),
    );
  }
}

/** Why a finding of the peer is missing. */
function reasonsFor(
  ours: Side,
  peer: Side,
  records: ReadonlyMap<string, PeerRecord>,
): (said: Said) => string | undefined {
  const alone = Map.groupBy(
    [...records.values()].filter((record) => cvesOf(record).length === 1),
    (record) => cvesOf(record)[0] ?? '',
  );
  return (said) => {
    const record = records.get(said.record);
    if (!ours.lists(said)) return whyNotListed(said, ours);
    const doubt = ours.doubtOf(said);
    if (doubt !== undefined) return `said to be open: ${doubt.slice(0, 160)}`;
    if (record === undefined) return undefined;
    const clearing = alone.get(said.ids[0] ?? '')?.find((one) => speaksOf(one, said) && !peer.restsOn(one.id, said));
    if (cvesOf(record).length > 1 && clearing !== undefined && said.type !== 'rpm') {
      return `the record is of several CVEs: ${clearing.id} speaks of this one alone, and clears the version for the peer too`;
    }
    return whyNotOf(said, record);
  };
}

function whyNotListed(said: Said, ours: Side): string | undefined {
  const other = ours.inPlaceOf(said);
  if (other?.evidence === undefined || !statedBy.has(other.evidence)) return undefined;
  return `the file states to be another package: ${other.name} ${other.version} in its ${other.evidence}`;
}

/** Why a record does not speak of the package. */
function whyNotOf(said: Said, record: PeerRecord): string | undefined {
  const about =
    record.affected?.flatMap(({ package: one, ranges }) => (one === undefined ? [] : { ...one, ranges })) ?? [];
  if (said.type === 'npm' && !about.some(({ ecosystem, name }) => ecosystem === 'npm' && name === said.name)) {
    return 'the registry of npm tells names of another case apart, and the record speaks of the other';
  }
  if (/^AL[BE]A-/.test(record.id) && cvesOf(record).length === 0) {
    return 'an erratum for bugs: it names no vulnerability';
  }
  const events = about.filter(({ name }) => name === said.name).flatMap(({ ranges }) => ranges ?? []);
  const fixes = events.flatMap((range) => range.events.flatMap(({ fixed }) => fixed ?? []));
  if (said.type === 'rpm' && fixes.length > 0 && fixes.some(isModular) !== isModular(said.version)) {
    return 'the erratum is of a module, and the package of none, or the other way round';
  }
  return undefined;
}

function speaksOf({ affected = [] }: PeerRecord, { name }: Said): boolean {
  return affected.some((one) => one.package?.name === name);
}

/** Evidence by which a jar states its own coordinates. */
const statedBy: ReadonlySet<string> = new Set(['pom.properties']);

function whyMore(said: Said, ours: Side, peer: Side): string {
  if (peer.lists(said))
    return 'the peer lists the package: it compares versions otherwise, or looks for other names or repositories';
  if (ours.listed(said).every(({ isOwned }) => isOwned)) {
    return 'an OS package owns it: the peer leaves it out, whatever the distribution says';
  }
  return peer.listed(said).length === 0
    ? 'the peer does not list the package'
    : 'the peer lists the package in another version';
}

function isModular(version: string): boolean {
  return version.includes('.module');
}

function addTo<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [one]);
  else known.push(one);
}

function keyOf(one: Named): string {
  return `${nameKey(one)} ${plainVersion(one)}`;
}

function nameKey({ type, name }: Named): string {
  const plain = type === 'pypi' ? name.toLowerCase().replaceAll(/[-_.]+/g, '-') : name.toLowerCase();
  return `${type} ${plain}`;
}

/** Epoch 0 is none, and Go's tools write a `v` where others write none. */
function plainVersion({ type, version }: Named): string {
  if (type === 'golang') return version.replace(/^v/, '');
  return type === 'rpm' || type === 'deb' ? version.replace(/^0:/, '') : version;
}
