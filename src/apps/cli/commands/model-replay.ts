import { AppError } from '#base/index.ts';
import { getStops, mostDaysBack, type Stops } from '#runtime/contract.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plain, plainJson } from '../plain.ts';
import { formatOf, withConsole } from '../runtime/ask.ts';
import { modelsOf } from '../runtime/models.ts';
import { evidenceText, exitCodeOfStops, stoppedText, stopsReason } from '../runtime/stopped-text.ts';

/** `seawall model replay IMAGE`: what preventing everything would have stopped of what its containers did. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const [image = ''] = call.arguments;
  const format = formatOf(call);
  const query = { days: daysOf(text(options['days'])), when: whenOf(text(options['when'])) };
  const environment = text(options['environment']);
  return await withConsole<ExitCode>(call, async (console) => {
    const models = (await modelsOf(console, image)).filter(
      (model) => environment === undefined || (model.environment ?? 'none') === environment,
    );
    if (models.length === 0)
      throw new AppError(
        'not-found',
        `There is no model of ${image} in ${environment}; seawall model list shows environments.`,
      );
    const all: Stops[] = [];
    for (const { id, key, environment: place = 'none' } of models) {
      const { rule, ...stops } = (await console.ask(getStops, { params: { id }, query })) as Stops & {
        readonly rule?: object;
      };
      all.push(stops);
      if (format === 'json')
        terminal.out(`${plainJson(JSON.stringify({ ...key, environment: place, rule, ...stops }))}\n`);
      else
        terminal.out(
          `${plain(`${key.entrypoint.join(' ')}, environment ${place}`)}\n${stoppedText(stops)}${evidenceText(stops)}\n`,
        );
    }
    terminal.err(`${stopsReason(all)}\n`);
    return exitCodeOfStops(all);
  });
}

function daysOf(written = '14'): number {
  const days = Number(written);
  if (Number.isInteger(days) && days >= 1 && days <= mostDaysBack) return days;
  throw new AppError('usage', `--days ${written} is no whole number from 1 to ${mostDaysBack}.`);
}

function whenOf(written = 'now'): 'now' | 'protect-ready' {
  if (written === 'now' || written === 'protect-ready') return written;
  throw new AppError('usage', `--when ${written} is neither now nor protect-ready.`);
}
