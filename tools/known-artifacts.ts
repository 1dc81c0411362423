import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';

/**
 * Makes the table of Maven artifacts that advisories have named, from the Maven feed:
 * `node tools/known-artifacts.ts`. Raise the version of the jar analyzer when the table changes.
 */
const root = join(import.meta.dirname, '..');
const feeds = process.env['SEAWALL_FEEDS'] ?? join(root, '../shared/feeds');
const advisories = Object.values(unzipSync(readFileSync(join(feeds, 'Maven/all.zip')))).map(
  (file) =>
    JSON.parse(strFromU8(file)) as { readonly affected?: readonly { readonly package?: { readonly name: string } }[] },
);
const names = advisories.flatMap(({ affected = [] }) => affected.flatMap((each) => each.package?.name.trim() ?? []));
const coordinates = [...new Set(names)].filter((name) => /^[^:\s]+:[^:\s]+$/.test(name)).sort();
writeFileSync(
  join(root, 'src/catalog/analyzers/jar/known-artifacts.json'),
  `[\n${coordinates.map((name) => `  ${JSON.stringify(name)}`).join(',\n')}\n]\n`,
);
console.log(`${coordinates.length} artifacts`);
