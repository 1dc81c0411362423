import { AppError } from '#base/index.ts';
import { settingsRules } from '#compliance/index.ts';
import { analyzers } from '#catalog/index.ts';
import { checks } from '#compliance/index.ts';
import { ecosystems, listedEcosystem } from '#ecosystems/index.ts';
import { sources } from '#image/index.ts';
import { rules } from '#policy/index.ts';
import { detectors } from '#runtime/index.ts';
import { feeds, schemes } from '#vulnerability/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { releasedTemplates } from '../compliance/template-choice.ts';
import { fold } from '../fold.ts';
import { formats } from '../formats/index.ts';

interface Listed {
  readonly id: string;
  /** Missing: only its parts have one. */
  readonly version?: number;
  readonly summary: string;
}

/** Every kind of plug-in, with what is registered of it. */
export const kinds: Readonly<Record<string, readonly Listed[]>> = {
  ecosystems: ecosystems.map(listedEcosystem),
  analyzers,
  sources,
  formats,
  feeds,
  schemes,
  rules: [...rules, ...settingsRules],
  detectors,
  checks: Object.values(checks).flatMap((some) =>
    some.map(({ id, version, title }) => ({ id, version, summary: title })),
  ),
  templates: releasedTemplates,
};

/** `seawall list KIND`: the plug-ins of a kind, from its registry. */
export async function run({ arguments: [kind = ''], options, terminal }: CommandCall): Promise<ExitCode> {
  const listed = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (listed === undefined)
    throw new AppError('usage', `There is no kind ${kind}.`, { next: `Kinds are ${Object.keys(kinds).join(', ')}.` });
  const rows = listed.map(({ id, version, summary }) => ({ id, ...(version !== undefined && { version }), summary }));
  const indent = Math.max(...rows.map((row) => row.id.length)) + 2;
  terminal.out(
    text(options['format']) === 'json'
      ? `${JSON.stringify(rows, undefined, 2)}\n`
      : rows
          .map((row) => `${fold(row.id.padEnd(indent) + row.summary, { width: terminal.columns, indent })}\n`)
          .join(''),
  );
  return 0;
}
