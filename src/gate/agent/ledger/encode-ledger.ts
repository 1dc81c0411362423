import { crc32 } from 'node:zlib';
import type { Ledger, LedgerEntry } from '#admission/contract.ts';
import type { LedgerRules } from './encode-rules.ts';
import type { BreakGlass } from '#admission/index.ts';
import { answer, block, builds, cause, effect, flag, form, headerBytes, magic, recordBytes } from './ledger-form.ts';

/** What the runtime wrapper goes by where it asks nobody, or nobody answers. */
export interface LedgerSettings {
  /** Environments in which containers of the host may stand besides the host's own. */
  readonly environments: readonly string[];
  /** Milliseconds for which the start of an unknown image is held. */
  readonly hold: number;
  /** Answer about an image that is still unknown then. */
  readonly unknown: 'allow' | 'deny';
  /** Answer where settings cannot be judged, because the agent does not answer in time. */
  readonly agentAway: 'allow' | 'deny';
  readonly builds: keyof typeof builds;
  /** Whether a rule speaks of the settings of containers. */
  readonly settings: 'judged' | 'not-judged';
  /** Whether a compliance rule may refuse a container: the wrapper asks the agent, which alone decides checks. Missing: none may. */
  readonly compliance?: 'judged';
  /** The rules over settings, so that the wrapper judges by them itself; missing: it asks the agent. */
  readonly rules?: LedgerRules;
}

export interface LedgerContent {
  /** Missing: the host has none, so everything is unknown but what root let start. */
  readonly ledger: Ledger | undefined;
  readonly breakGlass: readonly BreakGlass[];
  readonly settings: LedgerSettings;
}

interface LedgerRecord {
  /** 64 hexadecimal digits. */
  readonly digest: string;
  readonly answer: keyof typeof answer;
  readonly cause: keyof typeof cause;
  readonly effect: keyof typeof effect;
  readonly expires: Date;
  readonly reason: string;
  readonly rule: string;
}

/** The ledger as `native/include/ledger.h` describes it, for the runtime wrapper. Write it whole, by a rename. */
export function encodeLedger({ ledger, breakGlass, settings }: LedgerContent): Buffer {
  const places = ledger === undefined ? [] : [...new Set([ledger.environment, ...settings.environments])];
  const byPlace = places.map((place) => entriesByName(ledger?.entries ?? [], place));
  const joined = joinPlaces(byPlace);
  const known = joined.map(([name, entries]) => recordOf(name, entries));
  const letStart = breakGlass.flatMap((glass) => glassRecords(glass, joined));
  // The sort is stable: what root let start stands before what the ledger says of the same digest.
  const records = [...letStart, ...known].sort((one, other) =>
    one.digest < other.digest ? -1 : +(one.digest > other.digest),
  );
  const texts = new Texts();
  const head = Buffer.alloc(records.length * recordBytes);
  for (const [place, record] of records.entries()) writeRecord(head.subarray(place * recordBytes), record, texts);
  const settingsAt = settings.rules === undefined ? undefined : texts.placeCounted(JSON.stringify(settings.rules));
  const body = Buffer.concat([head, texts.bytes()]);
  return withHeader(body, { ledger, settings, records: records.length, texts, settingsAt });
}

/** Of two entries for one name the first counts. */
function entriesByName(entries: readonly LedgerEntry[], place: string | undefined): ReadonlyMap<string, LedgerEntry> {
  const byName = new Map<string, LedgerEntry>();
  for (const entry of entries.filter(({ environment }) => environment === place))
    for (const name of [entry.digest, ...entry.aliases]) if (!byName.has(name)) byName.set(name, entry);
  return byName;
}

/** A name of an image, and what each place says of it. */
type Joined = readonly [name: string, places: readonly (LedgerEntry | undefined)[]];

function joinPlaces(byPlace: readonly ReadonlyMap<string, LedgerEntry>[]): readonly Joined[] {
  const names = new Set(byPlace.flatMap((entries) => [...entries.keys()]));
  return [...names].map((name) => [name, byPlace.map((entries) => entries.get(name))] as const);
}

/**
 * What holds wherever the container stands. Where that differs the agent is asked, and what stands beside the question
 * is the word of the strictest place, which holds where the agent does not answer.
 */
function recordOf(name: string, places: Joined[1]): LedgerRecord {
  const entries = places.filter((entry) => entry !== undefined);
  const [first] = entries;
  if (first === undefined) throw new Error(`Nothing is said of ${name}.`);
  const isSame = entries.length === places.length && entries.every((entry) => entry.answer === first.answer);
  const refusing = isSame ? undefined : entries.find((entry) => entry.answer === 'deny');
  const { reason, rule } = refusing ?? first;
  const isOwn = entries.every((entry) => entry.cause === 'own-image');
  return {
    digest: hexOf(name),
    answer: isSame ? first.answer : 'ask',
    cause: isOwn ? 'own-image' : 'verdict',
    effect: refusing === undefined ? strictestEffect(entries) : 'block',
    expires: new Date(refusing?.expiresAt ?? Math.min(...entries.map(({ expiresAt }) => Date.parse(expiresAt)))),
    reason,
    rule: rule === undefined || (!isSame && refusing === undefined) ? '' : JSON.stringify(rule),
  };
}

function strictestEffect(entries: readonly LedgerEntry[]): LedgerEntry['effect'] {
  return (['block', 'alert'] as const).find((effect) => entries.some((entry) => entry.effect === effect)) ?? 'ignore';
}

/** Root named one digest, and means the image: each name by which it is known with that one. */
function glassRecords({ digest, until }: BreakGlass, joined: readonly Joined[]): readonly LedgerRecord[] {
  const isMeant = (entry: LedgerEntry | undefined): boolean =>
    entry !== undefined && (entry.digest === digest || entry.aliases.includes(digest));
  const names = new Set([digest, ...joined.filter(([, places]) => places.some(isMeant)).map(([name]) => name)]);
  const reason = `Root on this host allowed it until ${until.toISOString()}.`;
  return [...names].map((name) => ({
    digest: hexOf(name),
    answer: 'allow',
    cause: 'break-glass',
    effect: 'alert',
    expires: until,
    reason,
    rule: '',
  }));
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** Texts behind each other, each once. */
class Texts {
  readonly #places = new Map<string, number>();
  readonly #parts: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  place(text: string): { readonly at: number; readonly bytes: number } {
    const bytes = Buffer.byteLength(text);
    const known = this.#places.get(text);
    if (known !== undefined) return { at: known, bytes };
    const at = this.#length;
    this.#places.set(text, at);
    this.#parts.push(Buffer.from(text));
    this.#length += bytes;
    return { at, bytes };
  }

  /** With its length before it; answers where that stands. */
  placeCounted(text: string): number {
    const [at, length] = [this.#length, Buffer.alloc(4)];
    const content = Buffer.from(text);
    length.writeUInt32LE(content.length);
    this.#parts.push(length, content);
    this.#length += 4 + content.length;
    return at;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function writeRecord(to: Buffer, record: LedgerRecord, texts: Texts): void {
  const reason = texts.place(record.reason);
  const rule = texts.place(record.rule);
  to.write(record.digest, 0, 'hex');
  to.writeBigUInt64LE(BigInt(record.expires.getTime()), 32);
  to.writeUInt32LE(reason.at, 40);
  to.writeUInt32LE(rule.at, 44);
  to.writeUInt16LE(reason.bytes, 48);
  to.writeUInt16LE(rule.bytes, 50);
  to.writeUInt8(answer[record.answer], 52);
  to.writeUInt8(cause[record.cause], 53);
  to.writeUInt8(effect[record.effect], 54);
}

interface Head extends Pick<LedgerContent, 'ledger' | 'settings'> {
  readonly records: number;
  readonly texts: Texts;
  /** Where the rules over settings stand in them. */
  readonly settingsAt: number | undefined;
}

function withHeader(body: Buffer, { ledger, settings, records, texts, settingsAt }: Head): Buffer {
  const blocks = Math.ceil(body.length / block);
  const table = Buffer.alloc(blocks * 4);
  for (let one = 0; one < blocks; one += 1)
    table.writeUInt32LE(crc32(body.subarray(one * block, (one + 1) * block)), one * 4);
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 0, 'latin1');
  header.writeUInt32LE(form, 8);
  header.writeBigUInt64LE(BigInt(ledger?.sequence ?? 0), 16);
  header.writeBigUInt64LE(BigInt(Date.parse(ledger?.issuedAt ?? '1970-01-01')), 24);
  header.writeBigUInt64LE(BigInt(Date.parse(ledger?.expiresAt ?? '1970-01-01')), 32);
  header.writeBigUInt64LE(BigInt(headerBytes + table.length + body.length), 40);
  header.writeUInt32LE(records, 48);
  header.writeUInt32LE(texts.length, 52);
  header.writeUInt32LE(settings.hold, 56);
  header.writeUInt8(answer[settings.unknown], 60);
  header.writeUInt8(answer[settings.agentAway], 61);
  header.writeUInt8(builds[settings.builds], 62);
  const judges =
    (settings.settings === 'judged' ? flag.judgesSettings : 0) |
    (settings.compliance === 'judged' ? flag.judgesCompliance : 0);
  header.writeUInt8(judges | (settingsAt === undefined ? 0 : flag.hasSettings), 63);
  header.writeUInt32LE(settingsAt ?? 0, 64);
  header.writeUInt32LE(crc32(table, crc32(header)), 12);
  return Buffer.concat([header, table, body]);
}
