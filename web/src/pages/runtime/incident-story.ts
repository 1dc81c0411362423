import type { ReplyOf } from '#http/index.ts';
import type { getIncident } from '#runtime/contract.ts';

export type IncidentStory = ReplyOf<typeof getIncident>;
