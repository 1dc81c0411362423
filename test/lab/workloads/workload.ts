import type { Detection } from '#runtime/contract.ts';
import type { Pier } from '../pier.ts';
import type { Ground, ImageParts } from './images.ts';

/** A command's end as the caller saw it. */
export interface Answer {
  readonly code: number;
  readonly output: string;
}

/** A container of a workload, and what its operator can do with it. */
export interface Berth {
  readonly id: string;
  readonly port: number;
  /** Folder that is mounted as `/mark`; intruders and a key for visitors lie there. */
  readonly marks: string;
  readonly pier: Pier;
  /** Runs a command in it, as `docker exec` does. */
  inside(...words: readonly string[]): Promise<Answer>;
  /**
   * A person's word: waits for alerts of the container that fit, and allows their lines in its model through the console.
   * They count as decided, not as wrong refusals. Seconds: 10.
   */
  allow(fits: (alert: Detection) => boolean): Promise<void>;
}

/** What the lab does with a workload that runs. */
export interface Service {
  /** One round of what its users do, while it learns and after. Throws when an answer is not what it must be. */
  readonly traffic: () => Promise<void>;
  /** What happens rarely, by name; none of it while the model learns. Each is done once while programs are prevented. */
  readonly rare: Readonly<Record<string, () => Promise<void>>>;
  /** Lets a program that is not the image's run, or a library of that kind be loaded: it leaves `/mark/ran`. */
  readonly intrude: () => Promise<string>;
}

export interface Workload {
  /** Folder of its image below `images/`. */
  readonly name: string;
  readonly ground: Ground | 'none';
  readonly prepare?: ImageParts['prepare'];
  readonly serve: (berth: Berth) => Service;
}

/** Words that let the intruder's program in and run it, for a shell. */
export const letIn = 'cp /mark/intruder /tmp/x && chmod 755 /tmp/x && /tmp/x';

/** Throws unless a page answers with the words that every workload's pages end with. */
export async function served(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const reply = await fetch(url, { headers, signal: AbortSignal.timeout(20_000) });
  const text = await reply.text();
  if (!reply.ok || !/serve[ds]/i.test(text)) throw new Error(`${url} answers ${reply.status}: ${text.slice(0, 200)}`);
  return text;
}

/** What a visitor sees who uses a hole; a page that never comes is an answer as well. */
export async function through(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  try {
    return await (await fetch(url, { headers, signal: AbortSignal.timeout(20_000) })).text();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export async function pause(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
