import type { SentFact } from '../../contract.ts';
import { supersededKind } from '../../contract.ts';
import type { SpoolFiles } from './spool-files.ts';

/** Facts that follow each other. */
export interface SpooledBatch {
  readonly epoch: string;
  /** Of the first. */
  readonly sequence: number;
  readonly facts: readonly SentFact[];
}

const mostFacts = 1000;
const mostBytes = 8 * 1024 * 1024;

/** The oldest facts that are not acknowledged; a larger one than the bound goes alone. */
export async function readBatch(files: SpoolFiles): Promise<SpooledBatch | undefined> {
  const { epoch, acknowledged, last } = files.position();
  if (acknowledged >= last) return undefined;
  const facts: SentFact[] = [];
  let size = 0;
  await files.read((record, sequence) => {
    if (facts.length >= mostFacts) return false;
    const json = files.isVoid(record.key, sequence) ? undefined : record.json();
    const bytes = json?.length ?? 0;
    if (facts.length > 0 && size + bytes > mostBytes) return false;
    size += bytes;
    facts.push(json === undefined ? placeHolder : (JSON.parse(json) as SentFact));
    return true;
  });
  return { epoch, sequence: acknowledged + 1, facts };
}

/** Its time does not matter. */
const placeHolder: SentFact = { kind: supersededKind, at: '1970-01-01T00:00:00Z', body: null };
