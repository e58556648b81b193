import { isDeepStrictEqual } from 'node:util';
import { Card } from './card.ts';
import type { Definition } from './definition.ts';
import { definitions, type ExerciseId } from './lessons/index.ts';
import { inWords } from './observe.ts';
import { note, progressOf } from './progress.ts';
import { sameProgram } from './source.ts';
import { type Finding, Verdict } from './verdict.ts';

type Definitions = typeof definitions;
/** What the exercise with this id takes as an answer. */
export type AnswerTo<Id extends ExerciseId> = Definitions[Id] extends Definition<infer Answer> ? Answer : never;

/**
 * One exercise: check an answer as often as you like, take hints one by one, look at the solution when you want to.
 *
 * Shown at the end of a cell it says what is asked and how far you are.
 */
export class Exercise<Answer> extends Card {
  readonly #definition: Definition<Answer>;

  /** @internal */
  constructor(definition: Definition<Answer>) {
    super(() => describe(definition));
    this.#definition = definition;
  }

  /**
   * Runs your answer and judges what it really did.
   *
   * @param answer your function; undefined, or the function as it was given, counts as not attempted
   * @returns the verdict: each property with what was seen. An answer that throws or hangs is wrong, and no error of
   *   yours is thrown at you here
   * @example await ex.check(mine)
   */
  async check(answer?: Answer): Promise<Verdict> {
    const { id, stub, judge } = this.#definition;
    if (answer === undefined || (await untouched(answer, stub))) return new Verdict(id, 'not attempted', []);
    const findings: Finding[] = [];
    try {
      await judge(answer, (property, holds, evidence) => {
        findings.push({ property, holds, evidence });
        return holds;
      });
    } catch (error) {
      // What an answer gives need not be anything that can be compared or told in words.
      findings.push({ property: 'it can be judged', holds: false, evidence: inWords(error) });
    }
    const solved = findings.length > 0 && findings.every((finding) => finding.holds);
    const unsaved = progressOf(id)[solved ? 'solved' : 'tried'] ? undefined : note(id, solved ? 'solved' : 'tried');
    return new Verdict(id, solved ? 'correct' : 'wrong', findings, unsaved);
  }

  /**
   * One hint more at each call, below those you had: the first only nudges, the last nearly tells.
   *
   * @example ex.hint()
   */
  hint(): Card {
    const { id, hints } = this.#definition;
    const count = Math.min(progressOf(id).hints + 1, hints.length);
    if (count > progressOf(id).hints) note(id, 'hint');
    return new Card(() => ({
      title: `Hint ${count} of ${hints.length} for exercise ${id}`,
      lines: hints.slice(0, count).map((hint, index) => `${index + 1}. ${hint}`),
    }));
  }

  /**
   * One good answer, to read; nothing of it runs. Folded, so that you open it on purpose.
   *
   * @example ex.solution()
   */
  solution(): Card {
    const { id, solution } = this.#definition;
    note(id, 'solution');
    return new Card(() => ({
      title: `Exercise ${id}: one good answer`,
      lines: [],
      folded: { summary: 'Show the code', code: solution },
    }));
  }
}

/**
 * The exercise with this number.
 *
 * @param id lesson and exercise, such as `'06.1'`
 * @throws RangeError when there is no such exercise; it names those there are
 * @example
 * const ex = exercise('06.1');
 * await ex.check(mine);
 * ex.hint();
 */
export function exercise<Id extends ExerciseId>(id: Id): Exercise<AnswerTo<Id>> {
  const definition: Definition<never> | undefined = definitions[id];
  if (!definition) {
    throw new RangeError(`There is no exercise '${id}'. There are: ${Object.keys(definitions).join(', ')}.`);
  }
  return new Exercise<AnswerTo<Id>>(definition as Definition<AnswerTo<Id>>);
}

function describe(definition: Definition<never>) {
  const { id, title, task, hints } = definition;
  const { solved, tried, hints: seen } = progressOf(id);
  const state = solved ? 'Solved.' : tried ? 'Tried, not solved yet.' : 'Not attempted yet.';
  const left = Math.max(0, hints.length - seen);
  return { title: `Exercise ${id}: ${title}`, lines: [task, `${state} Hints left: ${left}.`] };
}

async function untouched(answer: unknown, stub: unknown): Promise<boolean> {
  if (typeof answer === 'function' && typeof stub === 'function') {
    return sameProgram(answer as () => unknown, stub as () => unknown);
  }
  return isDeepStrictEqual(answer, stub);
}
