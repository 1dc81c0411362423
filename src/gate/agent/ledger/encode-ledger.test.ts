import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWrapper, buildWrapperPart } from '../../../../test/make/wrapper.ts';
import type { ImageDigest } from '#base/index.ts';
import type { Ledger, LedgerEntry } from '#admission/contract.ts';
import { type BreakGlass, decide } from '#admission/index.ts';
import { encodeLedger, type LedgerSettings } from './encode-ledger.ts';
import * as numbers from './ledger-form.ts';

const headerFile = join(import.meta.dirname, '../../../../native/include/ledger.h');
const folder = mkdtempSync(join(tmpdir(), 'seawall-ledger-'));
const file = join(folder, 'ledger');
let wrapper = '';
let finder = '';

const now = new Date('2026-11-24T12:00:00Z');
const later = '2026-11-25T12:00:00Z';
const before = '2026-11-23T12:00:00Z';
const settings: LedgerSettings = {
  environments: [],
  hold: 30_000,
  unknown: 'deny',
  agentAway: 'allow',
  builds: 'approved-base',
  settings: 'judged',
};

function named(number: number): ImageDigest {
  return `sha256:${number.toString(16).padStart(2, '0').repeat(32)}` as ImageDigest;
}

function entry(digest: number, more: Partial<LedgerEntry> = {}): LedgerEntry {
  const answer = more.answer ?? 'allow';
  return {
    digest: named(digest),
    aliases: [],
    answer,
    effect: answer === 'deny' ? 'block' : 'ignore',
    cause: 'verdict',
    evidence: [],
    reason: `Image ${digest}: ${answer}`,
    expiresAt: later,
    ...more,
  };
}

function ledgerOf(entries: readonly LedgerEntry[], more: Partial<Ledger> = {}): Ledger {
  const head = { form: 1, host: 'h', sequence: 7, issuedAt: before, expiresAt: later } as const;
  return { ...head, entries, rules: [], collections: [], ...more };
}

interface Dump {
  readonly header: Readonly<Record<string, number>>;
  readonly records: readonly {
    readonly digest: string;
    readonly answer: number;
    readonly cause: number;
    readonly effect: number;
    readonly expires: number;
    readonly reason: string;
    readonly rule: string;
  }[];
}

function dump(bytes: Buffer): Dump {
  writeFileSync(file, bytes);
  const lines = execFileSync(wrapper, ['--seawall-dump-ledger', file], { encoding: 'utf8' }).trim().split('\n');
  const [header, ...records] = lines.map((line) => JSON.parse(line));
  const text = (hex: string) => Buffer.from(hex, 'hex').toString();
  return { header, records: records.map((one) => ({ ...one, reason: text(one.reason), rule: text(one.rule) })) };
}

/** What the wrapper's reader says of each digest. */
function find(bytes: Buffer, digests: readonly string[]): readonly string[] {
  writeFileSync(file, bytes);
  const input = digests.map((digest) => `${digest.slice(7)}\n`).join('');
  const said = execFileSync(finder, [file, String(now.getTime())], { input, encoding: 'utf8' });
  return said.trim().split('\n');
}

describe('a compiled ledger', () => {
  beforeAll(() => {
    wrapper = buildWrapper({ folder });
    finder = buildWrapperPart(folder, 'ledger-find');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('every field lies where the header says', () => {
    const text = readFileSync(headerFile, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    const constants = [...text.matchAll(/(LEDGER_\w+) =/g)].map(([, name = '']) => name);
    const prints = [...constants, 'LEDGER_FORM', 'LEDGER_BLOCK', 'LEDGER_MAX_HOLD_MS'].map(
      (name) => `printf("\\"${name}\\":%d,", (int)${name});`,
    );
    const source = `#include <stdio.h>\n#include "${headerFile}"\nint main(void){printf("{");${prints.join('')}
      printf("\\"header\\":%zu,\\"record\\":%zu,\\"magic\\":\\"%s\\"}", sizeof(struct ledger_header),
      sizeof(struct ledger_record), LEDGER_MAGIC);return 0;}`;
    execFileSync('gcc', ['-x', 'c', '-', '-o', join(folder, 'print')], { input: source });
    const { answer, cause, effect, builds, flag } = numbers;
    expect(JSON.parse(execFileSync(join(folder, 'print'), { encoding: 'utf8' }))).toEqual({
      LEDGER_ALLOW: answer.allow,
      LEDGER_DENY: answer.deny,
      LEDGER_ASK: answer.ask,
      LEDGER_VERDICT: cause.verdict,
      LEDGER_OWN_IMAGE: cause['own-image'],
      LEDGER_BREAK_GLASS: cause['break-glass'],
      LEDGER_IGNORE: effect.ignore,
      LEDGER_ALERT: effect.alert,
      LEDGER_BLOCK_START: effect.block,
      LEDGER_BUILDS_ALLOW: builds.allow,
      LEDGER_BUILDS_APPROVED_BASE: builds['approved-base'],
      LEDGER_BUILDS_DENY: builds.deny,
      LEDGER_JUDGES_SETTINGS: flag.judgesSettings,
      LEDGER_HAS_SETTINGS: flag.hasSettings,
      LEDGER_JUDGES_COMPLIANCE: flag.judgesCompliance,
      LEDGER_FORM: numbers.form,
      LEDGER_BLOCK: numbers.block,
      LEDGER_MAX_HOLD_MS: numbers.longestHold,
      header: numbers.headerBytes,
      record: numbers.recordBytes,
      magic: numbers.magic,
    });
  });

  test('is read field by field as it was written', () => {
    const rule = { id: 'prod', version: 3, name: 'Nothing medium — “prod”' };
    const entries = [
      entry(9, { answer: 'deny', effect: 'block', reason: 'CVE-2026-1 ü is in it.', rule }),
      entry(2, { aliases: [named(200), named(1)], cause: 'own-image', effect: 'alert', expiresAt: before }),
    ];
    const { header, records } = dump(encodeLedger({ ledger: ledgerOf(entries), breakGlass: [], settings }));
    expect(header).toEqual({
      form: 1,
      sequence: 7,
      issued: Date.parse(before),
      expires: Date.parse(later),
      bytes: readFileSync(file).length,
      records: 4,
      texts: Buffer.byteLength(`CVE-2026-1 ü is in it.${JSON.stringify(rule)}Image 2: allow`),
      hold_ms: 30_000,
      unknown: 2,
      agent_away: 1,
      builds: 2,
      flags: 1,
    });
    const allowed = { answer: 1, cause: 2, effect: 2, expires: Date.parse(before), reason: 'Image 2: allow', rule: '' };
    const reason = 'CVE-2026-1 ü is in it.';
    expect(records).toEqual([
      { ...allowed, digest: named(1).slice(7) },
      { ...allowed, digest: named(2).slice(7) },
      {
        answer: 2,
        cause: 1,
        effect: 3,
        expires: Date.parse(later),
        reason,
        rule: JSON.stringify(rule),
        digest: named(9).slice(7),
      },
      { ...allowed, digest: named(200).slice(7) },
    ]);
  });

  test('without a ledger holds what root let start, and nothing else', () => {
    const breakGlass = [{ digest: named(5), until: new Date(later) }];
    const bytes = encodeLedger({ ledger: undefined, breakGlass, settings: { ...settings, settings: 'not-judged' } });
    expect(dump(bytes).header).toMatchObject({ sequence: 0, issued: 0, expires: 0, records: 1, flags: 0 });
    expect(find(bytes, [named(5), named(6)])).toEqual(['found 1 3', 'passed']);
  });

  test('says for an image under several environments what holds in all of them', () => {
    const inTest = { environment: 'test' } as const;
    const entries = [
      entry(1, { answer: 'deny' }),
      entry(1, { ...inTest, answer: 'deny' }),
      entry(2),
      entry(2, { ...inTest, answer: 'deny' }),
      entry(3),
      entry(4, { environment: 'prod' }),
    ];
    const wide = encodeLedger({
      ledger: ledgerOf(entries),
      breakGlass: [],
      settings: { ...settings, environments: ['test'] },
    });
    expect(find(wide, [1, 2, 3, 4].map(named))).toEqual(['found 2 1', 'found 3 1', 'found 3 1', 'nothing']);
    const narrow = encodeLedger({ ledger: ledgerOf(entries), breakGlass: [], settings });
    expect(find(narrow, [1, 2, 3, 4].map(named))).toEqual(['found 2 1', 'found 1 1', 'found 1 1', 'nothing']);
  });

  test('says beside what depends on the environment what holds in the strictest', () => {
    const inTest = { environment: 'test' } as const;
    const rule = { id: 'prod', version: 3, name: 'Nothing medium' };
    const entries = [
      entry(1, { ...inTest, expiresAt: before }),
      entry(1, { answer: 'deny', rule }),
      entry(2, { effect: 'alert' }),
    ];
    const { records } = dump(
      encodeLedger({ ledger: ledgerOf(entries), breakGlass: [], settings: { ...settings, environments: ['test'] } }),
    );
    expect(records).toMatchObject([
      { answer: 3, effect: 3, reason: 'Image 1: deny', rule: JSON.stringify(rule), expires: Date.parse(later) },
      { answer: 3, effect: 2, reason: 'Image 2: allow', rule: '' },
    ]);
  });

  test('answers as decide does', () => {
    const number = fc.integer({ min: 0, max: 12 });
    const when = fc.constantFrom(before, later);
    const image = fc.record({
      digest: number.map(named),
      aliases: fc.array(number.map(named), { maxLength: 3 }),
      answer: fc.constantFrom('allow', 'deny'),
      cause: fc.constantFrom('verdict', 'own-image'),
      expiresAt: when,
    });
    const glass = fc.record({ digest: number.map(named), until: when.map((text) => new Date(text)) });
    const cases = fc.record({
      images: fc.array(image, { maxLength: 8 }),
      glass: fc.array(glass, { maxLength: 3 }),
      expiresAt: when,
    });
    fc.assert(
      fc.property(cases, ({ images, glass: breakGlass, expiresAt }) => {
        const ledger = ledgerOf(
          images.map((one) => entry(0, one as Partial<LedgerEntry>)),
          { expiresAt },
        );
        const all = Array.from({ length: 13 }, (_, one) => named(one));
        const said = find(encodeLedger({ ledger, breakGlass, settings }), all);
        expect(said).toEqual(all.map((digest) => decided(digest, ledger, breakGlass)));
      }),
      { numRuns: 150 },
    );
  });

  test('is found damaged wherever a byte of it is other than it was', () => {
    const bytes = encodeLedger({
      ledger: ledgerOf([entry(1), entry(2, { answer: 'deny' })]),
      breakGlass: [],
      settings,
    });
    const isWhole = (one: Buffer) => {
      writeFileSync(file, one);
      return spawnSync(wrapper, ['--seawall-dump-ledger', file]).status === 0;
    };
    expect(isWhole(bytes)).toBe(true);
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x10, at);
      expect.soft(isWhole(damaged), `byte ${at}`).toBe(false);
    }
    for (const length of [0, 1, 67, 68, 72, bytes.length - 1])
      expect.soft(isWhole(bytes.subarray(0, length))).toBe(false);
    expect(isWhole(Buffer.concat([bytes, Buffer.from([0])]))).toBe(false);
  });

  test('is searched over many blocks, and only a damaged block is not believed', () => {
    const wide = (one: number) => `sha256:${one.toString(16).padStart(64, '0')}` as ImageDigest;
    const entries = Array.from({ length: 5000 }, (_, one) =>
      entry(0, { digest: wide(one * 2), reason: `Image ${one}` }),
    );
    const bytes = encodeLedger({ ledger: ledgerOf(entries), breakGlass: [], settings });
    const all = entries.map(({ digest }) => digest);
    expect(new Set(find(bytes, all))).toEqual(new Set(['found 1 1']));
    expect(
      new Set(
        find(
          bytes,
          all.map((_, one) => wide(one * 2 + 1)),
        ),
      ),
    ).toEqual(new Set(['nothing']));
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    const said = find(damaged, all);
    expect(said.at(0)).toBe('found 1 1');
    expect(said.at(-1)).toBe('corrupt');
  });
});

function decided(digest: string, ledger: Ledger, breakGlass: readonly BreakGlass[]): string {
  const answer = decide({ digest }, { ledger, breakGlass, now });
  switch (answer.kind) {
    case 'known':
      return `found ${numbers.answer[answer.entry.answer]} ${numbers.cause[answer.entry.cause]}`;
    case 'break-glass':
      return 'found 1 3';
    case 'unknown':
      return answer.why === 'no-entry' ? 'nothing' : 'passed';
  }
}
