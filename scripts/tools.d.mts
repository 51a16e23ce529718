export type Progress = (line: string) => void
export interface EnsureOptions {
  /** Hears what is being done; stderr unless given. */
  log?: Progress
}

/** Where what was built or downloaded is kept: `$XDG_CACHE_HOME` or `~/.cache`, `/matteflow`. */
export function cacheFolder(): string

/** The `temporal` command line with its development server: found, downloaded or built, once. */
export function ensureTemporalServer(options?: EnsureOptions): Promise<string>
export function findTemporalServer(): Promise<string | undefined>

/** The server that skips time, for workflow tests. */
export function ensureTestServer(options?: EnsureOptions): Promise<string>
export function findTestServer(): Promise<string | undefined>

export function ensureFfmpeg(options?: EnsureOptions): Promise<{ ffmpeg: string; ffprobe: string }>
export function findFfmpeg(): Promise<{ ffmpeg: string; ffprobe: string } | undefined>

export function ensureChromium(options?: EnsureOptions): Promise<string>
export function findChromium(): Promise<string | undefined>

/** Reads compose files as `docker compose` does; built with Go, once. */
export function ensureComposeLoader(options?: EnsureOptions): Promise<string>
export function findComposeLoader(): Promise<string | undefined>

/** The folder of Python and `kubernetes-validate`, which check Kubernetes manifests, for tests. */
export function ensureManifestChecker(options?: EnsureOptions): Promise<string>
export function findManifestChecker(): Promise<string | undefined>

/** What tries the published OpenAPI document, for tests: paths of programs. */
export interface OpenApiTools {
  python: string
  schemathesis: string
  /** Generates a client in Python. */
  generateClient: string
}
export function ensureOpenApiTools(options?: EnsureOptions): Promise<OpenApiTools>
export function findOpenApiTools(): Promise<OpenApiTools | undefined>

/** The folder of PostgreSQL's `initdb` and `postgres`, for tests. */
export function ensurePostgres(options?: EnsureOptions): Promise<string>
export function findPostgres(): Promise<string | undefined>

/** Prometheus's own judge of alert rules, for tests. */
export function ensurePromtool(options?: EnsureOptions): Promise<string>
export function findPromtool(): Promise<string | undefined>

/** Something could not be had; the message names every way out. */
export class ToolMissing extends Error {
  constructor(tool: string, waysOut: string[], details?: string)
  tool: string
  waysOut: string[]
}
