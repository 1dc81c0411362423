import { plain } from '../cli/plain.ts';
import type { HostScanNews } from '../agent/news.ts';

/** What the agent of this host did, as a line for the terminal. What it reports of its parts is a capability's matter. */
export function wordsOf(news: HostWork): string {
  return plain(sentenceOf(news));
}

/** What a host's scanner does. */
export type HostWork = Exclude<HostScanNews, { kind: 'sensor' | 'gate' }>;

export function isWork(news: HostScanNews): news is HostWork {
  return news.kind !== 'sensor' && news.kind !== 'gate';
}

function sentenceOf(news: HostWork): string {
  switch (news.kind) {
    case 'found':
      return foundWords(news);
    case 'scanning':
      return `scanning ${news.done + 1} of ${news.total}: ${news.name}`;
    case 'scanned':
      return `scanned ${news.name}: ${count(news.packages, 'package')}${news.faults === 0 ? '' : `, not seen in full (${count(news.faults, 'fault')})`}`;
    case 'failed':
      return `could not scan ${news.name}: ${news.reason}`;
    case 'idle':
      return `${count(news.known, 'target')} known, ${news.unscanned} could not be scanned; new images are scanned as they appear`;
  }
}

function foundWords({ engine, targets }: Extract<HostScanNews, { kind: 'found' }>): string {
  if (engine.kind === 'none')
    return `no Docker engine (${engine.reason}); scanning the file system of this host instead`;
  return `Docker ${engine.version}; ${count(targets, 'target')} with the file system of this host`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
