import type { Redis, RedisOptions } from 'ioredis';

/** What the two sides of a cluster agree on, and how each reaches the server. */
export interface ClusterSettings {
  /** `redis://user:password@host:port/db`, or `rediss:` for TLS; Valkey and Redis both speak it. */
  readonly url: string;
  readonly queue: string;
  /** What seals tasks and results; see `newSecret`. */
  readonly secret: string;
  /** What every key in the server begins with. */
  readonly prefix: string;
  /** For `rediss:`: the certificates (PEM) that are trusted instead of the system's. */
  readonly tls?: { readonly ca?: string } | undefined;
  /** Ms after which a worker that was not heard of has lost its jobs. */
  readonly lockMs: number;
  /** Ms between two looks for such jobs. */
  readonly stalledMs: number;
  /** How often a task that takes its worker with it is begun. */
  readonly attempts: number;
  /** Ms for which a task may wait in the queue, and a result for its caller. */
  readonly expiresMs: number;
  /** The most bytes of one message, its data by reference included. */
  readonly maxBytes: number;
}

const defaults = {
  queue: 'interleaved',
  prefix: 'interleaved',
  lockMs: 5000,
  stalledMs: 1000,
  attempts: 3,
  expiresMs: 3_600_000,
  maxBytes: 64 * 2 ** 20,
};

/** The environment variable that may hold the secret. */
export const secretVariable = 'INTERLEAVED_SECRET';
/** Signs of the shortest secret. */
const shortest = 32;

/**
 * The settings with the defaults filled in, checked.
 *
 * @throws TypeError or RangeError that names the bad value and the way out
 */
export function settingsOf(given: Partial<ClusterSettings>): ClusterSettings {
  const { url, secret = process.env[secretVariable], ...rest } = given;
  if (url === undefined) throw new TypeError('a cluster needs the url of its server, such as redis://127.0.0.1:6379');
  if (secret === undefined || secret.length < shortest) {
    throw new TypeError(
      `a cluster needs a secret of ${shortest} signs or more, the same for callers and workers, as tasks are code: ` +
        `make one with \`openssl rand -base64 32\` and give it as { secret } or in ${secretVariable}`,
    );
  }
  const settings = { ...defaults, ...withoutUndefined(rest), url, secret };
  connectionOptions(settings);
  for (const name of ['queue', 'prefix'] as const) {
    if (!/^[^:{}\s]+$/.test(settings[name])) {
      throw new TypeError(`${name} ${JSON.stringify(settings[name])}: it must be a word without colons and braces`);
    }
  }
  for (const name of ['lockMs', 'stalledMs', 'attempts', 'expiresMs', 'maxBytes'] as const) {
    const value = settings[name];
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number ≥ 1: ${value}`);
  }
  return settings;
}

function withoutUndefined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** The url without its password, to be shown. */
export function shownUrl(url: string): string {
  const { protocol, hostname, port, pathname } = parse(url);
  return `${protocol}//${hostname}${port && `:${port}`}${pathname.length > 1 ? pathname : ''}`;
}

function parse(url: string): URL {
  let parsed: URL | undefined;
  try {
    parsed = new URL(url);
    decodeURIComponent(parsed.username + parsed.password);
  } catch {
    // Told below; the text of a bad url may hold a password.
    parsed = undefined;
  }
  const { protocol = '', hostname = '', pathname = '' } = parsed ?? {};
  if (parsed === undefined || !/^rediss?:$/.test(protocol) || hostname === '' || !/^\/?\d*$/.test(pathname)) {
    throw new TypeError(
      'the url of a cluster must be redis://… or rediss://…, such as redis://:password@host:6379/0, ' +
        'with signs such as % of the password as encodeURIComponent writes them',
    );
  }
  return parsed;
}

/** What ioredis is to do: it comes back for ever, at least once a second, and no command gives up meanwhile. */
export function connectionOptions({ url, tls }: Pick<ClusterSettings, 'url' | 'tls'>): RedisOptions {
  const { protocol, hostname, port, username, password, pathname } = parse(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    db: Number(pathname.slice(1) || 0),
    ...(protocol === 'rediss:' && { tls: { ...(tls?.ca !== undefined && { ca: tls.ca }) } }),
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 1000),
    connectTimeout: 5000,
    // A cut network is noticed by silence only.
    keepAlive: 5000,
  };
}

const lastErrors = new WeakMap<object, Error>();

/**
 * A connection to the server. Whoever opens it ends it by `disconnect()`; it ends by itself when the server lacks the
 * url's database, and when it lost that later on, it is not there until that is back.
 *
 * An error of a connection is no error of the program, as the connection comes back: it is kept for `lastErrorOf`.
 */
export async function connect(settings: Pick<ClusterSettings, 'url' | 'tls'>): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(connectionOptions(settings));
  let isNew = true;
  redis.on('error', (error: Error & { command?: { name: string } }) => {
    lastErrors.set(redis, error);
    // A database that the server lacks: ioredis would go on in that with the number 0. One that it had before may come
    // back, as the server itself.
    if (error.name === 'ReplyError' && error.command?.name === 'select') redis.disconnect(!isNew);
  });
  redis.on('ready', () => {
    isNew = false;
    lastErrors.delete(redis);
  });
  return redis;
}

/** Why a connection is down, if it is known. */
export function lastErrorOf(redis: Redis): Error | undefined {
  return lastErrors.get(redis);
}
