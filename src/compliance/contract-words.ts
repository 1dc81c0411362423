/** How much harm a failed check may do, the worst first. */
export const checkSeverities = ['critical', 'high', 'medium', 'low'] as const;
export type CheckSeverity = (typeof checkSeverities)[number];

/** Who is told what to change: words of `docker run`, of a Dockerfile, of commands on the host … At least one has a remedy. */
export const remedyFor = ['docker', 'compose', 'kubernetes', 'dockerfile', 'engine', 'host', 'registry'] as const;
export type RemedyFor = (typeof remedyFor)[number];
export type Remedy = Readonly<Partial<Record<RemedyFor, string>>>;

/** What every id of a check begins with that was written at the console. */
export const customPrefix = 'custom-';
/** Checks of that kind that may be: an evaluation asks each of them. */
export const mostCustomChecks = 100;
/** UTF-16 units of a script; the runner takes 64 KiB. */
export const longestScript = 16_000;

/** UTF-16 units of one document: a host with 2,000 mounts and 5,000 sockets takes some 1 MiB. */
export const longestDocument = 2 * 1024 * 1024;
/** UTF-16 units of a subject's name or id: a reference with registry, tag and digest is the longest. */
export const longestSubject = 512;
/** Products whose numbers of checks people know. */
export const numberedBy = ['prisma', 'docker-bench'] as const;

/** Under which number another product asks the same. */
export interface OtherNumber {
  readonly by: (typeof numberedBy)[number];
  readonly number: string;
}
