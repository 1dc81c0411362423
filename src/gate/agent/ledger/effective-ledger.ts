import type { ImageDigest } from '#base/index.ts';
import { canaryEntry } from '../canary/canary.ts';
import { trialEntry } from '../trials/names.ts';
import type { Ledger, LedgerEntry } from '#admission/contract.ts';
import type { BreakGlass, LedgerState } from '#admission/index.ts';

export interface EffectiveLedgerOptions {
  /** As the console signed it. */
  readonly ledger: () => Ledger | undefined;
  readonly breakGlass: () => readonly BreakGlass[];
  /** Images of the product itself, admitted by their pinned digests whatever the console says. */
  readonly ownImages: readonly ImageDigest[];
  /** Names that the engine has for an image besides its digest. */
  readonly namesOf: (digest: string) => readonly string[];
  /** Environments in which containers of this host may stand besides the host's own. */
  readonly environments: readonly string[];
}

/** What a host's gates go by: the console's ledger, what the host itself adds, and what root let start. */
export class EffectiveLedger {
  readonly #options: EffectiveLedgerOptions;
  readonly #waiting = new Set<() => void>();
  #signed: Ledger | undefined;
  #laid: Ledger | undefined;

  constructor(options: EffectiveLedgerOptions) {
    this.#options = options;
  }

  at(now: Date): LedgerState {
    return { ledger: this.ledger(), breakGlass: this.#options.breakGlass(), now };
  }

  /** The console's ledger with the images of the product, the canary and the image of trials laid over it; may have expired. */
  ledger(): Ledger | undefined {
    const signed = this.#options.ledger();
    if (signed !== this.#signed || this.#laid === undefined) {
      this.#signed = signed;
      this.#laid = signed && this.#lay(signed);
    }
    return this.#laid;
  }

  /** What holds while there is none: the images of the product alone, under the sequence 0 and long over. */
  withoutLedger(host: string): Ledger {
    const { ownImages, environments } = this.#options;
    const entries = [undefined, ...environments].flatMap((place) => ownImages.map((own) => ownEntry(own, place)));
    const [never, none] = ['1970-01-01T00:00:00Z', { rules: [], collections: [] }] as const;
    return {
      form: 1,
      host,
      sequence: 0,
      issuedAt: never,
      expiresAt: never,
      entries: entries.map((entry) => this.#named(entry)),
      ...none,
    };
  }

  isOwnImage(digest: string): boolean {
    return this.#options.ownImages.some((own) => own === digest);
  }

  breakGlass(): readonly BreakGlass[] {
    return this.#options.breakGlass();
  }

  /** The engine calls its images otherwise than before. */
  imagesChanged(): void {
    this.#laid = undefined;
  }

  /** Something is other than before: whoever waits for that goes on. */
  changed(): void {
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  /** Resolves at the next change, or when the signal fires. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const go = (): void => {
        signal.removeEventListener('abort', go);
        this.#waiting.delete(go);
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
  }

  /** The wrapper looks an image up by the engine's name, and that may be one that the console never heard of. */
  #named(entry: LedgerEntry): LedgerEntry {
    const names = this.#options.namesOf(entry.digest).filter((name) => !entry.aliases.includes(name));
    return names.length === 0 ? entry : { ...entry, aliases: [...entry.aliases, ...names] };
  }

  #lay(signed: Ledger): Ledger {
    const { ownImages, environments } = this.#options;
    const places = [...new Set([signed.environment, ...environments])];
    const laid = places.flatMap((place) => [
      canaryEntry(place, signed.expiresAt),
      trialEntry(place, signed.expiresAt),
      ...ownImages.map((digest) => ownEntry(digest, place)),
    ]);
    return { ...signed, entries: [...laid, ...signed.entries].map((entry) => this.#named(entry)) };
  }
}

/** Holds whatever became of the ledger: without its console no host gets another one. */
function ownEntry(digest: ImageDigest, environment: string | undefined): LedgerEntry {
  return {
    digest,
    aliases: [],
    ...(environment !== undefined && { environment }),
    answer: 'allow',
    effect: 'ignore',
    cause: 'own-image',
    evidence: [],
    reason: 'It is an image of the product itself, admitted by its digest.',
    expiresAt: '9999-12-31T00:00:00Z',
  };
}
