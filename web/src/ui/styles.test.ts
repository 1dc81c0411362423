import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '..');
const styles = join(import.meta.dirname, '../../../node_modules/@mantine/core/styles');

/* Pages are loaded one by one: a style that another page brought along is missing when this one is opened first. */
test('every file brings the styles of the components that it uses', () => {
  const missing = globSync('**/*.tsx', { cwd: source }).flatMap((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    const names = [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap(([, list = '']) =>
      list.split(','),
    );
    return names
      .map((name) => `${name.trim()}.layer.css`)
      .filter((style) => existsSync(join(styles, style)) && !text.includes(`styles/${style}'`))
      .map((style) => `${file}: ${style}`);
  });
  expect(missing).toEqual([]);
});
