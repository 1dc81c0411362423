import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { StructLayout } from './layout.ts';
import * as structs from './structs.ts';
import * as words from './words.ts';

const folderOf = join(import.meta.dirname, '../../../../native/include');
const headerFile = join(folderOf, 'wire.h');
const halves = [headerFile, join(folderOf, 'wire-agent.h')];
const text = halves
  .map((file) => readFileSync(file, 'utf8'))
  .join('')
  .replace(/\/\*[\s\S]*?\*\//g, '');

/** Struct of the header → names of its fields. */
const fieldsOf = new Map(
  [...text.matchAll(/struct (wire_\w+) \{([^}]*)\}/g)].map(([, name = '', body = '']) => [
    name,
    [...body.matchAll(/(\w+)(?:\[\w+\])?;/g)].map(([, field = '']) => field),
  ]),
);
/** Enum of the header → names of its constants. */
const constantsOf = new Map(
  [...text.matchAll(/enum (wire_\w+) \{([^}]*)\}/g)].map(([, name = '', body = '']) => [
    name,
    [...body.matchAll(/(WIRE_\w+) =/g)].map(([, constant = '']) => constant),
  ]),
);

/** What the compiler says: `struct.field` → offset, `struct` → size, constant → value. */
let compiled = new Map<string, number>();

beforeAll(() => {
  const prints = [
    ...[...fieldsOf].flatMap(([name, fields]) => [
      `printf("${name} %zu\\n", sizeof(struct ${name}));`,
      ...fields.map((field) => `printf("${name}.${field} %zu\\n", offsetof(struct ${name}, ${field}));`),
    ]),
    ...[
      'WIRE_PROTOCOL',
      'WIRE_MAX_FRAME',
      'WIRE_ID',
      'WIRE_APPLET',
      'WIRE_TABLE_FRAME',
      'WIRE_EXEC_ANCESTORS',
      ...[...constantsOf.values()].flat(),
    ].map((constant) => `printf("${constant} %zu\\n", (size_t)${constant});`),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'seawall-wire-'));
  try {
    const lines = ['#include <stddef.h>', '#include <stdio.h>', `#include "${headerFile}"`, 'int main(void) {'];
    writeFileSync(join(folder, 'print.c'), [...lines, ...prints, 'return 0; }', ''].join('\n'));
    execFileSync('gcc', ['-o', join(folder, 'print'), join(folder, 'print.c')]);
    const said = execFileSync(join(folder, 'print'), { encoding: 'utf8' }).trim().split('\n');
    compiled = new Map(said.map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

test('every struct of the header lies as this side reads it', () => {
  const layouts = structs as Readonly<Record<string, StructLayout<unknown>>>;
  const mine = Object.entries(layouts).flatMap(([name, { size, offsets }]) => {
    const struct = `wire_${snake(name)}`;
    // The frame's own kind has the word already.
    const fields = Object.entries(offsets).map(
      ([field, offset]) => [`${struct}.${field === 'codeKind' ? 'kind' : snake(field)}`, offset] as const,
    );
    return [[struct, size] as const, ...fields];
  });
  const theirs = [...compiled].filter(([name]) => name.startsWith('wire_'));
  expect(theirs.length).toBeGreaterThan(100);
  expect(Object.fromEntries(mine)).toEqual(Object.fromEntries(theirs));
});

/** Enum of the header, the beginning of its constants, and this side's table. */
const enums: readonly (readonly [string, string, Readonly<Record<string, number>>])[] = [
  ['wire_type', 'WIRE_', words.frameType],
  ['wire_feature', 'WIRE_FEATURE_', words.feature],
  ['wire_container_state', 'WIRE_CONTAINER_', words.containerState],
  ['wire_armed', 'WIRE_ARMED_', words.armed],
  ['wire_mechanism', 'WIRE_MECHANISM_', words.mechanism],
  ['wire_problem', 'WIRE_PROBLEM_', words.problem],
  ['wire_origin', 'WIRE_ORIGIN_', words.origin],
  ['wire_verdict', 'WIRE_', words.verdict],
  ['wire_reason', 'WIRE_REASON_', words.reason],
  ['wire_listing', 'WIRE_LISTING_', words.listing],
  ['wire_session', 'WIRE_SESSION_', words.session],
  ['wire_exec_flag', 'WIRE_EXEC_', words.execFlag],
  ['wire_move_flag', 'WIRE_MOVE_', words.moveFlag],
  ['wire_code_kind', 'WIRE_CODE_', words.codeKind],
  ['wire_code_flag', 'WIRE_CODE_', words.codeFlag],
  ['wire_dimension', 'WIRE_', words.dimension],
  ['wire_effect', 'WIRE_EFFECT_', words.effect],
  ['wire_policy_flag', 'WIRE_POLICY_', words.policyFlag],
  ['wire_file_flag', 'WIRE_FILE_', words.fileFlag],
];

test('every word of the header has the number that this side gives it', () => {
  expect([...constantsOf.keys()].toSorted()).toEqual(enums.map(([name]) => name).toSorted());
  for (const [name, beginning, table] of enums) {
    const constants = (constantsOf.get(name) ?? []).map((constant) => [constant, compiled.get(constant)] as const);
    const mine = Object.entries(table).map(
      ([word, number]) => [`${beginning}${snake(word).toUpperCase()}`, number] as const,
    );
    // `unknown` stands for no origin at all, which the header writes as zero.
    const named = mine.filter(([constant]) => constant !== 'WIRE_ORIGIN_UNKNOWN');
    expect.soft(Object.fromEntries(named), name).toEqual(Object.fromEntries(constants));
  }
  expect(words.protocol).toBe(compiled.get('WIRE_PROTOCOL'));
  expect(words.longestFrame).toBe(compiled.get('WIRE_MAX_FRAME'));
  expect(words.longestTableFrame).toBe(compiled.get('WIRE_TABLE_FRAME'));
  expect(words.appletLength).toBe(compiled.get('WIRE_APPLET'));
  expect(words.idLength).toBe(compiled.get('WIRE_ID'));
  expect(words.mostAncestors).toBe(compiled.get('WIRE_EXEC_ANCESTORS'));
});
