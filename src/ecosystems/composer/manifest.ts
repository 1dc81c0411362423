import { asFields, textIn } from '../fields.ts';
import { manifestReader } from '../manifest.ts';
import { readJson } from './list.ts';

/** What `composer.json` asks for to run (https://getcomposer.org/doc/04-schema.md). Names without a slash are of the platform. */
export const composerManifest = manifestReader({
  id: 'composer-manifest',
  summary: 'What composer.json asks for, where no lock file and nothing installed tells the versions',
  file: /(?:^|\/)composer\.json$/,
  answeredBy: /(?:^|\/)composer\.lock$/,
  command: '`composer update --no-install`',
  read(text) {
    const read = readJson(text);
    const manifest = typeof read === 'string' ? undefined : asFields(read);
    if (manifest === undefined) return typeof read === 'string' ? read : 'it is no object';
    const own = textIn(manifest, 'name');
    const names = Object.keys(asFields(manifest['require']) ?? {}).filter((name) => name.includes('/'));
    return { names, ...(own && { own }) };
  },
});
