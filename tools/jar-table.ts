import { filedJars, layouts } from '#ecosystems/maven/jar/filed.testing.ts';
import { openDatabase } from '#vulnerability/index.ts';
import { jarTable } from '../src/vulnerability/jar-table.testing.ts';

/**
 * `node tools/jar-table.ts vulnerability.db`: how the jars that Debian files with their coordinates are identified, with
 * and without what states these. More of them come with Debian's `lib…-java` packages.
 */

const [file = 'vulnerability.db'] = process.argv.slice(2);
const database = openDatabase(file, { trustedKeys: [], allowUnsigned: true });
for (const layout of layouts) {
  const { jars, named, exact, versionUnknown, wrongVersion, missed, falseMatches } = await jarTable(
    database,
    filedJars(),
    layout,
  );
  console.log(
    `${layout.padEnd(36)} ${jars} jars, ${named} in advisories: ${exact} exact, ${versionUnknown.length} version unknown, ` +
      `${wrongVersion.length} wrong version, ${missed.length} missed; ${falseMatches.length} taken for others`,
  );
}
