import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CourseError } from './environment.ts';

/**
 * The paths of the lessons in a folder, in reading order: all, or those that are named by number (`6`, `06`), by name
 * or by path.
 *
 * @throws {CourseError} for a name that no lesson has, with those that there are
 */
export function findLessons(dir: string, names: readonly string[] = []): string[] {
  if (!existsSync(dir)) throw new CourseError(`There is no folder ${dir}.`);
  const all = readdirSync(dir)
    .filter((name) => /^\d\d-.*\.ipynb$/.test(name))
    .sort();
  if (all.length === 0) throw new CourseError(`There are no lessons in ${dir} (files such as 06-a-name.ipynb).`);
  const chosen = names.length === 0 ? all : all.filter((file) => names.some((name) => isNamed(file, name)));
  const unknown = names.filter((name) => !all.some((file) => isNamed(file, name)));
  if (unknown.length > 0) {
    const known = all.map((file) => `  ${basename(file, '.ipynb')}`).join('\n');
    throw new CourseError(
      `There is no lesson ${unknown.map((name) => JSON.stringify(name)).join(', ')}. There are:\n${known}`,
    );
  }
  return chosen.map((file) => join(dir, file));
}

function isNamed(file: string, name: string): boolean {
  const wanted = basename(name, '.ipynb');
  return file === `${wanted}.ipynb` || (/^\d{1,2}$/.test(wanted) && file.startsWith(`${wanted.padStart(2, '0')}-`));
}
