import { breakfast } from './00-breakfast.ts';
import { bothHands } from './06-both-hands.ts';
import { crumbs } from './06-crumbs.ts';
import { oneDies } from './06-one-dies.ts';
import { question } from './06-question.ts';

/** Every exercise of the course by its id, in reading order. */
export const definitions = {
  '00.1': breakfast,
  '06.1': bothHands,
  '06.2': crumbs,
  '06.3': question,
  '06.4': oneDies,
} as const;

/** The ids of all exercises: the lesson's number, a dot, the exercise's number. */
export type ExerciseId = keyof typeof definitions;
