import { hasHexChecksum, isSignedToken } from '../checksums.ts';
import { everyOf, format, named, type SecretDetector, sure, wordStart } from '../detector.ts';

const group = 'service';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const urlSafe = `${letters}0123456789_-`;
const hex = '0123456789abcdef';
const withDash = String.raw`\w-`;

/** Services that applications talk to. */
export const services: readonly SecretDetector[] = [
  format({
    id: 'slack-token',
    title: 'Slack token',
    group,
    anchors: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.', 'xapp-'],
    body: String.raw`(?:xoxb-\d{10,13}-\d{10,13}-[A-Za-z0-9]{24}|xox[pars]-(?:\d{10,13}-){3}[0-9a-f]{32}|xox[ar]-2-(?:\d{10,13}-){3}[0-9a-f]{32}|xoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{146,166}|xapp-\d-[A-Z0-9]{9,12}-\d{10,13}-[0-9a-f]{64})`,
    alphabet: withDash,
  }),
  format({
    id: 'slack-webhook',
    title: 'Slack webhook',
    group,
    anchors: ['hooks.slack.com/'],
    body: String.raw`hooks\.slack\.com/(?:services|workflows|triggers)/[TE][A-Z0-9]{8,11}/[A-Z0-9]{8,20}/[A-Za-z0-9]{24}`,
  }),
  format({
    id: 'stripe-key',
    title: 'Stripe live key',
    group,
    anchors: ['sk_live_', 'rk_live_'],
    body: '[sr]k_live_(?:[A-Za-z0-9]{24}|[A-Za-z0-9]{99})',
  }),
  named({
    id: 'twilio-secret',
    title: 'Twilio API key secret',
    group,
    names: ['TWILIO_API_SECRET', 'TWILIO_API_KEY_SECRET', 'TWILIO_SECRET', 'twilio_api_secret', 'twilioApiSecret'],
    value: '[A-Za-z0-9]{32}',
  }),
  named({
    id: 'twilio-token',
    title: 'Twilio auth token',
    group,
    names: ['TWILIO_AUTH_TOKEN', 'TWILIO_TOKEN', 'twilio_auth_token', 'twilioAuthToken'],
    value: '[0-9a-f]{32}',
  }),
  format({
    id: 'sendgrid-key',
    title: 'SendGrid API key',
    group,
    anchors: everyOf('S', 'G', '.', urlSafe),
    body: String.raw`SG\.[\w-]{22}\.[\w-]{43}`,
    alphabet: withDash,
  }),
  format({
    id: 'mailgun-key',
    title: 'Mailgun API key',
    group,
    anchors: everyOf('k', 'e', 'y', '-', hex),
    body: 'key-[0-9a-f]{32}',
  }),
  named({
    id: 'mailgun-key-new',
    title: 'Mailgun API key',
    group,
    names: ['MAILGUN_API_KEY', 'mailgun_api_key', 'MAILGUN_SENDING_KEY'],
    value: '[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}',
  }),
  {
    kind: 'format',
    id: 'telegram-token',
    title: 'Telegram bot token',
    group,
    anchors: everyOf(':', 'A', 'A', urlSafe),
    pattern: new RegExp(
      String.raw`(?<=(?:${wordStart}|(?<=/bot))(?<head>\d{8,10})):AA(?<secret>[\w-]{33})(?![\w-])`,
      'dy',
    ),
    judge: sure,
  },
  {
    kind: 'format',
    id: 'discord-token',
    title: 'Discord bot token',
    group,
    // The base64 of two digits and the beginning of a third.
    anchors: everyOf('MNO', 'DTjz', 'AEIMQUYcgk', 'wxyz012345'),
    pattern: new RegExp(
      String.raw`${wordStart}(?<secret>(?<user>[MNO][DTjz][\w-]{22,26})\.[\w-]{6}\.(?:[\w-]{38}|[\w-]{27}))(?![\w-])`,
      'dy',
    ),
    judge: ({ match }) =>
      /^\d{17,20}$/.test(Buffer.from(match.groups?.['user'] ?? '', 'base64url').toString('latin1'))
        ? 'sure'
        : undefined,
  },
  format({
    id: 'discord-webhook',
    title: 'Discord webhook',
    group,
    anchors: ['discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'],
    body: String.raw`discord(?:app)?\.com/api/webhooks/\d{17,20}/[\w-]{68}`,
    alphabet: withDash,
  }),
  {
    kind: 'format',
    id: 'openai-key',
    title: 'OpenAI API key',
    group,
    anchors: ['T3BlbkFJ'],
    pattern: new RegExp(
      String.raw`(?<=${wordStart}(?<head>sk-(?:(?:proj|svcacct|admin)-[\w-]{20,100}|[A-Za-z0-9]{20})))T3BlbkFJ(?<secret>[\w-]{20,100})(?![\w-])`,
      'dy',
    ),
    judge: sure,
  },
  format({
    id: 'anthropic-key',
    title: 'Anthropic API key',
    group,
    anchors: ['sk-ant-'],
    body: String.raw`sk-ant-(?:api|admin|sid|oat|ort)\d{2}-[\w-]{80,120}AA`,
    alphabet: withDash,
  }),
  format({
    id: 'hugging-face-token',
    title: 'Hugging Face token',
    group,
    anchors: everyOf('h', 'f', '_', letters),
    body: 'hf_[A-Za-z]{34}',
  }),
  format({
    id: 'json-web-token',
    title: 'Signed token (JWT)',
    group,
    anchors: everyOf('e', 'y', 'J', 'h0r4qjlw'),
    body: String.raw`eyJ[\w-]{10,2000}\.eyJ[\w-]{2,6000}\.[\w-]{43,683}`,
    alphabet: withDash,
    reach: 8900,
    judge: ({ secret }) => (isSignedToken(secret) ? 'sure' : undefined),
  }),
  format({
    id: 'grafana-token',
    title: 'Grafana service account token',
    group,
    anchors: ['glsa_'],
    body: 'glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}',
    judge: ({ secret }) => (hasHexChecksum(secret.replace('glsa_', ''), '_') ? 'sure' : 'likely'),
  }),
  format({
    id: 'new-relic-key',
    title: 'New Relic user key',
    group,
    anchors: ['NRAK-'],
    body: 'NRAK-[A-Z0-9]{27}',
  }),
  format({
    id: 'sentry-token',
    title: 'Sentry token',
    group,
    anchors: ['sntrys_eyJ', 'sntryu_'],
    body: 'sntry(?:u_[0-9a-f]{64}|s_eyJ[A-Za-z0-9+/]{80,300}={0,2}_[A-Za-z0-9+/]{43})',
  }),
  format({
    id: 'postman-key',
    title: 'Postman API key',
    group,
    anchors: ['PMAK-'],
    body: 'PMAK-[0-9a-f]{24}-[0-9a-f]{34}',
  }),
  format({
    id: 'shopify-token',
    title: 'Shopify token',
    group,
    anchors: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    body: 'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}',
  }),
  format({
    id: 'square-token',
    title: 'Square token',
    group,
    anchors: ['sq0atp-', 'sq0csp-'],
    body: String.raw`sq0(?:atp-[\w-]{22}|csp-[\w-]{43})`,
    alphabet: withDash,
  }),
  format({
    id: 'linear-key',
    title: 'Linear API key',
    group,
    anchors: ['lin_api_'],
    body: 'lin_api_[A-Za-z0-9]{40}',
  }),
  named({
    id: 'airtable-token',
    title: 'Airtable token',
    group,
    names: ['AIRTABLE_API_KEY', 'AIRTABLE_TOKEN', 'AIRTABLE_PAT', 'airtable_api_key', 'airtableApiKey'],
    value: String.raw`pat[A-Za-z0-9]{14}\.[0-9a-f]{64}`,
  }),
  format({
    id: 'notion-token',
    title: 'Notion token',
    group,
    anchors: ['ntn_'],
    body: String.raw`ntn_\d{11}[A-Za-z0-9]{35}`,
  }),
];
