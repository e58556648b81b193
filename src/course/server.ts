import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { end as endProcesses } from '../kernel/processes.ts';
import { CourseError, type Environment, readEnvironment } from './environment.ts';
import { markVariable, processesWith } from './processes.ts';

interface ServerOptions {
  /** The folder that the server shows; kernels start in it. */
  readonly rootDir: string;
  /** JupyterLab, or only the server that it runs on, which is up sooner. Default false. */
  readonly lab?: boolean;
  /** The first port to try; 0, the default, is any free one. */
  readonly port?: number;
  /** Further arguments of `jupyter lab` or `jupyter server`. */
  readonly args?: readonly string[];
  /** Further environment variables for the server and its kernels. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Gives up when the server does not answer in this many ms. Default 120,000. */
  readonly patience?: number;
}

/** A running Jupyter Server that belongs to this process: it ends with it, and takes all that it started along. */
export class JupyterServer {
  readonly port: number;
  readonly token: string;
  /** Resolves when the server has ended, whoever ended it. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #mark: string;

  constructor(child: ChildProcess, port: number, token: string, mark: string) {
    this.port = port;
    this.token = token;
    this.#child = child;
    this.#mark = mark;
    this.ended =
      child.exitCode === null && child.signalCode === null ? once(child, 'exit').then(() => {}) : Promise.resolve();
  }

  /** The address without the token, ending in a slash. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** All processes that run for this server: itself, kernels, and whatever those started. */
  processes(): number[] {
    return processesWith(markVariable, this.#mark);
  }

  /** Ends the server, its kernels and all that these started. */
  async close(): Promise<void> {
    await end(this.#child, this.#mark);
  }
}

/**
 * Starts a Jupyter Server on 127.0.0.1, with a token of its own and with room for any amount of output.
 *
 * @throws {CourseError} with the server's own last words when it does not come up
 * @example
 * const server = await startServer({ rootDir: 'notebooks' });
 * try { await fetch(`${server.url}api/status?token=${server.token}`); } finally { await server.close(); }
 */
export async function startServer(options: ServerOptions): Promise<JupyterServer> {
  const environment = readEnvironment();
  if (!existsSync(options.rootDir)) throw new CourseError(`There is no folder ${options.rootDir}.`);
  const token = randomBytes(24).toString('hex');
  const mark = randomBytes(12).toString('hex');
  const child = spawn(
    environment.python,
    [fileURLToPath(new URL('serve.py', import.meta.url)), ...argumentsFor(options)],
    {
      cwd: options.rootDir,
      // A group of its own: Ctrl-C in the terminal reaches us, and we end the server in order.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...environment.variables,
        // Not an argument: those can be read by every user of the machine.
        JUPYTER_TOKEN: token,
        INTERLEAVED_OUTPUT_LIMITS: 'raised',
        [markVariable]: mark,
        ...options.variables,
      },
    },
  );
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Uint8Array) => {
      words = (words + chunk).slice(-8000);
    });
  }
  child.stdin?.on('error', () => {});
  try {
    const port = await answering(child, environment, token, options.patience ?? 120_000);
    return new JupyterServer(child, port, token, mark);
  } catch (error) {
    await end(child, mark);
    const lines = words.trimEnd().split('\n').slice(-12).join('\n');
    throw new CourseError(`The Jupyter server did not start: ${(error as Error).message}\n${lines}`.trimEnd(), {
      cause: error,
    });
  }
}

function argumentsFor({ lab = false, rootDir, port = 0, args = [] }: ServerOptions): string[] {
  const extensions = ['jupyterlab', 'jupyter_lsp', 'notebook_shim', 'jupyter_server_terminals'];
  const bare = extensions.map((name) => `--ServerApp.jpserver_extensions=${name}=False`);
  return [
    lab ? 'lab' : 'server',
    '--allow-root',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    `--ServerApp.root_dir=${rootDir}`,
    // The kernel paces itself where these limits stand; here it need not.
    '--ZMQChannelsWebsocketConnection.limit_rate=False',
    ...(lab ? [] : ['--no-browser', ...bare]),
    ...args,
  ];
}

/** Waits until the server answers, and gives the port that it found free. */
async function answering(
  child: ChildProcess,
  environment: Environment,
  token: string,
  patience: number,
): Promise<number> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  child.once('exit', (code, signal) => {
    failure ??= new Error(`it ended with ${signal ?? `code ${code}`}.`);
  });
  const infoFile = join(environment.variables.JUPYTER_RUNTIME_DIR ?? '', `jpserver-${child.pid}.json`);
  for (const deadline = performance.now() + patience; performance.now() < deadline; await sleep(50)) {
    if (failure) throw failure;
    const port = portIn(infoFile);
    if (port === undefined) continue;
    const response = await fetch(`http://127.0.0.1:${port}/api/status?token=${token}`).catch(() => undefined);
    if (response?.ok) return port;
  }
  throw new Error(`it did not answer in ${patience / 1000} s.`);
}

/** The port that a server wrote into its file about itself; undefined as long as the file is not whole. */
function portIn(infoFile: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(infoFile, 'utf8')) as { port: number }).port;
  } catch {
    return undefined;
  }
}

/** First asks, which lets the server shut its kernels down; then ends by force what is left. */
async function end(child: ChildProcess, mark: string): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await Promise.race([exit, sleep(10_000, undefined, { ref: false })]);
  }
  await endProcesses(processesWith(markVariable, mark), 'SIGKILL', 2000);
}
