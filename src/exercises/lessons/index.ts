import { breakfast } from './00.ts';

/** Every exercise of the course by its id, in reading order. */
export const definitions = {
  '00.1': breakfast,
} as const;

/** The ids of all exercises: the lesson's number, a dot, the exercise's number. */
export type ExerciseId = keyof typeof definitions;
