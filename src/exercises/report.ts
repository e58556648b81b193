import { type Table, table } from '../show/table.ts';
import { definitions, type ExerciseId } from './lessons/index.ts';
import { forgetAll, note, progress } from './progress.ts';

/**
 * How far you are, exercise by exercise, in all notebooks.
 *
 * @example progressTable()
 */
export function progressTable(): Table {
  const all = progress();
  const rows = Object.values(definitions).map(({ id, title, hints }) => {
    const { solved = false, tried = false, hints: seen = 0, solution = false } = all.get(id) ?? {};
    return {
      exercise: id,
      title,
      state: solved ? '✓ solved' : tried ? 'tried' : 'not attempted',
      hints: `${seen} of ${hints.length}`,
      solution: solution ? 'seen' : '',
    };
  });
  const solved = rows.filter(({ state }) => state === '✓ solved').length;
  return table(rows, { caption: `Your progress: ${solved} of ${rows.length} solved` });
}

/**
 * Forgets your progress: with one exercise's, or all of it.
 *
 * @throws RangeError when there is no such exercise
 * @example resetProgress('06.1')
 */
export function resetProgress(id?: ExerciseId): void {
  if (id === undefined) forgetAll();
  else if (id in definitions) note(id, 'reset');
  else throw new RangeError(`There is no exercise '${id}'. There are: ${Object.keys(definitions).join(', ')}.`);
}
