/** What lies in no named environment, as the address and the API call it. */
export const noEnvironment = 'none';

/** An environment for people; the API leaves the field out where there is none. */
export function environmentName(environment: string | undefined): string {
  return environment === undefined || environment === noEnvironment ? 'no environment' : environment;
}
