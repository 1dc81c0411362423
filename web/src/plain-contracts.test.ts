import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plainContract } from '../plain-contracts.ts';

const root = join(import.meta.dirname, '../..');

describe('a contract as the pages import it', () => {
  test('keeps method and path of an endpoint, words and functions, and hands the schemas on', () => {
    const text = `
      import { z } from 'zod';
      import { line } from '#http/fields.ts';
      import { endpoint, type Permission } from '#http/index.ts';
      import { facesOf } from './faces.ts';
      import { Effect } from './contract-effect.ts';
      export { Effect };
      export { Job } from './contract-job.ts';
      export type { Face } from './face.ts';
      export const words = ['low', 'high'] as const;
      const Word = z.enum(words);
      export const Row = z.object({ name: line(9), word: Word });
      export type Row = z.infer<typeof Row>;
      export function isHigh(row: Row): boolean {
        return row.word === words[1] && facesOf(row) > 0;
      }
      export const readRow = (value: unknown) => Row.parse(value);
      export const listRows = endpoint({ method: 'GET', path: '/rows', needs: 'read', query: z.object({ word: Word }), reply: Row });
    `;
    const plain = plainContract(text, './contract.ts?schemas').replaceAll(/\s+/g, ' ');
    expect(plain).not.toMatch(/zod|fields|z\.|endpoint|#http/);
    expect(plain).toContain(`listRows = ({ method: 'GET', path: '/rows', })`);
    expect(plain).toMatch(/words = .* function isHigh/);
    expect(plain).toContain(`import { facesOf } from './faces.ts'`);
    expect(plain).toContain(`export { Job } from './contract-job.ts'`);
    expect(plain).toMatch(/export \{ Effect, Row, readRow \} from '\.\/contract\.ts\?schemas'; $/);
  });

  test('refuses an endpoint that it cannot read', () => {
    expect(() => plainContract(`export const one = endpoint({ ...other, method: 'GET' });`, '')).toThrow();
    expect(() => plainContract('export const one = endpoint(other);', '')).toThrow();
  });

  test('loses no name of any contract', async () => {
    const files = globSync('src/*/contract*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const names = Object.keys((await import(join(root, file))) as object);
      const plain = plainContract(readFileSync(join(root, file), 'utf8'), './REST');
      const handedOn = /export \{ ([^}]*) \} from '\.\/REST'/.exec(plain)?.[1]?.split(', ') ?? [];
      const declared = [...plain.matchAll(/^export (?:const|function|async function) (\w+)/gm)].map(([, name]) => name);
      const listed = [...plain.matchAll(/^export \{([^}]*)\} from '(?!\.\/REST)/gm)].flatMap(([, list]) =>
        (list ?? '').split(',').map((name) => name.trim()),
      );
      const known = new Set([...handedOn, ...declared, ...listed]);
      // What `export *` hands on is not repeated here.
      const star = /^export \*/m.test(plain);
      expect(plain, basename(file)).not.toMatch(/\bz\./);
      if (!star)
        expect(
          names.filter((name) => !known.has(name)),
          file,
        ).toEqual([]);
    }
  });
});
