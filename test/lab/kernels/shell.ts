import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a line ended with: `text` is what it wrote, on either stream. */
export interface Spoken {
  readonly code: number;
  readonly text: string;
}

/** The first program of a container: a shell that is told line by line what to do. */
export interface ContainerShell {
  say(line: string): Promise<Spoken>;
  close(): Promise<void>;
}

/** Starts `docker run` with these words, of which the last is a shell that reads its input. */
export function openShell(words: readonly string[]): ContainerShell {
  const child = spawn('docker', ['run', '--interactive', '--rm', ...words]);
  let heard = '';
  let reported = 0;
  let wake = (): void => {};
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      wake();
    });
  child.on('exit', () => wake());
  return {
    async say(line) {
      reported += 1;
      const end = new RegExp(`^end ${reported} (\\d+)\\n`, 'mu');
      heard = '';
      child.stdin.write(`{ ${line}\n} </dev/null 2>&1\necho "end ${reported} $?"\n`);
      for (;;) {
        const found = end.exec(heard);
        if (found !== null) return { code: Number(found[1]), text: heard.slice(0, found.index).trim() };
        if (child.exitCode !== null) throw new Error(`The container ended: ${heard}`);
        await new Promise<void>((resolve) => void (wake = resolve));
      }
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
