import { writeFile } from 'node:fs/promises';
import { AppError, messageOf } from '#base/index.ts';
import { getEvidencePackage, PackageFormat } from '#explorer/contract.ts';
import { download } from '#http/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { consoleOf } from '../compliance/ask-console.ts';

/**
 * `seawall compliance report`: gets from the console what an auditor takes away: the signed package, or its report, OSCAL
 * results or table alone.
 */
export async function run({ options, env, terminal }: CommandCall): Promise<ExitCode> {
  const format = formatOf(text(options['format']) ?? 'package');
  const output = text(options['output']);
  if (format === 'package' && output === undefined && terminal.seen !== undefined && terminal.seen !== 'errors')
    throw new AppError('usage', 'A package is not for a terminal.', { next: 'Name a file with --output.' });
  const content = await download(
    getEvidencePackage,
    {
      params: { template: text(options['template']) ?? 'nist-800-190' },
      query: {
        format,
        ...optional('at', momentOf(text(options['at']))),
        ...optional('environment', text(options['env']) as never),
        ...optional('application', text(options['application'])),
        ...optional('days', text(options['days'])),
      },
    },
    consoleOf({ options, env }),
  );
  if (output === undefined) process.stdout.write(content);
  else await save(output, content);
  if (output !== undefined) terminal.err(`Wrote ${output}, ${content.length} bytes.\n`);
  return 0;
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
}

function formatOf(given: string): PackageFormat {
  const format = PackageFormat.safeParse(given);
  if (format.success) return format.data;
  throw new AppError('usage', `--format ${given} is none of ${PackageFormat.options.join(', ')}.`);
}

/** A date is its end, in UTC. */
function momentOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const time = new Date(/^\d{4}-\d{2}-\d{2}$/.test(given) ? `${given}T23:59:59.999Z` : given);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new AppError('usage', `--at ${given} is no date: write 2026-03-31.`);
}

async function save(file: string, content: Uint8Array): Promise<void> {
  await writeFile(file, content).catch((cause: unknown) => {
    throw new AppError('output-unwritable', `${file} cannot be written: ${messageOf(cause)}`, { cause });
  });
}
