import { AppError } from '#base/index.ts';
import type { ExecutablesWanted } from '#catalog/index.ts';
import { checkSeverities, type CheckSeverity } from '#compliance/index.ts';
import type { Policy } from '#policy/index.ts';
import { parseThreshold, policyFor } from '#policy/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plain } from '../plain.ts';
import { resultsOfAll, wantsAllPlatforms } from '../scan/all-platforms.ts';
import { baselineOf } from '../scan/baseline.ts';
import { databaseHere } from '../scan/database-here.ts';
import { findingListOf } from '../scan/finding-list.ts';
import { hashedBefore } from '../scan/hashed-before.ts';
import { complianceRuleHere, judgeHere } from '../scan/judge-here.ts';
import { matchHere } from '../scan/match-here.ts';
import { basesWanted } from '../scan/bases-wanted.ts';
import { outputsOf, refuseOneImageOnly, showsVerdict, writeAllOutputs, writeOutputs } from '../scan/outputs.ts';
import { platformLines, worstOf } from '../scan/platform-results.ts';
import type { ScanResult } from '../scan/result.ts';
import { sourceDateOf } from '../scan/source-date.ts';
import { requestOf } from '../scan/scan-request.ts';
import { statementFiles } from '../scan/statement-files.ts';
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
  const bases = basesWanted(options);
  const judgedFor = async (one: CommandCall): Promise<ScanResult> => {
    const result = await judgement(one, now);
    if (bases === undefined) return result;
    const { onBase } = await import('../scan/on-base.ts');
    return await onBase(result, bases, one);
  };
  const writing = { terminal, now, sourceDate, ...(list === undefined ? {} : { list }) };
  if (wantsAllPlatforms(options)) {
    refuseOneImageOnly(outputs);
    const all = await resultsOfAll(targetOf(call), call, judgedFor);
    await writeAllOutputs(outputs, all, writing);
    terminal.err(platformLines(all));
    return exitCodes[worstOf(all)];
  }
  const judged = await judgedFor(call);
  await writeOutputs(outputs, judged, writing);
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
    if (options['allowScripts'] === true) await (await import('../scan/scripts-there.ts')).scriptsThere(call);
    const statements = await statementFiles(options);
    if (application !== undefined)
      throw new AppError('usage', '--application goes with a console, which keeps it.', {
        next: 'Name the console with --console or SEAWALL_CONSOLE, or leave out --application.',
      });
    const baseline = await baselineOf(text(options['baseline']));
    const before = hashedBefore(call);
    // Some checks ask for executables, and whoever lets checks fail the scan wants their answers.
    const executables: ExecutablesWanted = checkLimit === undefined ? 'left-out' : 'hashed';
    const database = databaseHere(options, env, before.forDatabase);
    const onNote = (note: string): void => call.terminal.err(`${plain(note)}\n`);
    const named = options['onlyFixed'] === true ? { onlyFixedName: '--only-fixed' } : {};
    const complianceRule = complianceRuleHere(checkLimit);
    const rules = { policy, complianceRule, now, statements, baseline, onNote, ...named };
    const request = { ...requestOf(targetOf(call), call), executables, keeping: before.forImage };
    const matched = await matchHere(request, database, { terminal: call.terminal });
    return { ...(await judgeHere(matched, database, rules)), hashed: before.found };
  }
  const { scanThere } = await import('../scan/scan-there.ts');
  return await scanThere({ call, target: targetOf(call), baseUrl, application, now });
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
  const { readPolicyFile } = await import('../scan/policy-file.ts');
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

function targetOf({ arguments: [named], options }: CommandCall): string {
  const input = text(options['input']);
  if ((named === undefined) === (input === undefined)) {
    throw new AppError(
      'usage',
      named === undefined ? 'scan needs a target.' : 'scan takes a target or --input, not both.',
      { next: 'Try `seawall scan IMAGE`, or `seawall scan --input image.tar`; `seawall scan --help` shows more.' },
    );
  }
  return named ?? `archive:${input}`;
}
