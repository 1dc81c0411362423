import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { imageDigest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

const containerId = z.string().regex(/^[0-9a-f]{64}$/);
const number = z.int().min(0);

/** How a file that runs stands to the container's image. */
export const MappedFile = z.object({
  /** In the container. */
  path: line(4096),
  /**
   * `image`: of its layers, and as the scan recorded it; `unlisted`: of its layers, and its scan does not list it;
   * `allowed`: not the image's, and allowed by its content; `other`: none of these.
   */
  standing: z.enum(['image', 'unlisted', 'allowed', 'other']),
  /** Why it is not the image's. */
  why: z.enum(['changed', 'written', 'mount', 'memory', 'deleted', 'unknown']).optional(),
  mappings: z.int().min(0),
  /** Processes that have it mapped. */
  processes: z.int().min(0),
  /** Of the image that holds it, the lowest is 0. */
  layer: z.int().min(0).optional(),
  /** purl of the package that it belongs to, with its version. */
  package: line(1024).optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type MappedFile = Immutable<z.infer<typeof MappedFile>>;

/** What runs in a container: every executable mapping of a file in each of its processes, at one moment. */
export const CodeStatement = z.object({
  form: z.literal(1),
  host: line(400),
  container: containerId,
  name: line(255),
  image: imageDigest.optional(),
  at: moment,
  /** From when on each mapping was judged before its first instruction; missing: none is. */
  since: moment.optional(),
  /** What becomes of a mapping that the rule prevents. */
  mechanism: z.enum(['refused', 'killed', 'none']),
  processes: z.int().min(0),
  mappings: z.int().min(0),
  /** Executable mappings of memory, which programs that compile as they run need. */
  anonymous: z.int().min(0),
  /** Mappings since then that were not the image's: let through, stopped, and those for which there was no policy. */
  passed: z.int().min(0),
  stopped: z.int().min(0),
  unjudged: z.int().min(0),
  /** Different files of each standing. */
  counts: z.object({ image: number, unlisted: number, allowed: number, other: number }),
  /** Those that are not the image's first. */
  files: z.array(MappedFile).max(1000),
  /** Files beyond those that are listed, and beyond those that the sensor reports: nothing is known of these. */
  omitted: z.int().min(0),
  untold: z.int().min(0),
  /** Question that it answers; missing: the host sent it by itself. */
  request: z.uuid().optional(),
});
export type CodeStatement = Immutable<z.infer<typeof CodeStatement>>;

/** Fact `code`: a statement, and the signature of the host's certificate over exactly its bytes. */
export const SignedCode = z.object({
  /** JSON of a `CodeStatement`. */
  statement: z.string().max(1024 * 1024),
  /** ECDSA with SHA-256, DER, base64, over `seawall code 1`, a line feed and the statement. */
  signature: line(512),
  /** PEM. */
  certificate: z.string().max(16 * 1024),
});
export type SignedCode = Immutable<z.infer<typeof SignedCode>>;

/** What a child process makes sure of before the console reads a statement: that it has the form of one. */
export const CodeFact = SignedCode.refine(({ statement }) => CodeStatement.safeParse(parsed(statement)).success, {
  message: 'A statement about running code cannot be read by this version.',
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What a statement proves. `proven`: all of the image, and nothing else since `since`; `other`: code that is not the
 * image's runs or ran; `incomplete`: nothing of the kind is known, and not everything is; `stale`: it says nothing of now,
 * because it is older than ten minutes, the container was started again, or the agent of its host is away.
 */
export const CodeVerdict = z.object({ kind: z.enum(['proven', 'other', 'incomplete', 'stale']), sentence: line(2000) });
export type CodeVerdict = Immutable<z.infer<typeof CodeVerdict>>;

/** Asks the host what runs in a container now; its answer comes with `getCode`, seconds later where its agent is there. */
export const askCode = endpoint({
  method: 'POST',
  path: '/api/v1/containers/:name/code',
  summary: 'Ask a host what code runs in a container',
  needs: 'read',
  params: z.object({ name: line(255) }),
  reply: z.object({ container: containerId, host: line(400), request: z.uuid() }),
});

/** `name`: id of a container that runs, the beginning of it, or its name. */
export const getCode = endpoint({
  method: 'GET',
  path: '/api/v1/containers/:name/code',
  summary: 'What code runs in a container, as its host signed it',
  needs: 'read',
  params: z.object({ name: line(255) }),
  reply: z.object({
    container: z.object({ id: containerId, name: line(255), host: line(400) }),
    /** Missing: the host never said it. `at`: when it came. */
    code: z.object({ at: moment, verdict: CodeVerdict, statement: CodeStatement, signed: SignedCode }).optional(),
    /** The last question that the host has not answered yet. */
    asked: z.object({ request: z.uuid(), at: moment }).optional(),
  }),
});

/** What an agent is asked, with its configuration. */
export const CodeQuestion = z.object({ container: containerId, request: z.uuid() });
export type CodeQuestion = Immutable<z.infer<typeof CodeQuestion>>;
