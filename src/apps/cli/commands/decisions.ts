import { AppError, isImageDigest } from '#base/index.ts';
import { Gate, listDecisions } from '#admission/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { fold } from '../fold.ts';
import { plain, plainJson } from '../plain.ts';
import { formatOf, type RuntimeConsole, withConsole } from '../runtime/ask.ts';
import { sinceOf } from '../runtime/since.ts';

type Decision = ReplyOf<typeof listDecisions>['decisions'][number];

const atOnce = 1000;

interface Wanted {
  readonly since?: string;
  readonly answer?: 'allow' | 'deny';
  readonly gate?: Gate;
  readonly image?: NonNullable<Decision['digest']>;
}

/** `seawall decisions`: oldest first, so that the newest stands last. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const print = formatOf(call) === 'json' ? jsonLine : textLine;
  const wanted = wantedBy(call);
  return await withConsole<ExitCode>(call, async (console) => {
    const decisions = await read(console, wanted);
    for (const decision of decisions.toReversed()) call.terminal.out(print(decision, call.terminal.columns));
    return 0;
  });
}

function wantedBy({ options }: CommandCall): Wanted {
  const since = sinceOf(text(options['since']));
  const answer = text(options['answer']);
  const gate = Gate.safeParse(text(options['gate']));
  const image = text(options['image']);
  if (answer !== undefined && answer !== 'allow' && answer !== 'deny')
    throw new AppError('usage', `--answer ${answer} is neither allow nor deny.`);
  if (!gate.success && options['gate'] !== undefined)
    throw new AppError('usage', `--gate ${text(options['gate'])} is no gate.`, {
      next: `Name one of ${Gate.options.join(', ')}.`,
    });
  if (image !== undefined && !isImageDigest(image))
    throw new AppError('usage', `--image ${image} is no digest.`, {
      next: 'Name the image by its config digest, sha256:…',
    });
  return {
    ...(since === undefined ? {} : { since }),
    ...(answer === undefined ? {} : { answer }),
    ...(gate.success ? { gate: gate.data } : {}),
    ...(image === undefined ? {} : { image }),
  };
}

/** Newest first. */
async function read({ ask }: RuntimeConsole, wanted: Wanted): Promise<readonly Decision[]> {
  const found: Decision[] = [];
  for (;;) {
    const before = found.at(-1)?.id;
    const query = { ...wanted, limit: atOnce, ...(before === undefined ? {} : { before }) };
    const { decisions } = await ask(listDecisions, { query });
    found.push(...decisions);
    if (decisions.length < atOnce) return found;
  }
}

/** The first fields and their order are fixed: others build on them. */
function jsonLine({ evidence, rule, id, ...decision }: Decision): string {
  const { time, ring, principal, subject, environment, digest, answer, reason, milliseconds, ...more } = decision;
  const reported = { time, ring, principal, subject, environment, digest, rule, evidence };
  return `${plainJson(JSON.stringify({ ...reported, answer, reason, milliseconds, ...more, id }))}\n`;
}

function textLine(decision: Decision, width: number): string {
  const { time, answer, effect, gate, host, environment, subject, milliseconds, reason, lateAnswer } = decision;
  const moment = time.slice(0, 19).replace('T', ' ');
  const word = answer === 'deny' ? 'refused' : effect === 'alert' ? 'alerted' : 'allowed';
  const where = environment === undefined ? host : `${host} (${environment})`;
  const took = `${Math.round(milliseconds)} ms`;
  const late =
    lateAnswer === undefined
      ? ''
      : `  late answer: would have ${lateAnswer.answer === 'deny' ? 'refused' : 'allowed'} it`;
  const line = plain(`${moment}  ${word}  ${gate}  ${where}  ${subject}  ${took}  ${reason}${late}`);
  return `${fold(line, { width, indent: 4 })}\n`;
}
