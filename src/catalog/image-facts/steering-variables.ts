/** Environment variables by which programs choose what they load and whom they trust, in upper case. None holds a secret. */
export const steeringVariables: ReadonlySet<string> = new Set([
  'PATH',
  'LD_PRELOAD',
  'LD_AUDIT',
  'BASH_ENV',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'PYTHONHTTPSVERIFY',
  'GIT_SSL_NO_VERIFY',
  'CURL_INSECURE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'NPM_CONFIG_STRICT_SSL',
  'PIP_TRUSTED_HOST',
  'UV_INSECURE_HOST',
  'GOINSECURE',
]);
