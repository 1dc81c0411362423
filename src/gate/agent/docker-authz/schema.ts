import { z } from 'zod';
import { CreateRequest } from '#inventory/index.ts';
import type { KeyTree } from './exact-keys.ts';

// What is read of what an engine's clients ask for. What a client asks for in another type than the engine takes is
// unreadable.

/** What the engine sends with each request of a client. `RequestBody` is base64, and missing where it shows none. */
export const AuthorizationRequest = z.object({
  User: z.string().optional(),
  RequestMethod: z.string(),
  RequestUri: z.string(),
  RequestBody: z.base64().optional(),
  RequestHeaders: z.record(z.string(), z.string()).nullish(),
});
export type AuthorizationRequest = z.infer<typeof AuthorizationRequest>;

const word = z.string().nullish();
const words = z.array(z.string()).nullish();
const options = z.record(z.string(), z.string()).nullish();

export const ExecRequest = z.object({ Privileged: z.boolean().nullish(), User: word, Cmd: words });

/** Settings that must not come by an update; the rest is limits. */
export const UpdateRequest = z.object({
  Devices: z.array(z.unknown()).nullish(),
  DeviceCgroupRules: words,
  DeviceRequests: z.array(z.unknown()).nullish(),
});

export const VolumeRequest = z.object({ Name: word, Driver: word, DriverOpts: options });

export const ServiceRequest = z.object({
  TaskTemplate: z.object({
    Runtime: word,
    PluginSpec: z.unknown().optional(),
    NetworkAttachmentSpec: z.unknown().optional(),
    ContainerSpec: z
      .object({
        Image: word,
        Labels: options,
        CapabilityAdd: words,
        CapabilityDrop: words,
        Mounts: z
          .array(
            z.object({
              Type: word,
              Source: word,
              Target: word,
              VolumeOptions: z.object({ DriverConfig: z.object({ Name: word, Options: options }).nullish() }).nullish(),
            }),
          )
          .nullish(),
        Privileges: z.object({ Seccomp: z.object({ Mode: word, Profile: word }).nullish() }).nullish(),
      })
      .nullish(),
    Networks: z.array(z.object({ Target: word })).nullish(),
  }),
  Networks: z.array(z.object({ Target: word })).nullish(),
});
export type ServiceRequest = z.infer<typeof ServiceRequest>;

/** A create request with what goes beyond its settings. */
export const CreateBody = CreateRequest.extend({ ...inlined(), Labels: options });

/** Older engines take the keys of `HostConfig` beside it as well, and then instead of it. */
function inlined(): Readonly<Record<string, z.ZodType<undefined | null>>> {
  const config = CreateRequest.shape.HostConfig.unwrap().unwrap();
  return Object.fromEntries(Object.keys(config.shape).map((key) => [key, z.null().optional()]));
}

/** The keys that a schema reads, for `keepExactKeys`. */
export function keysOf(schema: z.core.$ZodType): KeyTree {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return keysOf(schema.unwrap());
  if (schema instanceof z.ZodArray) return { each: keysOf(schema.element) };
  if (schema instanceof z.ZodRecord) return { each: keysOf(schema.valueType) };
  if (!(schema instanceof z.ZodObject)) return {};
  return { keys: new Map(Object.entries(schema.shape).map(([key, inner]) => [key, keysOf(inner as z.core.$ZodType)])) };
}
