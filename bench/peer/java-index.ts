import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { metadata, recordsOf } from './advisories.ts';

const tables = `
  CREATE TABLE artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT);
  CREATE TABLE indices(artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT);
  CREATE UNIQUE INDEX artifacts_idx ON artifacts(artifact_id, group_id);
  CREATE INDEX indices_artifact_idx ON indices(artifact_id);
  CREATE UNIQUE INDEX indices_sha1_idx ON indices(sha1);`;

/**
 * Writes the index by which the peer finds coordinates of jars: it lists no jar without one, and believes only names
 * that the index has. It holds every package that advisories name, with the versions that they list.
 */
export function writeJavaIndex(cache: string, feeds: string): void {
  const folder = join(cache, 'java-db');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'trivy-java.db'));
  try {
    database.exec(`${tables} BEGIN`);
    const addArtifact = database.prepare('INSERT INTO artifacts VALUES (?, ?, ?)');
    const addVersion = database.prepare("INSERT INTO indices VALUES (?, ?, ?, 'jar')");
    for (const [index, [name, versions]] of [...versionsOf(feeds)].entries()) {
      const [group = '', artifact = ''] = name.split(':');
      addArtifact.run(index, group, artifact);
      for (const version of versions) {
        addVersion.run(index, version, createHash('sha1').update(`${name}:${version}`).digest());
      }
    }
    database.exec('COMMIT');
  } finally {
    database.close();
  }
  writeFileSync(join(folder, 'metadata.json'), metadata(1));
}

function versionsOf(feeds: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { affected = [] } of recordsOf(feeds, 'Maven')) {
    for (const { package: one, versions = [] } of affected) {
      if (one === undefined) continue;
      found.set(one.name, new Set([...(found.get(one.name) ?? []), ...versions]));
    }
  }
  return found;
}
