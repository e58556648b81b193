import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../src/course/environment.ts';
import { processesWith } from '../../src/course/processes.ts';

/** A tool, run as npm runs it, so that all that it starts can be found again. */
export class Command {
  readonly child: ChildProcess;
  readonly #mark = randomUUID();
  readonly #exited: Promise<unknown[]>;
  readonly #outputEnded: Promise<unknown>;
  output = '';

  /**
   * @param script a script of the checkout, or `npm`
   * @param env further variables, or undefined for one that it must not have
   */
  constructor(script: string, args: string[], cwd = root, env: Readonly<Record<string, string | undefined>> = {}) {
    const [program, ...first] = script === 'npm' ? ['npm'] : [process.execPath, join(cwd, script)];
    this.child = spawn(program, [...first, ...args], {
      cwd,
      env: { ...process.env, ...env, TEST_COMMAND: this.#mark },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own, as a terminal gives to what is typed in.
      detached: true,
    });
    const streams = [this.child.stdout!, this.child.stderr!];
    for (const stream of streams) {
      stream.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    // From the start: it may be over before anybody asks.
    this.#exited = once(this.child, 'exit');
    this.#outputEnded = Promise.all(streams.map((stream) => once(stream, 'close')));
  }

  async ended(): Promise<number | NodeJS.Signals | null> {
    // Not `close`, which does not come after a disconnect.
    const [code, signal] = (await this.#exited) as [number | null, NodeJS.Signals | null];
    // What it started may keep its output open.
    await Promise.race([this.#outputEnded, sleep(2000)]);
    return code ?? signal;
  }

  /** Waits until its output has this. */
  async says(wanted: RegExp): Promise<RegExpExecArray> {
    for (let round = 0; round < 1200; round += 1) {
      const found = wanted.exec(this.output);
      if (found) return found;
      if (this.child.exitCode !== null) break;
      await sleep(50);
    }
    throw new Error(`${wanted} was not said:\n${this.output}`);
  }

  /** What it started and is still there, after some time to end. */
  async left(): Promise<number[]> {
    const now = () => processesWith('TEST_COMMAND', this.#mark);
    for (let round = 0; now().length > 0 && round < 300; round += 1) await sleep(50);
    return now();
  }
}
