import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kernel, KernelManager, KernelMessage } from '@jupyterlab/services';
import { connect } from '../../src/course/client.ts';
import { readEnvironment } from '../../src/course/environment.ts';
import { kernels, root } from './client.ts';
import { patience, within } from './waits.ts';

/** Python of the environment that set-up made or found. */
export const python = (): string => readEnvironment().python;

/** Folders of its own for whatever is Jupyter's, with a kernelspec of the kernel under test from source. */
export function jupyterFolders(): { env: Record<string, string>; remove(): void; runtime: string } {
  const folder = mkdtempSync(join(tmpdir(), 'jupyter-test-'));
  const inside = (name: string): string => join(folder, name);
  const spec = join(inside('path'), 'kernels', 'tslab');
  mkdirSync(spec, { recursive: true });
  const argv = [process.execPath, ...kernels.ours('{connection_file}')];
  writeFileSync(
    join(spec, 'kernel.json'),
    JSON.stringify({ argv, display_name: 'TypeScript', language: 'typescript', interrupt_mode: 'message' }),
  );
  return {
    env: {
      JUPYTER_PATH: inside('path'),
      JUPYTER_CONFIG_DIR: inside('config'),
      JUPYTER_DATA_DIR: inside('data'),
      JUPYTER_RUNTIME_DIR: inside('runtime'),
    },
    runtime: inside('runtime'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A real Jupyter Server with its default limits, and a client of it. */
export class JupyterServer {
  readonly process: ChildProcess;
  readonly #kernels: KernelManager;
  readonly #remove: () => void;

  private constructor(process: ChildProcess, manager: KernelManager, remove: () => void) {
    this.process = process;
    this.#kernels = manager;
    this.#remove = remove;
  }

  static async start(env: Record<string, string> = {}, more: string[] = []): Promise<JupyterServer> {
    const folders = jupyterFolders();
    const token = randomUUID();
    const options = [
      '-m',
      'jupyter_server',
      '--no-browser',
      '--allow-root',
      '--port=0',
      '--ip=127.0.0.1',
      `--IdentityProvider.token=${token}`,
      ...more,
    ];
    const server = spawn(python(), options, {
      cwd: root,
      env: { ...process.env, ...folders.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    server.stderr?.on('data', (data) => {
      log += data;
    });
    const remove = (): void => {
      server.kill('SIGKILL');
      folders.remove();
    };
    try {
      const url = await within(address(folders.runtime), patience, 'the Jupyter server').catch((error) => {
        throw new Error(`${error.message} ${log}`);
      });
      return new JupyterServer(server, connect({ url, token }), remove);
    } catch (error) {
      remove();
      throw error;
    }
  }

  async startKernel(): Promise<Kernel.IKernelConnection> {
    const kernel = await within(this.#kernels.startNew({ name: 'tslab' }), patience, 'a kernel of the server');
    await within(kernel.info, patience, 'the kernel to be ready');
    return kernel;
  }

  /** Ends the server at once; what becomes of its kernels is theirs. */
  async abandon(): Promise<void> {
    this.#kernels.dispose();
    this.#remove();
  }

  /** Ends the server as Ctrl-C does; it ends its kernels. */
  async close(): Promise<void> {
    try {
      await within(this.#kernels.shutdownAll(), patience, 'the end of all kernels');
      this.#kernels.dispose();
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      await within(ended, patience, 'the end of the Jupyter server');
    } finally {
      this.#remove();
    }
  }
}

/** Runs a cell whose last expression is a list of process ids. */
export async function pidsOf(kernel: Kernel.IKernelConnection, code: string): Promise<number[]> {
  const { messages } = await executeOn(kernel, code);
  const result = messages.find(({ header }) => header.msg_type === 'execute_result');
  if (!result) throw new Error(`No result of ${code}`);
  const { data } = result.content as { data: Record<string, string> };
  return data['text/plain']!.split(',').map(Number);
}

/** The server writes its address into a file of its runtime folder when it listens. */
async function address(runtime: string): Promise<string> {
  for (;;) {
    const file = existsSync(runtime)
      ? readdirSync(runtime).find((name) => /^jpserver-\d+\.json$/.test(name))
      : undefined;
    if (file) {
      const { url } = JSON.parse(readFileSync(join(runtime, file), 'utf8')) as { url: string };
      return url;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What a cell brought through the server. */
interface ServerOutcome {
  readonly reply: KernelMessage.IExecuteReplyMsg['content'];
  readonly messages: readonly KernelMessage.IIOPubMessage[];
  stream(name: 'stdout' | 'stderr'): string;
}

export async function executeOn(
  kernel: Kernel.IKernelConnection,
  code: string,
  timeout = patience,
): Promise<ServerOutcome> {
  const messages: KernelMessage.IIOPubMessage[] = [];
  const future = kernel.requestExecute({ code });
  future.onIOPub = (message) => void messages.push(message);
  const reply = await within(future.done, timeout, `the cell ${code.slice(0, 60)}`);
  return {
    reply: (reply as KernelMessage.IExecuteReplyMsg).content,
    messages,
    stream: (name) =>
      messages
        .map(({ content }) => content as { name?: string; text?: string })
        .filter((content) => content.name === name)
        .map((content) => content.text)
        .join(''),
  };
}
