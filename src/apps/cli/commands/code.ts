import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { askCode, getCode, type MappedFile } from '#runtime/contract.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { cell, renderTable } from '../formats/table/columns.ts';
import { plain, plainJson } from '../plain.ts';
import { formatOf, type RuntimeConsole, withConsole } from '../runtime/ask.ts';

type Reply = ReplyOf<typeof getCode>;
type Code = NonNullable<Reply['code']>;

/** Milliseconds for which a host is waited for, and between two looks. */
const patience = 30_000;
const lookEvery = 500;

/** `seawall code CONTAINER`. 0: all of the image; 1: other code runs or ran; 3: not everything is known. */
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
        next: 'Ask again without --last, or see on the page Hosts whether its agent and sensor are there.',
      });
    if (format === 'json') terminal.out(`${plainJson(JSON.stringify({ container, ...code }))}\n`);
    else terminal.out(describe(reply.container, code, options['all'] === true ? 'all' : 'not the image’s'));
    return exitCodes[code.verdict.kind];
  });
}

const exitCodes = { proven: 0, other: 1, incomplete: 3 } as const satisfies Record<Code['verdict']['kind'], ExitCode>;

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
    next: 'See on the page Hosts whether its agent and sensor are there; --last prints what it said before.',
  });
}

const columns = [
  { title: 'STANDING', width: 22 },
  { title: 'FILE', width: 60, cut: 'start' },
  { title: 'MAPPED', width: 8 },
  { title: 'LAYER', width: 6 },
  { title: 'PACKAGE', width: 40, cut: 'start' },
  { title: 'SHA-256', width: 64 },
] as const;

function describe(
  { name, host }: Reply['container'],
  { statement, verdict, signed }: Code,
  which: 'all' | 'not the image’s',
): string {
  const { files, omitted, at, image } = statement;
  const shown = which === 'all' ? files : files.filter(({ standing }) => standing !== 'image');
  const head = [
    `${plain(name)} on ${plain(host)}${image === undefined ? '' : `, ${image}`}`,
    plain(verdict.sentence),
    `Looked at ${at}; signed by the certificate of ${plain(host)}: ${signed.signature.slice(0, 32)}…`,
  ].join('\n');
  const rows = shown.map(toRow);
  const table = rows.length === 0 ? '' : `\n${renderTable(columns, rows, (title) => title)}\n`;
  const more = omitted === 0 ? '' : `${omitted} more files are counted and not listed.\n`;
  return `${head}\n${table}${more}`;
}

function toRow({ path, standing, why, mappings, layer, package: owner, sha256 }: MappedFile) {
  const words = why === undefined ? standings[standing] : `${standings[standing]}, ${whys[why]}`;
  return [words, path, String(mappings), layer === undefined ? '' : String(layer), owner ?? '', sha256 ?? ''].map(
    (text) => cell(text),
  );
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
