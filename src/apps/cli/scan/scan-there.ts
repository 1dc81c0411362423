import { AppError } from '#base/index.ts';
import { openCustom } from '#compliance/index.ts';
import { type CommandCall, text } from '../command.ts';
import { jobOf } from './job.ts';
import { judgeThere } from './judge-there.ts';
import type { ScanResult } from './result.ts';
import { requestOf, scanShown } from './scan-request.ts';
import { scriptsThere } from './scripts-there.ts';

interface Publishing {
  readonly call: CommandCall;
  readonly target: string;
  /** Address of the console. */
  readonly baseUrl: string;
  readonly application: string | undefined;
  readonly now: Date;
}

/** Scans a target and has a console match and judge it. Throws `usage` for what does not go with one. */
export async function scanThere({ call, target, baseUrl, application, now }: Publishing): Promise<ScanResult> {
  const { options, env } = call;
  refuseOwnRules(options);
  if (target.startsWith('sbom:'))
    throw new AppError('usage', 'A bill of materials is not published: it proves nothing of the image that it names.', {
      next: 'Judge it here, without --console and SEAWALL_CONSOLE, or scan the image itself.',
    });
  const token = text(options['token']) ?? env['SEAWALL_TOKEN'];
  if (token === undefined)
    throw new AppError('usage', '--console needs a token.', {
      next: 'Name it with --token or SEAWALL_TOKEN; the page Access of the console makes one.',
    });
  const job = jobOf(text(options['job']), env);
  const scripts = await scriptsThere(call);
  return judgeThere(
    {
      scanned: await scanShown({ ...requestOf(target, call), scripts: scripts?.wanted }, call.terminal),
      scannedAt: now,
      custom: scripts === undefined ? [] : await openCustom(scripts.checks),
      ...(job === undefined ? {} : { job }),
      ...(application === undefined ? {} : { application }),
    },
    { baseUrl: baseUrl.replace(/\/+$/, ''), token },
  );
}

/** The console matches with its database and judges by its policies; an option that would change nothing is refused. */
function refuseOwnRules(options: CommandCall['options']): void {
  const own = {
    failOn: '--fail-on',
    failOnChecks: '--fail-on-checks',
    onlyFixed: '--only-fixed',
    policy: '--policy',
    ignore: '--ignore',
    vex: '--vex',
    baseline: '--baseline',
    newerBase: '--newer-base',
    db: '--db',
  };
  const [given] = Object.entries(own).filter(([name]) => options[name] !== undefined);
  if (given === undefined) return;
  throw new AppError('usage', `${given[1]} does not go with a console: its database and its policies judge.`, {
    next: `Leave out ${given[1]}, or judge here, without --console and SEAWALL_CONSOLE.`,
  });
}
