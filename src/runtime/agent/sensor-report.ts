import type { Reporter } from '#inventory/agent/index.ts';
import type { SensorFact } from '../contract.ts';
import type { SensorContact } from './sensor/connect-sensor.ts';
import { mechanismsOf } from './sensor/mechanisms.ts';
import type { SensorStatus } from './wire/frames.ts';

/** Tells what protects the host: when that changes, and when events were lost. */
export class SensorReport {
  readonly #reporter: Reporter;
  readonly #say: (sentence: string) => void;
  #contact: SensorContact = { kind: 'away', reason: 'The sensor was not met yet.' };
  #hello: Extract<SensorContact, { kind: 'working' }>['hello'] | undefined;
  #lost = 0;
  #throttled = 0;
  #saidMissing = false;

  constructor(reporter: Reporter, say: (sentence: string) => void) {
    this.#reporter = reporter;
    this.#say = say;
  }

  contact(contact: SensorContact): void {
    this.#contact = contact;
    if (contact.kind === 'working') {
      this.#hello = contact.hello;
      this.#saidMissing = false;
    }
    if (contact.kind === 'missing' && !this.#saidMissing) {
      this.#saidMissing = true;
      this.#say(`Nothing is seen of what containers do: ${contact.reason}`);
    }
    this.report();
  }

  status({ lost, throttled }: SensorStatus): void {
    this.#lost = Number(lost);
    this.#throttled = Number(throttled);
    this.report();
  }

  /** Says it, unless it is said. */
  report(): void {
    const hello = this.#hello;
    const fact: SensorFact = {
      state: this.#contact.kind,
      ...(this.#contact.kind === 'working' ? {} : { reason: plain(this.#contact.reason, 1000) }),
      ...(hello !== undefined && { version: plain(hello.version, 64), kernel: plain(hello.kernel, 256) }),
      mechanisms: hello === undefined ? [] : mechanismsOf(hello),
      lost: this.#lost,
      throttled: this.#throttled,
    };
    this.#reporter.state({ kind: 'sensor', id: '' }, fact);
  }
}

function plain(text: string, longest: number): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, longest);
}
