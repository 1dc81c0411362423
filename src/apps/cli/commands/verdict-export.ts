import { X509Certificate } from 'node:crypto';
import { Environment } from '#access/contract.ts';
import { AppError, isAppError, isSubjectId } from '#base/index.ts';
import { call } from '#http/index.ts';
import { getVerdictBundle, type SignedBundle } from '#policy/contract.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { writeSecretFile } from '../secret-file.ts';

/** `seawall verdict export DIGEST --env E`: what the console answers, as it is. */
export async function run({ arguments: words, options, env, terminal }: CommandCall): Promise<ExitCode> {
  const [subject = ''] = words;
  if (!isSubjectId(subject))
    throw new AppError('usage', `${subject} is no digest of an image’s config.`, {
      next: 'Name it as `docker image inspect --format {{.Id}}` or the page of the image does: sha256:….',
    });
  const params = { subject: subject as string, environment: environmentOf(text(options['env'])) };
  const to = consoleOf(options, env);
  const { bundle } = await call(getVerdictBundle, { params }, to).catch(sayWhoMay);
  const content = `${JSON.stringify(bundle)}\n`;
  const file = text(options['output']);
  if (file === undefined) terminal.out(content);
  else writeSecretFile(file, content);
  const key = authorityOf(bundle);
  terminal.err(
    `${Buffer.byteLength(content)} bytes. The console’s authority is ${key}: tell it to whoever verifies, apart from the file.\n` +
      `Make the verdict again with \`seawall verdict verify ${file ?? 'FILE'} --key ${key}\`.\n`,
  );
  return 0;
}

function sayWhoMay(error: unknown): never {
  if (!isAppError(error) || error.code !== 'not-allowed') throw error;
  throw new AppError(error.code, error.message, {
    cause: error,
    next: 'Name the token of an auditor or administrator who sees everything.',
  });
}

/** As `--key` wants it. The console that the token belongs to is asked, so its word is taken. */
function authorityOf({ authority }: SignedBundle): string {
  return new X509Certificate(authority).fingerprint256.replaceAll(':', '').toLowerCase();
}

function environmentOf(name: string | undefined) {
  if (name === 'none') return name;
  const environment = Environment.safeParse(name);
  if (environment.success) return environment.data;
  throw new AppError('usage', name === undefined ? '--env is missing.' : `--env ${name} is no environment.`, {
    next: 'Name one, `--env prod`; none stands for hosts without an environment.',
  });
}

function consoleOf(options: CommandCall['options'], env: CommandCall['env']) {
  const baseUrl = text(options['console']) ?? env['SEAWALL_CONSOLE'];
  const token = text(options['token']) ?? env['SEAWALL_TOKEN'];
  if (baseUrl === undefined || baseUrl === '')
    throw new AppError('usage', 'No console is named.', { next: 'Name one with --console or SEAWALL_CONSOLE.' });
  if (token === undefined)
    throw new AppError('usage', '--console needs a token.', { next: 'Name one with --token or SEAWALL_TOKEN.' });
  return { baseUrl: baseUrl.replace(/\/+$/, ''), token };
}
