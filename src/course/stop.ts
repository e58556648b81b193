import { constants } from 'node:os';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CourseError } from './environment.ts';

/**
 * Rejects when this process is asked to end: Ctrl-C, a signal, or the end of the process that started it. Raced with
 * the work, it lets every `finally` run; a second signal ends at once, unless it comes with the first: a terminal sends
 * Ctrl-C to this process and to the one that passes it on.
 */
export function stopped(): Promise<never> {
  return new Promise((_, reject) => {
    let asked: number | undefined;
    const stop = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => {
      const code = 128 + constants.signals[signal];
      if (asked !== undefined && performance.now() - asked > 500) process.exit(code);
      asked ??= performance.now();
      reject(new Stopped(code));
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    process.once('disconnect', () => stop('SIGTERM'));
  });
}

/** What `stopped` rejects with; it carries the exit code. */
export class Stopped extends Error {
  override name = 'Stopped';
  readonly code: number;

  constructor(code: number) {
    super('stopped');
    this.code = code;
  }
}

/**
 * Runs a tool to its end and ends the process with its exit code. A `CourseError` is told in its own words, anything
 * else with its trace.
 */
export function runTool(tool: (args: string[]) => Promise<number>): void {
  tool(process.argv.slice(2))
    .catch((error: unknown) => {
      if (error instanceof Stopped) return error.code;
      console.error(error instanceof CourseError ? error.message : error);
      return 1;
    })
    .then((code) => process.exit(code));
}

/**
 * The options of a tool's command line.
 *
 * @throws {CourseError} for what it does not know, with its help
 */
export function parseOptions<const Config extends ParseArgsConfig>(config: Config, help: string) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new CourseError(`${(error as Error).message}\n\n${help}`);
  }
}
