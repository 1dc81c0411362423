import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { SensorFact } from './contract-agent.ts';

/** What protects one host at runtime. */
export const HostSensor = z.object({
  host: line(400),
  environment: Environment.optional(),
  /** Whether its agent is away or revoked: what it told may be out of date. */
  stale: z.boolean(),
  /**
   * `prevents`: a sensor works and can stop what rules forbid; `watches`: it works and can only see; `unknown`: none
   * works, or nobody can say.
   */
  protection: z.enum(['prevents', 'watches', 'unknown']),
  /** Events wait for too long to be kept by its agent, or it cannot write: alerts may be late or missing. */
  eventsLate: z.boolean(),
  /** What its sensor, as it was told of last, can stop. */
  stops: z.array(z.enum(['programs', 'code files'])),
  /** Missing: its agent never told of a sensor. `since`: how long it has been in this state; `at`: told last. */
  told: z.object({ sensor: SensorFact, since: moment, at: moment }).optional(),
});
export type HostSensor = Immutable<z.infer<typeof HostSensor>>;

export const listSensors = endpoint({
  method: 'GET',
  path: '/api/v1/sensors',
  summary: 'What protects each host at runtime',
  needs: 'read',
  reply: z.object({ sensors: z.array(HostSensor) }),
});
