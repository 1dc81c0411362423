/** What is said together, a little later: each word by itself would be a batch to deliver, to store and to judge. */
export interface SaidTogether {
  /** Says this soon, in the place of what waits by the same name. */
  add(name: string, word: Word): void;
  /** What waits by this name is not said: something newer was. */
  drop(name: string): void;
  /** Says now what waits. */
  say(): void;
}

export interface Word {
  /** UTF-16 units. */
  readonly size: number;
  readonly say: () => void;
}

/** Milliseconds that a word waits at most, and UTF-16 units that wait: half of what is delivered at once. */
const [longest, most] = [1000, 4 * 1024 * 1024];

/** Nothing waits at first. */
export function saidTogether(): SaidTogether {
  const waiting = new Map<string, Word>();
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const drop = (name: string): void => {
    size -= waiting.get(name)?.size ?? 0;
    waiting.delete(name);
  };
  const say = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const words = [...waiting.values()];
    waiting.clear();
    size = 0;
    for (const word of words) word.say();
  };
  return {
    add(name, word) {
      drop(name);
      waiting.set(name, word);
      size += word.size;
      if (size > most) say();
      else timer ??= setTimeout(say, longest);
    },
    drop,
    say,
  };
}
