import type { ReplyOf } from '#http/index.ts';
import type { getModel } from '#runtime/contract.ts';

export type ReadModel = ReplyOf<typeof getModel>;
