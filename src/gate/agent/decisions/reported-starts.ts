import { type Log, messageOf } from '#base/index.ts';
import { canaryDigest } from '../canary/canary.ts';
import type { Decision } from '#admission/contract.ts';
import type { Armed } from '../answer/gate-socket.ts';
import type { StartAnswer } from '../answer/starts.ts';
import type { SpooledDecision, StartQuestion } from '../schema.ts';
import type { AdmittedContainers } from './admitted.ts';
import { decisionOf, type KnownStart } from './decision-of.ts';
import { Floods } from './floods.ts';

export interface ReportedStartsOptions {
  readonly admitted: AdmittedContainers;
  /** Folder that the runtime gets for the agent's own trials. An id says nothing: whoever starts something may choose it. */
  readonly trialBundle: string;
  /** Whether a sensor watches, so that a container that is not armed in time means something. */
  readonly watchesArming: boolean;
  /** What the agent knows of a start without having been asked. */
  readonly known: (decision: SpooledDecision) => Promise<Omit<KnownStart, 'answer' | 'armed'>>;
  /** Resolves when the fact is safe on this disk. */
  readonly report: (decision: Decision) => Promise<void>;
  /** A container was refused for nothing but the agent's absence, or that of a ledger. */
  readonly refusedForAbsence: (container: string) => void;
  readonly log: Log;
  /** Milliseconds after an answer in which the wrapper tells how it ended. */
  readonly patience?: number;
  /** Milliseconds for which the wrapper's word waits for an answer that comes late, which is told as a note on it. */
  readonly latePatience?: number;
}

/** An answer of which the wrapper has not told yet. */
interface Open {
  readonly answer: StartAnswer;
  readonly question: StartQuestion;
  readonly at: Date;
  readonly since: number;
  /** How long the answer took. */
  readonly milliseconds: number;
  /** The wrapper had left: it will tell of what it did itself. */
  readonly isLate: boolean;
  armed: Armed | undefined;
}

/** The wrapper's word on a start of which the agent may still say something. */
interface Overdue {
  readonly spooled: SpooledDecision;
  readonly done: () => void;
  readonly since: number;
}

/** Of an answer, whether the wrapper waited for it. */
export interface Answered {
  readonly milliseconds: number;
  readonly isLate: boolean;
}

/** Answers that wait for the wrapper's word at most; older ones are told as the agent knows them. */
const mostOpen = 10_000;

/** Joins what the wrapper tells of each start with what the agent answered, and tells it once. */
export class ReportedStarts {
  readonly #options: ReportedStartsOptions;
  readonly #open = new Map<string, Open>();
  readonly #overdue = new Map<string, Overdue>();
  readonly #floods: Floods;

  constructor(options: ReportedStartsOptions) {
    this.#options = options;
    this.#floods = new Floods({ report: options.report });
  }

  /** The agent answered; the wrapper will tell what became of it, or has told already. */
  answered(answer: StartAnswer, question: StartQuestion, { milliseconds, isLate }: Answered): void {
    if (question.image === canaryDigest || question.bundle === this.#options.trialBundle) return;
    const [at, since] = [new Date(), performance.now()];
    if (answer.answer === 'allow' && question.verb !== 'exec' && !isLate)
      void this.#options.admitted.admit(question.container, { at, bundle: question.bundle });
    this.#open.set(answer.id, { answer, question, at, since, milliseconds, isLate, armed: undefined });
    const overdue = this.#overdue.get(answer.id);
    if (overdue !== undefined) void this.#reportOverdue(overdue).catch(() => undefined);
  }

  /** The container of an answer was made. */
  created(id: string, armed: Armed): void {
    const open = this.#open.get(id);
    if (open !== undefined) open.armed = armed;
  }

  /** Takes in what the wrapper tells. Rejects when it could not be kept, and is to be brought again. */
  async take(spooled: SpooledDecision, done: () => void): Promise<void> {
    const { admitted, trialBundle, refusedForAbsence } = this.#options;
    const { container, answer, asked, time, bundle, image, verb, plugin } = spooled;
    const isOfContainer = verb !== 'exec' && plugin !== true;
    if ((image === canaryDigest && answer === 'deny') || bundle === trialBundle) return done();
    const open = this.#open.get(spooled.id);
    // The wrapper's word goes only once it is kept that the container was let start.
    let kept = Promise.resolve();
    if (!isOfContainer) kept = Promise.resolve();
    else if (answer === 'allow') kept = admitted.admit(container, { at: new Date(time), bundle: bundle ?? undefined });
    else if (asked === 'away' || asked === 'late' || open?.answer.lacks === 'ledger') refusedForAbsence(container);
    // Of one that another agent answered it is not known whether its sensor was away.
    else if (spooled.cause === 'unarmed' && open?.armed?.startsAgain !== false) refusedForAbsence(container);
    const afterKept = async (): Promise<void> => {
      await kept;
      done();
    };
    const doneOnceKept = (): void => void afterKept();
    // What the agent is about to say is a note on it.
    if (asked === 'late' && open === undefined && this.#overdue.size < mostOpen) {
      this.#overdue.set(spooled.id, { spooled, done: doneOnceKept, since: performance.now() });
      return await kept;
    }
    await this.#report(spooled, doneOnceKept);
  }

  async #report(spooled: SpooledDecision, done: () => void): Promise<void> {
    const open = this.#open.get(spooled.id);
    const decision = decisionOf(spooled, {
      ...(await this.#options.known(spooled)),
      answer: open?.answer,
      ...(open !== undefined && { milliseconds: open.milliseconds }),
      armed: this.#options.watchesArming ? (open?.armed ?? spooled.armed) : undefined,
    });
    await this.#floods.take({ decision, done });
    this.#open.delete(spooled.id);
  }

  async #reportOverdue(overdue: Overdue): Promise<void> {
    const { spooled, done } = overdue;
    this.#overdue.delete(spooled.id);
    try {
      await this.#report(spooled, done);
    } catch (error) {
      this.#overdue.set(spooled.id, overdue);
      throw error;
    }
  }

  /** Tells what is due by the clock: floods that are over, answers of which the wrapper told nothing. One that fails is in the way of no other. */
  async reportDue(): Promise<void> {
    const faults: string[] = [];
    const failed = (error: unknown): void => void faults.push(messageOf(error));
    await this.#floods.reportDue().catch(failed);
    const overdueBefore = performance.now() - (this.#options.latePatience ?? 5000);
    for (const overdue of [...this.#overdue.values()].filter(({ since }) => since <= overdueBefore))
      await this.#reportOverdue(overdue).catch(failed);
    const before = performance.now() - (this.#options.patience ?? 30_000);
    for (const open of this.#open.values()) {
      if (open.since > before && this.#open.size <= mostOpen) break;
      // What nobody waited for decided nothing.
      if (open.isLate) this.#open.delete(open.answer.id);
      else await this.take(unreported(open), () => undefined).catch(failed);
    }
    const [error] = faults;
    if (error === undefined) return;
    this.#options.log.error(
      { unreported: faults.length, error },
      'Decisions could not be reported; the agent tries again.',
    );
  }
}

/** What the wrapper would have told: it ended, or its disk was full. */
function unreported({ answer, question, at, milliseconds }: Open): SpooledDecision {
  const { verb, container, bundle, image, build, plugin, ledger } = question;
  const { id, reason, cause } = answer;
  const start = { verb, container, bundle, image, build, ...(plugin && { plugin }), ledger };
  return {
    form: 1,
    id,
    time: at.toISOString(),
    ...start,
    asked: 'answered',
    answer: answer.answer,
    cause,
    reason,
    milliseconds,
  };
}
