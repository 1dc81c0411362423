import type { ImageStep } from '#catalog/index.ts';
import { failIfAny } from '../../judgement.ts';
import { imageCheck } from './image-check.ts';
import { programOf } from './shell-commands.ts';
import { isUpgradeOfAll, leavesIndexAlone } from './package-managers.ts';
import { runsOf, shownStep, type Run } from './runs.ts';
import { insecureDownloads, pipedDownloads, unsignedPackages } from './downloads.ts';

const about = { version: 1, nist: ['4.1.2'] } as const;

/** What the steps of the build did. A step of the base image is not judged where only its owner can change it. */
export const buildStepChecks = [
  imageCheck({
    ...about,
    id: 'IMG-024',
    title: 'Package lists are refreshed in the step that installs from them',
    why: 'A separate update step is cached: later builds install from its old lists, and get versions with known vulnerabilities.',
    remedy: { dockerfile: 'Join both: RUN apt-get update && apt-get install -y NAME && rm -rf /var/lib/apt/lists/*' },
    severity: 'medium',
    cis: ['4.7'],
    needs: ['steps'],
    judge: ({ steps }) => failIfAny(seenIn(ownRuns(steps), ({ commands }) => leavesIndexAlone(commands))),
  }),
  imageCheck({
    ...about,
    id: 'IMG-061',
    title: 'No step upgrades the whole distribution',
    why: 'What such a step installs depends on the day: the same Dockerfile gives different images, and the base stays old.',
    remedy: { dockerfile: 'Take a newer base image in FROM, and remove dist-upgrade and full-upgrade' },
    severity: 'low',
    cis: ['4.7'],
    needs: ['steps'],
    judge: ({ steps }) =>
      failIfAny(seenIn(ownRuns(steps), ({ commands }) => commands.filter(isUpgradeOfAll).map(twoWords))),
  }),
  imageCheck({
    ...about,
    id: 'IMG-027',
    title: 'Files are copied with COPY, not ADD',
    why: 'ADD unpacks archives and downloads from URLs, so the image gets files that the Dockerfile does not name.',
    remedy: { dockerfile: 'Write COPY instead of ADD; unpack archives with tar in a separate step' },
    severity: 'low',
    cis: ['4.9'],
    needs: ['steps'],
    judge: ({ steps }) =>
      failIfAny(steps.flatMap((step, at) => (!step.isBase && isAdd(step) ? [addOf(step, at)] : []))),
  }),
  imageCheck({
    ...about,
    id: 'IMG-028',
    title: 'No file is added straight from a URL',
    why: 'Whoever controls the server decides what the next build puts into the image.',
    remedy: {
      dockerfile:
        'Download in a RUN step that compares the SHA-256, or copy the file from your sources; ADD --checksum counts only if the image’s provenance shows it',
    },
    nist: ['4.1.2', '4.1.5'],
    severity: 'medium',
    cis: ['4.9'],
    needs: ['steps'],
    judge: ({ steps }) =>
      failIfAny(steps.flatMap((step, at) => (isAdd(step) && addsAddress(step) ? [addOf(step, at)] : []))),
  }),
  imageCheck({
    ...about,
    id: 'IMG-036',
    title: 'Packages are installed with their signatures checked',
    why: 'Without signatures, anyone between the build and the repository can choose the packages.',
    remedy: {
      dockerfile: 'Remove the option and install the repository’s key: signed-by= for apt, rpm --import, apk keys',
    },
    nist: ['4.1.2', '4.1.5'],
    severity: 'high',
    cis: ['4.11'],
    needs: ['steps'],
    judge: ({ steps }) => failIfAny(seenIn(runsOf(steps), unsignedPackages)),
  }),
  imageCheck({
    ...about,
    id: 'IMG-037',
    title: 'No download goes straight into an interpreter',
    why: 'Nobody has seen what runs, it may differ from build to build, and a download that breaks off runs in part.',
    remedy: { dockerfile: 'Download into a file, compare its SHA-256 (sha256sum -c), then run it' },
    nist: ['4.1.5'],
    severity: 'medium',
    cis: ['4.11'],
    needs: ['steps'],
    judge: ({ steps }) => failIfAny(seenIn(runsOf(steps), pipedDownloads)),
  }),
  imageCheck({
    ...about,
    id: 'IMG-038',
    title: 'Downloads verify the server’s certificate',
    why: 'Without verification, anyone on the way can answer in place of the server.',
    remedy: {
      dockerfile: 'Remove the option; add the certificate of your own authority to the trust store instead',
    },
    nist: ['4.1.5', '4.2.1'],
    severity: 'high',
    cis: ['4.11'],
    needs: ['steps'],
    judge: ({ steps }) => failIfAny(seenIn(runsOf(steps), insecureDownloads)),
  }),
] as const;

function ownRuns(steps: readonly ImageStep[]): readonly Run[] {
  return runsOf(steps).filter(({ isBase }) => !isBase);
}

function seenIn(runs: readonly Run[], find: (run: Run) => readonly string[]): readonly string[] {
  return runs.flatMap((run) => [...new Set(find(run))].map((what) => `${shownStep(run.at)}: ${what}`));
}

function twoWords(words: readonly string[]): string {
  const verb = words.find((word) => /^(?:dist|full)-upgrade$/.test(word));
  return `${programOf(words)} ${verb}`;
}

function isAdd({ instruction }: ImageStep): boolean {
  return instruction === 'ADD';
}

/** Addresses may hold passwords, and names need not be shown whole. */
function addOf(step: ImageStep, at: number): string {
  return `${shownStep(at)}: ADD ${addsAddress(step) ? 'from an address' : (sourcesOf(step)[0] ?? '').slice(0, 200)}`.trim();
}

function sourcesOf({ text }: ImageStep): readonly string[] {
  const words = text.replaceAll(/^\[|\]$/g, '').split(/[\s,]+/);
  return words.map((word) => word.replaceAll('"', '')).filter((word) => word !== '' && !word.startsWith('--'));
}

/** The classic builder writes the hash of what it fetched in the place of the address, and `file:` before that of a file. */
function addsAddress(step: ImageStep): boolean {
  return sourcesOf(step).some((source) => /^(?:https?|ftp|git|ssh):\/\/|^git@|^[0-9a-f]{64}$/i.test(source));
}
