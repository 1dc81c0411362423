import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

/** The parts of the Kubernetes API that a review is answered by; what else stands there is left aside. */

const name = z.string().max(512);

/** `admission.k8s.io/v1` `AdmissionReview`, as an API server sends it. */
export const AdmissionReview = z.object({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.object({
    uid: z.string().min(1).max(256),
    kind: z.object({ group: name, version: name, kind: name.min(1) }),
    subResource: name.nullish(),
    namespace: name.nullish(),
    name: name.nullish(),
    operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
    userInfo: z.object({ username: z.string().max(4096).nullish() }),
    object: z.unknown(),
    oldObject: z.unknown(),
    dryRun: z.boolean().nullish(),
  }),
});
export type ReviewRequest = z.infer<typeof AdmissionReview>['request'];

const Capabilities = z.object({
  add: z.array(z.string()).nullish(),
  drop: z.array(z.string()).nullish(),
});

const SeccompProfile = z.object({ type: z.string() });

/** `128Mi`, `500m`; API servers write them as texts. */
const quantities = z.record(z.string(), z.union([z.string(), z.number()])).nullish();
const Resources = z.object({ limits: quantities, requests: quantities });

const WindowsOptions = z.object({ hostProcess: z.boolean().nullish() });

const Container = z.object({
  name: z.string(),
  image: z.string().nullish(),
  securityContext: z
    .object({
      privileged: z.boolean().nullish(),
      capabilities: Capabilities.nullish(),
      seccompProfile: SeccompProfile.nullish(),
      procMount: z.string().nullish(),
      allowPrivilegeEscalation: z.boolean().nullish(),
      readOnlyRootFilesystem: z.boolean().nullish(),
      windowsOptions: WindowsOptions.nullish(),
    })
    .nullish(),
  volumeMounts: z
    .array(
      z.object({
        name: z.string(),
        mountPath: z.string(),
        subPath: z.string().nullish(),
        subPathExpr: z.string().nullish(),
        readOnly: z.boolean().nullish(),
        mountPropagation: z.string().nullish(),
      }),
    )
    .nullish(),
  volumeDevices: z.array(z.object({ name: z.string(), devicePath: z.string() })).nullish(),
  resources: Resources.nullish(),
  ports: z
    .array(
      z.object({
        containerPort: z.int(),
        hostPort: z.int().nullish(),
        hostIP: z.string().nullish(),
        protocol: z.string().nullish(),
      }),
    )
    .nullish(),
});
export type Container = Immutable<z.infer<typeof Container>>;

const Volume = z.object({
  name: z.string(),
  hostPath: z.object({ path: z.string() }).nullish(),
  image: z.object({ reference: z.string().nullish() }).nullish(),
});

export const PodSpec = z.object({
  containers: z.array(Container).min(1),
  initContainers: z.array(Container).nullish(),
  ephemeralContainers: z.array(Container).nullish(),
  volumes: z.array(Volume).nullish(),
  hostPID: z.boolean().nullish(),
  hostIPC: z.boolean().nullish(),
  hostNetwork: z.boolean().nullish(),
  /** Missing and true: the pod shares the user namespace of its host. */
  hostUsers: z.boolean().nullish(),
  securityContext: z
    .object({
      seccompProfile: SeccompProfile.nullish(),
      windowsOptions: WindowsOptions.nullish(),
      supplementalGroups: z.array(z.int()).nullish(),
      fsGroup: z.int().nullish(),
      sysctls: z.array(z.object({ name: z.string() })).nullish(),
    })
    .nullish(),
  hostAliases: z.array(z.object({ hostnames: z.array(z.string()).nullish() })).nullish(),
});
export type PodSpec = Immutable<z.infer<typeof PodSpec>>;

const Metadata = z.object({ labels: z.record(z.string(), z.string()).nullish() }).nullish();

/** A pod, or the template of one. */
export const Pod = z.object({ metadata: Metadata, spec: PodSpec });
export type Pod = Immutable<z.infer<typeof Pod>>;
