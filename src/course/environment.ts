import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these tools belong to. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** Where set-up and the tools keep what need not be committed. */
export const stateDir: string = join(root, '.setup');

/** What set-up wrote down about the environment that it made or found. */
export interface Environment {
  /** The folder of the `.venv` or of the conda environment. */
  readonly prefix: string;
  readonly python: string;
  /** The real binary of Node 24. */
  readonly node: string;
  /** Environment variables under which Jupyter finds our kernel, and keeps its files inside the checkout. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Reads what set-up wrote down.
 *
 * @throws when set-up has not run in this checkout
 */
export function readEnvironment(): Environment {
  const path = join(stateDir, 'environment.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Environment;
  } catch (error) {
    throw new CourseError(`Nothing is set up here yet (${path} cannot be read): run \`npm run build\` first.`, {
      cause: error,
    });
  }
}

/** An error whose message is all that a user of the tools needs. */
export class CourseError extends Error {
  override name = 'CourseError';
}
