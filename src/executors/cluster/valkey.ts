import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findValkey } from './find-valkey.ts';

/** How a server of one's own is started. */
export interface ValkeyOptions {
  /** Where its data are; a temporary folder if absent. */
  readonly folder?: string;
  /** A free one if absent. */
  readonly port?: number;
  /** A random one if absent. */
  readonly password?: string;
  /** Writes each change to the folder, so that a server started there again has it. */
  readonly appendonly?: boolean;
}

/** A Valkey server of this process's own, on this machine's loopback address only. */
export interface Valkey {
  /** With the password: not to be shown. */
  readonly url: string;
  readonly port: number;
  readonly password: string;
  readonly folder: string;
  readonly pid: number;
  /** Ends it, and resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would; resolves when it is gone. */
  kill(): Promise<void>;
}

/** How often a free port may be taken by another program before the server has it. */
const tries = 10;
/** Ms that an end may take. */
const patience = 5000;

/**
 * The keeper of a server. Its input is a pipe from the owner that closes when the owner ends, however it ends: then it
 * ends the server and removes the temporary folder, as it does when a kernel tells all it has started to end. It closes
 * its output, so that this ends with the server.
 */
const keeper = `
"$0" "$1/valkey.conf" & server=$!
echo "pid $server"
exec >&- 2>&-
end() {
  trap '' TERM
  kill "$server"
  wait "$server"
  rm -rf "$1"
  exit
}
trap 'end "$1"' TERM
while read -r line; do :; done
end "$1"
`;

/**
 * Starts a Valkey server that ends with this process at the latest, even when this process is killed.
 *
 * @throws Error when there is no server program, with the way to get one; or when it does not start, with its words
 */
export async function startValkey(options: ValkeyOptions = {}): Promise<Valkey> {
  const program = findValkey();
  for (let left = options.port === undefined ? tries : 1; ; left -= 1) {
    try {
      return await start(program, options, options.port ?? (await freePort()));
    } catch (error) {
      const isTaken = error instanceof Error && error.message.includes('Address already in use');
      if (!isTaken || left <= 1) throw error;
    }
  }
}

async function start(program: string, options: ValkeyOptions, port: number): Promise<Valkey> {
  const { appendonly = false, password = randomBytes(32).toString('base64url') } = options;
  const temporary = mkdtempSync(join(tmpdir(), 'interleaved-valkey-'));
  const folder = options.folder ?? temporary;
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    // Not in argv, which every user of the machine can read.
    `requirepass ${quoted(password)}`,
    `dir ${quoted(folder)}`,
    'save ""',
    `appendonly ${appendonly ? 'yes' : 'no'}`,
    'maxmemory-policy noeviction',
    'daemonize no',
  ];
  writeFileSync(join(temporary, 'valkey.conf'), `${lines.join('\n')}\n`, { mode: 0o600 });
  // In a group of its own: an interrupt from the terminal or of a cell is not meant for it.
  const child = spawn('/bin/sh', ['-c', keeper, program, temporary], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: folder,
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', () => {});
  child.stdin.on('error', () => {});
  let said = '';
  const pid = await new Promise<number | undefined>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-4000);
      if (said.includes('Ready to accept connections')) resolve(Number(/^pid (\d+)$/m.exec(said)?.[1]));
    });
    child.stdout.once('end', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
  });
  if (pid === undefined) {
    child.stdin.end();
    if (child.pid !== undefined) await gone;
    rmSync(temporary, { recursive: true, force: true });
    throw new Error(`the server ${program} did not start on port ${port}:\n${said.trim()}`);
  }
  child.unref();
  (child.stdin as Socket).unref();
  (child.stdout as Socket).unref();
  const kill = (): Promise<void> => {
    if (child.exitCode === null) signal(pid);
    return stop();
  };
  const stop = async (): Promise<void> => {
    child.ref();
    child.stdin.end();
    const late = setTimeout(() => signal(pid), patience);
    await gone;
    clearTimeout(late);
  };
  return { url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`, port, password, folder, pid, stop, kill };
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

/** A word of the server's configuration. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
