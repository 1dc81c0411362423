import type { ExecFrame } from '../../../src/runtime/agent/wire/frames.ts';
import { expectThat } from '../lab.ts';
import type { Ground } from './ground.ts';

/** Lays something there and runs it: the kernel must answer EPERM, and the caller lives on. Answers what it says of it. */
export async function refusedIn({ shell }: Ground, lay: string, line: string): Promise<string> {
  if (lay !== '') {
    const laid = await shell.say(lay);
    expectThat(laid.code === 0, `${lay} ended with ${laid.code}: ${laid.text}`);
  }
  const { code, text } = await shell.say(line);
  expectThat(code === 126 && /not permitted/u.test(text), `it ended with ${code}: ${text.replaceAll('\n', ' ')}`);
  return text;
}

/** The refusal came over the wire, with these words. */
export async function expectReported(
  { reported }: Ground,
  path: string,
  wanted: Pick<ExecFrame, 'reason' | 'origin'>,
): Promise<ExecFrame> {
  const frame = await reported(path);
  const { verdict, reason, origin } = frame;
  expectThat(
    verdict === 'refused' && reason === wanted.reason && origin === wanted.origin,
    `${path} is told as ${verdict}, ${reason}, ${origin}`,
  );
  return frame;
}
