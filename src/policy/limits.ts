import type { Limits } from '#base/index.ts';

/** What bounds policies, their texts and what is tried with them. */
export const limits = {
  yamlBytes: { value: 256 * 1024, unit: 'bytes', per: 'policy as YAML', answer: 'refused, with the reason' },
  yamlSigns: {
    value: 20_000,
    unit: 'lines, colons, commas and brackets',
    per: 'policy as YAML',
    answer: 'refused, with the reason',
    why: 'Reading takes as long as there are keys.',
  },
  yamlDepth: { value: 64, unit: 'levels', per: 'policy as YAML', answer: 'refused, with the reason' },
  rules: { value: 200, unit: 'rules', per: 'policy', answer: '400' },
  expressions: {
    value: 50,
    unit: 'rules of kind custom',
    per: 'policy',
    answer: '400',
    why: 'They share the steps of one policy.',
  },
  expressionCharacters: { value: 4000, unit: 'characters', per: 'expression', answer: '400' },
  expressionSteps: {
    value: 3_000_000,
    unit: 'steps of the evaluator',
    per: 'policy and image',
    answer: 'cannot judge, with the reason',
    why: 'Some 300 ms. Counted and not timed, so that a verdict can be made again anywhere.',
  },
  deniedPackages: { value: 2000, unit: 'entries of rules of kind package', per: 'policy', answer: '400' },
  deniedPatterns: {
    value: 200,
    unit: 'of these entries with * in their name',
    per: 'policy',
    answer: '400',
    why: 'Each is compared with every package of an image.',
  },
  policies: { value: 200, unit: 'policies', per: 'console', answer: '409' },
  openExceptions: { value: 10_000, unit: 'exceptions that are requested or approved', per: 'console', answer: '409' },
  requestedExceptions: {
    value: 500,
    unit: 'exceptions that wait for a decision',
    per: 'user or token',
    answer: '409',
    why: 'Nobody who may only ask fills the list of those who decide.',
  },
  bundleBytes: {
    value: 128 * 1024 * 1024,
    unit: 'bytes',
    per: 'bundle of a verdict',
    answer: '`verdict verify` refuses it before it is read',
    why: 'One of an image with 20,000 findings has some 40 MiB.',
  },
  bundleTokens: {
    value: 16_000_000,
    unit: 'values and keys',
    per: 'bundle of a verdict',
    answer: '`verdict verify` refuses it before it is parsed',
  },
  bundleDepth: {
    value: 64,
    unit: 'levels',
    per: 'bundle of a verdict',
    answer: '`verdict verify` refuses it before it is parsed',
  },
  replays: { value: 1, unit: 'replays at once', per: 'user or token', answer: 'two more wait, others get 429' },
  replayedVerdicts: {
    value: 20_000,
    unit: 'verdicts',
    per: 'replay',
    answer: 'the rest is left out, and the reply says how many',
  },
  replaySeconds: {
    value: 60,
    unit: 'seconds',
    per: 'replay',
    answer: 'the rest is left out, and the reply says how many',
  },
} as const satisfies Limits;
