import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { ProtectionCounts } from '#inventory/contract.ts';
import { SensorFact } from './contract-agent.ts';

/**
 * How one host is protected, by what its sensor reported of its running containers; the worst of them speaks. `unknown`:
 * nobody can say of the host or of a container; `unprotected`, `partly`: a container is not protected as its rule asks;
 * `prevents`: each whose rule prevents something is protected; `watches`: no rule prevents anything; `idle`: nothing runs.
 */
export const HostSensor = z.object({
  host: line(400),
  environment: Environment.optional(),
  /** Whether its agent is away or revoked: what it reported may be out of date. */
  stale: z.boolean(),
  protection: z.enum(['unknown', 'unprotected', 'partly', 'prevents', 'watches', 'idle']),
  /** Its running containers that the caller may see. */
  containers: ProtectionCounts,
  /** The same containers by the state of their model; `none`: no model applies to what they run. */
  models: z.object({ active: z.int(), learning: z.int(), none: z.int() }),
  /** Events wait for too long to be kept by its agent, or it cannot write: alerts may be late or missing. */
  eventsLate: z.boolean(),
  /** What its sensor, as last reported, can stop. */
  stops: z.array(z.enum(['programs', 'code files'])),
  /** Missing: its agent never reported a sensor. `since`: how long it has been in this state; `at`: reported last. */
  reported: z.object({ sensor: SensorFact, since: moment, at: moment }).optional(),
});
export type HostSensor = Immutable<z.infer<typeof HostSensor>>;

export const listSensors = endpoint({
  method: 'GET',
  path: '/api/v1/sensors',
  summary: 'What protects each host at runtime',
  needs: 'read',
  reply: z.object({ sensors: z.array(HostSensor) }),
});

/** Running containers by how they are protected: all that the caller may see, and those whose rule prevents something. */
export const getProtection = endpoint({
  method: 'GET',
  path: '/api/v1/protection',
  summary: 'How running containers are protected',
  needs: 'read',
  query: z.object({ environment: z.union([Environment, z.literal('none')]).optional() }),
  reply: z.object({ all: ProtectionCounts, preventing: ProtectionCounts }),
});
