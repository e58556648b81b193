import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Jupyter Server forwards so much within its window, and drops the rest (jupyter_server 2.21, its defaults). */
const windowMs = 3000;
const most = { messages: 1000 * 3, bytes: 1_000_000 * 3 };
/** The share that the kernel uses, the rest is room for errors and for clocks that differ. */
const share = 0.93;

/**
 * Counts what went out, as Jupyter Server counts it: messages of all kinds but states, bytes of streams, forgotten
 * after three seconds and at every idle.
 */
export class RateWindow {
  readonly #sent: { readonly until: number; readonly bytes: number }[] = [];
  #bytes = 0;

  /** How long until a message of so many stream bytes may go out, ms; 0 when it may now. */
  wait(bytes: number, now: number): number {
    while (this.#sent[0] && this.#sent[0].until <= now) this.#bytes -= this.#sent.shift()!.bytes;
    let left = this.#bytes;
    let count = this.#sent.length;
    for (let next = 0; ; next += 1) {
      const fits = left === 0 || left + bytes <= most.bytes * share;
      if (fits && count + 1 <= most.messages * share) return next === 0 ? 0 : this.#sent[next - 1]!.until - now;
      left -= this.#sent[next]!.bytes;
      count -= 1;
    }
  }

  add(bytes: number, now: number): void {
    // A little longer than the server's own window: it counts from when a message arrives.
    this.#sent.push({ until: now + windowMs + 100, bytes });
    this.#bytes += bytes;
  }

  reset(): void {
    this.#sent.length = 0;
    this.#bytes = 0;
  }
}

/**
 * Whether a Jupyter Server with its default limits may stand between this kernel and its reader. Servers that the
 * project starts raise the limits and say so; nbconvert and test harnesses have none; a server is known by what it
 * sets for its kernels, or by its name.
 */
export function isLimited(env: NodeJS.ProcessEnv): boolean {
  if (env.INTERLEAVED_OUTPUT_LIMITS === 'raised') return false;
  return env.JPY_SESSION_NAME !== undefined || /jupyter[-_ ]?(lab|server|notebook|hub)|voila/i.test(parentCommand());
}

function parentCommand(): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'args=', '-p', String(process.ppid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
