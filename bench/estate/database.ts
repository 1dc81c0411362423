import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { packValue, tables } from '../../src/vulnerability/database-file.ts';
import { localSigningKey } from '../../src/vulnerability/keys.ts';
import { signDatabaseFile } from '../../src/vulnerability/sign.ts';
import { advisory, databaseAt } from './store.ts';

/*
 * Writes a signed database file of the estate, with these advisories to the package `shared` besides, in a process of
 * its own, so that a console that is measured does not hold what it is made from: FILE KEYS BUILT-AT NUMBER...
 */
const [file = '', keys = '', builtAt = '', ...numbers] = process.argv.slice(2);
const made = databaseAt(
  builtAt,
  numbers.map((number) => advisory(Number(number), 'shared')),
);
rmSync(file, { force: true });
const written = new DatabaseSync(file);
written.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; ${tables}`);
const insertAdvisories = written.prepare('INSERT INTO advisories VALUES (?, ?, ?)');
const insertCve = written.prepare('INSERT INTO cves VALUES (?, ?)');
const named = new Set<string>();
for (const { key, value } of made.rows?.('advisories') ?? []) {
  insertAdvisories.run(...key, packValue(String(value)));
  for (const [id] of String(value).matchAll(/(?<=")CVE-\d+-\d+/g)) named.add(id);
}
for (const id of named) insertCve.run(id, JSON.stringify(made.cve(id)));
written.prepare("INSERT INTO meta VALUES ('info', ?)").run(JSON.stringify(made.info));
written.exec('COMMIT');
written.close();
signDatabaseFile(file, localSigningKey(keys));
