import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { getConsole } from '#access/contract.ts';
import { messageOf } from '#base/index.ts';
import { runningConsole } from '../../console/instance.ts';
import type { Place } from './place.ts';

/** What a console's pages say to somebody without a token. */
export interface ConsoleLook {
  /** Missing: none is named, and none runs here. */
  readonly url?: string;
  /** A console ran here and did not end by itself. */
  readonly wasKilled: boolean;
  readonly answer?:
    | { readonly kind: 'answers'; readonly offset?: number }
    | { readonly kind: 'other'; readonly status: number }
    | { readonly kind: 'silent'; readonly reason: string };
}

/** Milliseconds. */
const patience = 8000;

export function lookAtConsole(place: Place): Promise<ConsoleLook> {
  return place.once('console', async () => {
    const { consoleUrl: url, stateFolder } = place;
    const wasKilled = existsSync(join(stateFolder, 'console.json')) && runningConsole(stateFolder) === undefined;
    if (url === undefined || url === '') return { wasKilled };
    return { url, wasKilled, answer: await ask(url) };
  });
}

async function ask(url: string): Promise<NonNullable<ConsoleLook['answer']>> {
  const sent = Date.now();
  try {
    const response = await fetch(`${url}${getConsole.path}`, { signal: AbortSignal.timeout(patience) });
    const offset = offsetOf(response.headers.get('date'), { sent, received: Date.now() });
    const reply: unknown = await response.json().catch(() => undefined);
    if (response.status !== 200 || !getConsole.reply.safeParse(reply).success)
      return { kind: 'other', status: response.status };
    return { kind: 'answers', ...(offset !== undefined && { offset }) };
  } catch (error) {
    return { kind: 'silent', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause.message !== '' ? cause.message : messageOf(error);
}

/** Seconds that the clock of whoever answered is ahead of ours; a `Date` header holds whole seconds. */
export function offsetOf(
  date: string | null | undefined,
  { sent, received }: { readonly sent: number; readonly received: number },
): number | undefined {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? undefined : Math.round(theirs + 500 - (sent + received) / 2) / 1000;
}
