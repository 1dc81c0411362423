import { oneLine } from '#base/index.ts';
import type { Reporter } from '#inventory/agent/index.ts';
import type { SensorFact } from '../contract.ts';
import type { SaveFaults } from './saves/save-faults.ts';
import type { SensorContact } from './sensor/connect-sensor.ts';
import { mechanismsOf } from './sensor/mechanisms.ts';
import type { SensorStatus } from './wire/frames.ts';

export interface SensorReportOptions {
  readonly say: (sentence: string) => void;
  /** Called when a sensor is met, or is away. */
  readonly met: (contact: 'met' | 'away') => void;
  readonly faults: Pick<SaveFaults, 'state'>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Seconds of waiting that are told, each when it is reached; what waits shorter is on its way as usual. */
const steps = [5, 15, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600];
const [usualWait = 0] = steps;
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
  #failedUpdates = 0;

  constructor(reporter: Reporter, options: SensorReportOptions) {
    this.#reporter = reporter;
    this.#options = options;
  }

  contact(contact: SensorContact): void {
    this.#contact = contact;
    this.#unacknowledgedSince = undefined;
    this.#options.met(contact.kind === 'working' ? 'met' : 'away');
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

  status({ lost, throttled, oldestNs, failedUpdates }: SensorStatus): void {
    this.#noteFailedUpdates(failedUpdates);
    this.#lost = Number(lost);
    this.#throttled = Number(throttled);
    this.#unacknowledgedSince = this.#sinceOf(Number(oldestNs / 1_000_000n));
    this.report();
  }

  /** The sensor counts anew when it starts again. */
  #noteFailedUpdates(count: number): void {
    if (count > this.#failedUpdates)
      this.#options.say(`${count} updates of the kernel’s maps failed: what the sensor knows there is incomplete.`);
    this.#failedUpdates = count;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  /** `wait` in milliseconds. */
  #sinceOf(wait: number): number | undefined {
    if (wait < usualWait * 1000) return undefined;
    const since = this.#now() - wait;
    const known = this.#unacknowledgedSince;
    return known !== undefined && Math.abs(since - known) < slack ? known : since;
  }

  /** Says it, unless it is said. */
  report(): void {
    const hello = this.#hello;
    const failing = this.#options.faults.state();
    const unacknowledged = this.#waiting(this.#unacknowledgedSince);
    const unsaved = this.#waiting(failing?.since);
    const fact: SensorFact = {
      state: this.#contact.kind,
      ...(this.#contact.kind === 'working' ? {} : { reason: oneLine(this.#contact.reason, 1000) }),
      ...(hello !== undefined && { version: oneLine(hello.version, 64), kernel: oneLine(hello.kernel, 256) }),
      mechanisms: hello === undefined ? [] : mechanismsOf(hello),
      lost: this.#lost,
      throttled: this.#throttled,
      ...(unacknowledged && { unacknowledged }),
      ...(failing && unsaved && { failingSave: { reason: oneLine(failing.reason, 1000), ...unsaved } }),
    };
    this.#reporter.state({ kind: 'sensor', id: '' }, fact);
  }

  /** `since` in milliseconds since 1970. */
  #waiting(since: number | undefined): { readonly since: string; readonly seconds: number } | undefined {
    if (since === undefined) return undefined;
    const seconds = steps.findLast((step) => since + step * 1000 <= this.#now());
    return seconds === undefined ? undefined : { since: new Date(since).toISOString(), seconds };
  }
}
