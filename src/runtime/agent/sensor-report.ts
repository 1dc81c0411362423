import type { Reporter } from '#inventory/agent/index.ts';
import type { SensorFact } from '../contract.ts';
import type { SaveFaults } from './saves/save-faults.ts';
import type { SensorContact } from './sensor/connect-sensor.ts';
import { mechanismsOf } from './sensor/mechanisms.ts';
import type { SensorStatus } from './wire/frames.ts';

export interface SensorReportOptions {
  readonly say: (sentence: string) => void;
  readonly faults: Pick<SaveFaults, 'state'>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Milliseconds: an event that waits shorter for its acknowledgement is on its way as usual. */
const usualWait = 5000;
/** Milliseconds by which two answers of the sensor about the same event differ. */
const slack = 2000;

/** Tells what protects the host: when that changes, when events were lost, and when they wait to be kept. */
export class SensorReport {
  readonly #reporter: Reporter;
  readonly #options: SensorReportOptions;
  #contact: SensorContact = { kind: 'away', reason: 'The sensor was not met yet.' };
  #hello: Extract<SensorContact, { kind: 'working' }>['hello'] | undefined;
  #lost = 0;
  #throttled = 0;
  /** Since when the oldest event waits that the sensor sent. */
  #unacknowledgedSince: number | undefined;
  #saidMissing = false;

  constructor(reporter: Reporter, options: SensorReportOptions) {
    this.#reporter = reporter;
    this.#options = options;
  }

  contact(contact: SensorContact): void {
    this.#contact = contact;
    this.#unacknowledgedSince = undefined;
    if (contact.kind === 'working') {
      this.#hello = contact.hello;
      this.#saidMissing = false;
    }
    if (contact.kind === 'missing' && !this.#saidMissing) {
      this.#saidMissing = true;
      this.#options.say(`Nothing is seen of what containers do: ${contact.reason}`);
    }
    this.report();
  }

  status({ lost, throttled, oldestNs }: SensorStatus): void {
    this.#lost = Number(lost);
    this.#throttled = Number(throttled);
    this.#unacknowledgedSince = this.#sinceOf(Number(oldestNs / 1_000_000n));
    this.report();
  }

  /** `wait` in milliseconds. */
  #sinceOf(wait: number): number | undefined {
    if (wait < usualWait) return undefined;
    const since = (this.#options.now ?? Date.now)() - wait;
    const known = this.#unacknowledgedSince;
    return known !== undefined && Math.abs(since - known) < slack ? known : since;
  }

  /** Says it, unless it is said. */
  report(): void {
    const hello = this.#hello;
    const failing = this.#options.faults.state();
    const waiting = this.#unacknowledgedSince;
    const fact: SensorFact = {
      state: this.#contact.kind,
      ...(this.#contact.kind === 'working' ? {} : { reason: plain(this.#contact.reason, 1000) }),
      ...(hello !== undefined && { version: plain(hello.version, 64), kernel: plain(hello.kernel, 256) }),
      mechanisms: hello === undefined ? [] : mechanismsOf(hello),
      lost: this.#lost,
      throttled: this.#throttled,
      ...(waiting !== undefined && { unacknowledged: { since: moment(waiting) } }),
      ...(failing !== undefined && {
        failingSave: { reason: plain(failing.reason, 1000), since: moment(failing.since) },
      }),
    };
    this.#reporter.state({ kind: 'sensor', id: '' }, fact);
  }
}

function moment(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function plain(text: string, longest: number): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, longest);
}
