import { AppError } from '#base/index.ts';
import type { ExecutablesWanted, WantedScripts } from '#catalog/index.ts';
import { checkSeverities, type CheckSeverity, openCustom } from '#compliance/index.ts';
import type { Policy } from '#policy/index.ts';
import { parseThreshold, policyFor } from '#policy/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plain } from '../plain.ts';
import { databaseHere } from '../scan/database-here.ts';
import { findingListOf } from '../scan/finding-list.ts';
import { jobOf } from '../scan/job.ts';
import { complianceRuleHere, judgeHere } from '../scan/judge-here.ts';
import { judgeThere } from '../scan/judge-there.ts';
import { outputsOf, showsVerdict, writeOutputs } from '../scan/outputs.ts';
import { readPolicyFile } from '../scan/policy-file.ts';
import type { ScanResult } from '../scan/result.ts';
import { sourceDateOf } from '../scan/source-date.ts';
import { requestOf, scanShown } from '../scan/scan-request.ts';
import type { Scanned } from '../scan/scan-target.ts';
import { scriptsThere } from '../scan/scripts-there.ts';
import { exitCodes } from '../scan/verdict-exit.ts';

/** `seawall scan`: find the packages of a target, match, judge, print, and end with the verdict's exit code. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const outputs = outputsOf(options);
  const list = findingListOf(options);
  if (list !== undefined && !outputs.some(({ format }) => format.id === 'table'))
    throw new AppError('usage', '--list and --severity go with the table.', {
      next: 'Leave them out: the other formats hold every finding.',
    });
  const sourceDate = sourceDateOf(call.env);
  const now = new Date();
  const judged = await judgement(call, now);
  await writeOutputs(outputs, judged, { terminal, now, sourceDate, ...(list === undefined ? {} : { list }) });
  if (!showsVerdict(outputs, terminal)) terminal.err(`${judged.verdict.kind}: ${plain(judged.verdict.reason)}\n`);
  return exitCodes[judged.verdict.kind];
}

async function judgement(call: CommandCall, now: Date): Promise<ScanResult> {
  const { options, env } = call;
  const policy = await policyHere(options);
  const checkLimit = checkLimitOf(options);
  const baseUrl = text(options['console']) ?? env['SEAWALL_CONSOLE'];
  const application = text(options['application']);
  if (baseUrl === undefined) {
    await scriptsThere(call);
    if (application !== undefined)
      throw new AppError('usage', '--application goes with a console, which keeps it.', {
        next: 'Name the console with --console or SEAWALL_CONSOLE, or leave out --application.',
      });
    // Some checks ask for executables, and whoever lets checks fail the scan wants their answers.
    const scanning = scanned(call, checkLimit === undefined ? 'left-out' : 'hashed');
    scanning.catch(() => undefined);
    const database = databaseHere(options, env);
    const named = options['onlyFixed'] === true ? { onlyFixedName: '--only-fixed' } : {};
    const complianceRule = complianceRuleHere(checkLimit);
    return judgeHere(await scanning, database, { policy, complianceRule, now, ...named });
  }
  refuseOwnRules(options);
  const token = text(options['token']) ?? env['SEAWALL_TOKEN'];
  if (token === undefined)
    throw new AppError('usage', '--console needs a token.', {
      next: 'Name it with --token or SEAWALL_TOKEN; the page Access of the console makes one.',
    });
  const job = jobOf(text(options['job']), env);
  const scripts = await scriptsThere(call);
  return judgeThere(
    {
      scanned: await scanned(call, 'hashed', scripts?.wanted),
      scannedAt: now,
      custom: scripts === undefined ? [] : await openCustom(scripts.checks),
      ...(job === undefined ? {} : { job }),
      ...(application === undefined ? {} : { application }),
    },
    { baseUrl: baseUrl.replace(/\/+$/, ''), token },
  );
}

/** The policy of a file, else the default with what the options change. */
async function policyHere(options: CommandCall['options']): Promise<Policy> {
  const file = text(options['policy']);
  const failOn = text(options['failOn']);
  const onlyFixed = options['onlyFixed'] === true;
  if (file === undefined) {
    const threshold = failOn === undefined ? undefined : parseThreshold(failOn);
    return policyFor({ kind: 'scan', ...(threshold === undefined ? {} : { threshold }), onlyFixed });
  }
  if (failOn !== undefined || onlyFixed)
    throw new AppError('usage', `--policy does not go with ${failOn === undefined ? '--only-fixed' : '--fail-on'}.`, {
      next: 'Write the limit into a rule of the file.',
    });
  return await readPolicyFile(file);
}

/** The least severity of a failed check that fails the scan. Throws `usage`. */
function checkLimitOf(options: CommandCall['options']): CheckSeverity | undefined {
  const word = text(options['failOnChecks']);
  const limit = checkSeverities.find((severity) => severity === word);
  if (word === undefined || limit !== undefined) return limit;
  throw new AppError('usage', `There is no severity ${word} of checks.`, {
    next: `Choose ${checkSeverities.join(', ')} for --fail-on-checks.`,
  });
}

/** The console matches with its database and judges by its policies; an option that would change nothing is refused. */
function refuseOwnRules(options: CommandCall['options']): void {
  const own = {
    failOn: '--fail-on',
    failOnChecks: '--fail-on-checks',
    onlyFixed: '--only-fixed',
    policy: '--policy',
    db: '--db',
  };
  const [given] = Object.entries(own).filter(([name]) => options[name] !== undefined);
  if (given === undefined) return;
  throw new AppError('usage', `${given[1]} does not go with a console: its database and its policies judge.`, {
    next: `Leave out ${given[1]}, or judge here, without --console and SEAWALL_CONSOLE.`,
  });
}

async function scanned(call: CommandCall, executables: ExecutablesWanted, scripts?: WantedScripts): Promise<Scanned> {
  const { options, terminal } = call;
  const [named] = call.arguments;
  const input = text(options['input']);
  if ((named === undefined) === (input === undefined)) {
    throw new AppError(
      'usage',
      named === undefined ? 'scan needs a target.' : 'scan takes a target or --input, not both.',
      { next: 'Try `seawall scan IMAGE`, or `seawall scan --input image.tar`; `seawall scan --help` shows more.' },
    );
  }
  return await scanShown({ ...requestOf(named ?? `archive:${input}`, call), executables, scripts }, terminal);
}
