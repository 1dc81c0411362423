import { systemClock } from '#base/index.ts';
import { type DatabaseInfo, openDatabase, readTrustedKeys } from '#vulnerability/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { describeTallies } from '../describe-tallies.ts';
import { cell, type Column, fittedTable } from '../formats/table/columns.ts';
import { databasePath, keyFolder } from '../scan/database-here.ts';

/** `seawall db info`: what is inside, how old each source says it is, who signed it. */
export async function run({ options, env, terminal }: CommandCall): Promise<ExitCode> {
  const path = databasePath(options, env);
  const key = text(options['dbKey']);
  const trustedKeys = readTrustedKeys({ folder: keyFolder(env), files: key === undefined ? [] : [key] });
  const database = openDatabase(path, { trustedKeys, allowUnsigned: true });
  try {
    terminal.out(
      text(options['format']) === 'json'
        ? `${JSON.stringify(database.info, undefined, 2)}\n`
        : describeDatabase(database.info, { path, now: systemClock(), width: terminal.columns }),
    );
  } finally {
    database.close();
  }
  return 0;
}

const columns: readonly Column[] = [
  { title: 'SOURCE', width: 60, cut: 'middle', least: 20 },
  { title: 'ADVISORIES', width: 10, align: 'right' },
  { title: 'AS OF', width: 34 },
];

interface Shown {
  readonly path: string;
  readonly now: Date;
  /** Of the terminal. */
  readonly width: number;
}

function describeDatabase(info: DatabaseInfo, { path, now, width }: Shown): string {
  const { signature } = info;
  const signed =
    signature === undefined
      ? 'not signed'
      : `signed by ${signature.keyId}, ${signature.trusted ? 'trusted here' : 'NOT trusted here'}`;
  const rows = info.sources.map(({ id, advisories, asOf }) => [
    cell(id),
    cell(String(advisories)),
    cell(asOf === undefined ? 'states no date' : `${asOf.slice(0, 10)}, ${days(asOf, now)}`),
  ]);
  return [
    `${path}`,
    `built ${info.builtAt}, ${info.advisories} advisories, ${signed}`,
    '',
    fittedTable(columns, rows, width),
    '',
    describeTallies(info.tallies),
  ].join('\n');
}

function days(moment: string, now: Date): string {
  const age = Math.floor((now.getTime() - Date.parse(moment)) / 86_400_000);
  return age > 7 ? `stale, ${age} days old` : age === 1 ? '1 day old' : `${age} days old`;
}
