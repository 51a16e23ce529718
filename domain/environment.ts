/** What one environment variable is for, as `docs/reference.md` prints it. */
interface VariableRow {
  /** What holds where the variable is not set. */
  default: string
  meaning: string
}

/**
 * Every environment variable that matteflow reads, in the order in which people need them. `adapters/environment/`
 * can read no variable that has no row here, so the reference is complete.
 */
export const ENVIRONMENT = {
  REMOVEBGVIDEO_API_KEY: {
    default: 'none',
    meaning:
      "The vendor's key. Without it `demo` and `dev` use the built-in sandbox; `worker`, and `remove` where it starts a stack, refuse with exit code 2.",
  },
  REMOVEBGVIDEO_BASE_URL: { default: '`https://api.removebgvideo.com`', meaning: "The vendor's address." },
  REMOVEBGVIDEO_WEBHOOK_SECRET: {
    default: 'none',
    meaning:
      'Where it is set, unsigned or wrongly signed webhooks of the vendor are refused. The sandbox signs with it.',
  },
  REMOVEBGVIDEO_KEY_ALIAS: {
    default: '`default`',
    meaning:
      'The name of the key in ledger and logs. It is recorded with every vendor job; the key never is.',
  },
  REMOVEBGVIDEO_RETIRED_KEYS: {
    default: 'none',
    meaning: '`alias:key,…` of rotated keys. Only the key that made a job can see it.',
  },
  TEMPORAL_ADDRESS: {
    default: "the embedded stack's",
    meaning:
      'Where Temporal is. `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS…` and `TEMPORAL_PROFILE` are read by the rules of Temporal itself.',
  },
  TEMPORAL_DEPLOYMENT_NAME: {
    default: 'none',
    meaning:
      'The Worker Deployment that workers belong to. Where it is set, they get nothing until somebody makes their version current; see `docs/upgrade.md`.',
  },
  TEMPORAL_WORKER_BUILD_ID: {
    default: 'a hash of workflow code and activities',
    meaning: 'The version within that deployment, where something else has to name it.',
  },
  DATABASE_URL: {
    default: 'embedded, under `MATTEFLOW_HOME`',
    meaning: 'The ledger: `postgres://…` in production.',
  },
  STORAGE_URL: {
    default: 'a folder under `MATTEFLOW_HOME`',
    meaning:
      '`file:///…` or `s3://bucket/prefix`; endpoint, region and credentials from the usual `AWS_…` variables.',
  },
  MATTEFLOW_HOME: {
    default: '`~/.matteflow`',
    meaning: 'Where the embedded parts keep their state, over restarts. One process at a time owns it.',
  },
  MATTEFLOW_OUTPUT_HOSTS: {
    default: '`cdn.removebgvideo.com`',
    meaning:
      '`host` or `host:port`, comma separated, from which outputs may be fetched besides the host of the base URL. Redirects are checked again.',
  },
  MATTEFLOW_PRIVATE_HOSTS: {
    default: 'none',
    meaning:
      'Hosts, addresses or ranges like `198.18.0.0/15`, comma separated, that URL sources may have although they are private here (fake-IP DNS, a network of one’s own).',
  },
  HTTP_PROXY: {
    default: 'none',
    meaning:
      'The way out for plain HTTP to the vendor, outputs, URL sources and S3, as other programs read it; the lower-case name wins.',
  },
  HTTPS_PROXY: { default: 'none', meaning: 'The same for HTTPS. `doctor` names the proxy in use.' },
  NO_PROXY: {
    default: 'none',
    meaning:
      'Who is reached directly, comma separated: names with all beneath them, addresses, IPv4 ranges, `*`. This machine always is.',
  },
  MATTEFLOW_CALL_TIMEOUT: {
    default: '`30s`',
    meaning: 'The total time of one vendor call. Transfers have their own, by size.',
  },
  MATTEFLOW_OUTAGE_BUDGET: {
    default: '`10m`',
    meaning: 'How long a step goes on through an outage before the removal parks.',
  },
  MATTEFLOW_KEEP: {
    default: 'for ever',
    meaning:
      'How long outputs, refused files and exchanges are kept after the end of their removal. Inputs go at the end. A worker holds it, by a schedule.',
  },
  MATTEFLOW_SETTLE_MARGIN: {
    default: '`30s`',
    meaning: 'How long after its call time-out a start may show late. A shorter one risks a second purchase.',
  },
  MATTEFLOW_SUBMIT_RATE: {
    default: '`20/s`',
    meaning: 'Creates and starts a second over all workers, held by Temporal.',
  },
  MATTEFLOW_STATUS_RATE: {
    default: '`50/s`',
    meaning: 'Status checks a second over all workers, held by Temporal.',
  },
  GATEWAY_PORT: {
    default: '`8080`; the embedded stack: any free one',
    meaning: 'The port of the HTTP gateway.',
  },
  GATEWAY_PUBLIC_URL: {
    default: 'none',
    meaning: 'Where the vendor and people reach the gateway. Webhooks are asked for only where it is set.',
  },
  GATEWAY_TOKENS: {
    default: 'none',
    meaning:
      '`project:token` pairs, comma separated; a project may have two, and a token is one project’s. Without any, the gateway listens on this machine alone.',
  },
  MATTEFLOW_PAYLOAD_KEYS: {
    default: 'none: payloads are in clear',
    meaning:
      '`id:key,…` with keys of 32 bytes as base64 (`openssl rand -base64 32`): the first encrypts what workers and clients keep in Temporal, all of them decrypt. See `docs/security.md`.',
  },
  MATTEFLOW_PAYLOAD_KEYS_FILE: {
    default: 'none',
    meaning: 'A file with the same, also one `id:key` a line, instead of the variable.',
  },
  CODEC_PORT: { default: '`8081`', meaning: 'The port of the codec server, `matteflow codec`.' },
  CODEC_HOST: {
    default: '`127.0.0.1`',
    meaning: '`0.0.0.0` lets the codec server be reached from outside a container.',
  },
  CODEC_TOKENS: {
    default: 'none; the codec server needs one',
    meaning: 'Tokens of at least 16 characters, comma separated, of whoever may have payloads decoded.',
  },
  CODEC_ORIGINS: {
    default: 'none',
    meaning:
      'Origins of pages that may ask the codec server, comma separated: that of the Temporal UI, `https://temporal.example`.',
  },
  MATTEFLOW_NOTIFY_URL: {
    default: 'none',
    meaning:
      'Hears when removals park, grouped by kind and project: `hooks.slack.com`, or a URL that ends in `#slack`, in Slack’s shape, others as JSON.',
  },
  METRICS_PORT: { default: 'off', meaning: 'Prometheus metrics of a worker at `/metrics`.' },
  METRICS_HOST: {
    default: '`127.0.0.1`',
    meaning: '`0.0.0.0` lets the metrics be reached from outside a container.',
  },
  LOG_LEVEL: { default: '`info`', meaning: '`trace`, `debug`, `info`, `warn`, `error` or `fatal`.' },
  LOG_FORMAT: { default: '`pretty` on a terminal, else `json`', meaning: '`pretty` or `json`.' },
} as const satisfies Record<string, VariableRow>

/** The name of a variable that matteflow may read. */
export type VariableName = keyof typeof ENVIRONMENT
