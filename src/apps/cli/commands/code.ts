import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { askCode, getCode, type MappedFile } from '#runtime/contract.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { cell, type Column, fittedTable } from '../formats/table/columns.ts';
import { plain, plainJson } from '../plain.ts';
import { formatOf, type RuntimeConsole, withConsole } from '../runtime/ask.ts';

type Reply = ReplyOf<typeof getCode>;
type Code = NonNullable<Reply['code']>;

/** Milliseconds for which a host is waited for, and between two looks. */
const patience = 30_000;
const lookEvery = 500;

/** `seawall code CONTAINER`. 0: all of the image; 1: other code runs or ran; 3: not everything is known, or not of now. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const format = formatOf(call);
  const { options, terminal } = call;
  const [name = ''] = call.arguments;
  return await withConsole<ExitCode>(call, async (console) => {
    const reply =
      options['last'] === true ? await console.ask(getCode, { params: { name } }) : await fresh(console, name);
    const { code, container } = reply;
    if (code === undefined)
      throw new AppError('not-found', `Host ${container.host} never said what code runs in ${container.name}.`, {
        next: 'Ask it now: leave --last out.',
      });
    const which = options['all'] === true ? 'all' : 'not the image’s';
    if (format === 'json') terminal.out(`${plainJson(JSON.stringify({ container, ...code }))}\n`);
    else terminal.out(describe(container, { code, which, columns: terminal.columns }));
    return exitCodes[code.verdict.kind];
  });
}

const exitCodes = { proven: 0, other: 1, incomplete: 3, stale: 3 } as const satisfies Record<
  Code['verdict']['kind'],
  ExitCode
>;

/** What the host says now. Throws `host-silent` when it does not. */
async function fresh(console: RuntimeConsole, name: string): Promise<Reply> {
  const { container, host, request } = await console.ask(askCode, { params: { name } });
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const reply = await console.ask(getCode, { params: { name: container } });
    if (reply.code?.statement.request === request) return reply;
    await pause(lookEvery);
  }
  throw new AppError('host-silent', `Host ${host} did not say within ${patience / 1000} s what code runs in ${name}.`, {
    next: 'See on the page Hosts whether its agent and sensor are there, then ask again; --last prints what it said before.',
  });
}

/** Hashes are cut as on the pages; the statement, which `--format json` prints, has them whole. */
const fileColumns: readonly Column[] = [
  { title: 'CODE', width: 22, least: 8 },
  { title: 'FILE', width: 120, cut: 'start', least: 12 },
  { title: 'MAPPED', width: 6, align: 'right' },
  { title: 'LAYER', width: 5, align: 'right' },
  { title: 'PACKAGE', width: 60, cut: 'start', least: 10 },
  { title: 'SHA-256', width: 12 },
];

interface Shown {
  readonly code: Code;
  readonly which: 'all' | 'not the image’s';
  /** Of the terminal. */
  readonly columns: number;
}

function describe({ name, host }: Reply['container'], { code, which, columns }: Shown): string {
  const { statement, verdict, signed } = code;
  const { files, omitted, at, image } = statement;
  const shown = which === 'all' ? files : files.filter(({ standing }) => standing !== 'image');
  const head = [
    `${plain(name)} on ${plain(host)}${image === undefined ? '' : `, image ${image}`}`,
    plain(verdict.sentence),
    `Said ${secondOf(at)}, signed with the certificate of ${plain(host)}: ${signed.signature.slice(0, 32)}…`,
  ].join('\n');
  const rows = shown.map(toRow);
  const table = rows.length === 0 ? '' : `\n${fittedTable(fileColumns, rows, columns)}\n`;
  const more =
    omitted === 0 ? '' : `${omitted} more ${omitted === 1 ? 'file is' : 'files are'} counted and not listed.\n`;
  return `${head}\n${table}${more}`;
}

/** `2026-11-24 12:03:07 UTC`. */
function secondOf(moment: string): string {
  return `${moment.slice(0, 19).replace('T', ' ')} UTC`;
}

function toRow({ path, standing, why, mappings, layer, package: owner, sha256 }: MappedFile) {
  const words = why === undefined ? standings[standing] : `${standings[standing]}, ${whys[why]}`;
  const numbers = [`${mappings}×`, layer === undefined ? '' : String(layer)];
  return [words, path, ...numbers, packageName(owner), (sha256 ?? '').slice(0, 12)].map((text) => cell(text));
}

/** `pkg:deb/debian/libc6@2.41-12?arch=amd64` as `deb/debian/libc6@2.41-12`. */
function packageName(purl = ''): string {
  return purl.replace(/^pkg:/, '').replace(/[?#].*$/, '');
}

const standings = { image: 'image', unlisted: 'not in its scan', allowed: 'allowed', other: 'other' } as const;
const whys = {
  changed: 'changed',
  written: 'written here',
  mount: 'on a mount',
  memory: 'in memory',
  deleted: 'deleted',
  unknown: 'unknown',
} as const;
