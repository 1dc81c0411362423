import { type FieldsOf, known, missing } from '#base/index.ts';
import type { ServiceShape } from '../../../facts/index.ts';
import { plainPath } from '../../../settings/index.ts';
import { answer } from './answers.ts';
import { Services } from './schema.ts';

/** Says whether a variable's value looks like a secret; by whoever has detectors. */
export type LooksSecret = (name: string, value: string) => boolean;

/** Services of the swarm that the engine behind a socket manages. `undefined` where it is no manager, or does not answer. */
export async function collectServices(
  socket: string,
  looksSecret: LooksSecret | undefined,
): Promise<readonly FieldsOf<ServiceShape>[] | undefined> {
  const services = await answer(socket, '/services', Services);
  return services && fieldsOfServices(services, looksSecret);
}

/** What `GET /services` says of each. Values of variables go no further than to `looksSecret`. */
function fieldsOfServices(services: Services, looksSecret: LooksSecret | undefined): readonly FieldsOf<ServiceShape>[] {
  return services.flatMap(({ Spec: { Name, TaskTemplate } }) => {
    const spec = TaskTemplate.ContainerSpec;
    if (spec === undefined || spec === null) return [];
    const at = `/services ${Name}`;
    return [
      {
        name: known(Name, at),
        image: known(spec.Image, `${at} Image`),
        secretVariables:
          looksSecret === undefined
            ? missing('nobody looked for secrets in the environment of services')
            : known(secretNames(spec.Env ?? [], looksSecret), `${at} Env`),
        hostPaths: known(
          (spec.Mounts ?? []).flatMap(({ Type, Source }) => (Type === 'bind' && Source ? [plainPath(Source)] : [])),
          `${at} Mounts`,
        ),
        addedCapabilities: known(
          (spec.CapabilityAdd ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, '')),
          `${at} CapabilityAdd`,
        ),
        confinement: known(confinementOf(spec.Privileges ?? {}), `${at} Privileges`),
        kernelParameters: known(Object.keys(spec.Sysctls ?? {}), `${at} Sysctls`),
      },
    ];
  });
}

type ContainerSpec = NonNullable<Services[number]['Spec']['TaskTemplate']['ContainerSpec']>;

function confinementOf({
  Seccomp,
  AppArmor,
  SELinuxContext,
}: NonNullable<ContainerSpec['Privileges']>): ServiceShape['confinement'] {
  return {
    seccomp: Seccomp?.Mode === 'unconfined' ? 'off' : 'on',
    appArmor: AppArmor?.Mode === 'disabled' ? 'off' : 'on',
    selinux: SELinuxContext?.Disable === true ? 'off' : 'on',
  };
}

function secretNames(environment: readonly string[], looksSecret: LooksSecret): readonly string[] {
  return environment.flatMap((line) => {
    const at = line.indexOf('=');
    if (at === -1) return [];
    const name = line.slice(0, at);
    return looksSecret(name, line.slice(at + 1)) ? [name] : [];
  });
}
