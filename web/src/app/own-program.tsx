import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { getConsole, ownProgram, type RunsFrom } from '#access/contract.ts';
import { reading } from '../api.ts';
import { Command } from '../ui/copy-button.tsx';

/** What the console was started from, by its own word. */
function useRunsFrom(): RunsFrom {
  const about = useQuery({ ...reading(getConsole), staleTime: Number.POSITIVE_INFINITY }).data;
  return about?.runsFrom ?? 'package';
}

/** A command for the machine of the console. */
export function ConsoleCommand({ words }: { readonly words: string }): ReactNode {
  const from = useRunsFrom();
  return <Command text={`${ownProgram(from, from === 'pod' ? 'POD' : 'seawall')} ${words}`} />;
}

/** A setting with which the console is to be started: an engine takes it before the name of the image. */
export function StartCommand({ setting }: { readonly setting: string }): ReactNode {
  const from = useRunsFrom();
  if (from === 'pod') return <Command text={`kubectl set env statefulset/seawall-console ${setting}`} />;
  if (from === 'image') return <Command text={`docker run -e ${setting} …`} />;
  return <Command text={`${setting} ${from === 'checkout' ? 'npm start' : 'seawall console'}`} />;
}

/** A scan that is published here, from wherever somebody has the command line. `words` begin with the image. */
export function ScanCommand({ words = 'IMAGE' }: { readonly words?: string }): ReactNode {
  const program = useRunsFrom() === 'checkout' ? 'bin/seawall' : 'seawall';
  return <Command text={`${program} scan ${words} --console ${window.location.origin} --token TOKEN`} />;
}
