import { type ImageDigest, type Log, messageOf } from '#base/index.ts';
import type { AgentLink } from '#link/agent/index.ts';
import type { CodeQuestion, SignedCode } from '../../contract.ts';
import { signedBytesOf } from '../../signed-code.ts';
import type { SensorClock } from '../behaviour/sighting-of.ts';
import type { ContainerRecord } from '../containers/container-record.ts';
import type { RuntimeContainers } from '../containers/containers.ts';
import type { CodeAsker } from './code-asker.ts';
import { type ScannedFile, statementOf } from './code-statement.ts';

export interface CodeDeskOptions {
  readonly host: string;
  readonly containers: Pick<RuntimeContainers, 'byId' | 'known'>;
  readonly asker: Pick<CodeAsker, 'ask'>;
  readonly find: (digest: ImageDigest, path: string) => Promise<ScannedFile | undefined>;
  /** How the sensor's clock becomes the world's, and its mechanisms; `undefined` while it is away. */
  readonly sensor: () => { readonly clock: SensorClock; readonly features: number } | undefined;
  readonly link: Pick<AgentLink, 'send' | 'sign'>;
  readonly log: Log;
}

/** Questions whose answers are remembered, so that none is answered twice. */
const remembered = 1000;

/** Says what code runs in containers: when the console asks, and of those that ran before their sensor came. */
export class RunningCode {
  readonly #options: CodeDeskOptions;
  readonly #answered = new Set<string>();

  constructor(options: CodeDeskOptions) {
    this.#options = options;
  }

  /** Takes in what the console asks now. */
  follow(questions: readonly CodeQuestion[]): void {
    for (const { container, request } of questions) {
      if (this.#answered.has(request)) continue;
      this.#remember(request);
      void this.report(container, request);
    }
  }

  /** Resolves when the statement is on its way, or cannot be had. */
  async report(container: string, request?: string): Promise<void> {
    const { log, link } = this.#options;
    try {
      const statement = await this.#statement(container, request);
      if (statement === undefined) return;
      const text = JSON.stringify(statement);
      const signed: SignedCode = { statement: text, ...link.sign(signedBytesOf(text)) };
      await link.send('code', signed, { replaces: container });
    } catch (error) {
      log.warn({ container, error: messageOf(error) }, 'What code runs in a container could not be reported.');
    }
  }

  async #statement(container: string, request: string | undefined) {
    const { containers, asker, sensor, host, find } = this.#options;
    const record = containers.byId(container);
    // A sensor that is away answers nobody: who asks meanwhile must not wait for the one before.
    if (record === undefined || record.kept.goneAt !== undefined || sensor() === undefined) return undefined;
    await containers.known(record);
    const found = await asker.ask(BigInt(record.kept.cgroup));
    const met = sensor();
    if (found === undefined || met === undefined) return undefined;
    return await statementOf(found, { ...met, host, record, request, find: finderOf(record, find) });
  }

  #remember(request: string): void {
    this.#answered.add(request);
    const [oldest] = this.#answered;
    if (this.#answered.size > remembered && oldest !== undefined) this.#answered.delete(oldest);
  }
}

function finderOf({ digest }: ContainerRecord, find: CodeDeskOptions['find']) {
  return async (path: string) => (digest === undefined ? undefined : await find(digest, path));
}
