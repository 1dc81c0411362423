import { encodeFrame, type MappingFrame, type MappingsEndFrame } from '../wire/frames.ts';

/** What a sensor found mapped executable in a container. */
export interface FoundMappings {
  readonly files: readonly MappingFrame[];
  readonly end: MappingsEndFrame;
}

interface Asked {
  readonly request: number;
  readonly files: MappingFrame[];
  done(found: FoundMappings | undefined): void;
}

/** Milliseconds after which a sensor that did not answer does not. */
const patience = 15_000;

/** Asks the sensor what is mapped executable; one question after the other. */
export class CodeAsker {
  readonly #say: (frame: Buffer) => void;
  readonly #patience: number;
  #request = 0;
  #asked: Asked | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(say: (frame: Buffer) => void, milliseconds = patience) {
    this.#say = say;
    this.#patience = milliseconds;
  }

  /** `undefined`: the sensor is away, or does not answer in time. */
  ask(cgroup: bigint): Promise<FoundMappings | undefined> {
    const answer = this.#turn.then(() => this.#ask(cgroup));
    this.#turn = answer;
    return answer;
  }

  /** Takes in what the sensor says. */
  hear(frame: MappingFrame | MappingsEndFrame): void {
    const asked = this.#asked;
    if (asked === undefined || frame.request !== asked.request) return;
    if (frame.kind === 'mapping') asked.files.push(frame);
    else asked.done({ files: asked.files, end: frame });
  }

  #ask(cgroup: bigint): Promise<FoundMappings | undefined> {
    return new Promise((resolve) => {
      const request = (this.#request = (this.#request + 1) % 2 ** 32);
      const late = setTimeout(() => this.#asked?.done(undefined), this.#patience);
      const done = (found: FoundMappings | undefined): void => {
        clearTimeout(late);
        this.#asked = undefined;
        resolve(found);
      };
      this.#asked = { request, files: [], done };
      this.#say(encodeFrame({ kind: 'ask-code', cgroup, request }));
    });
  }
}
