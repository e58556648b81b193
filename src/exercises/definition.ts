/**
 * Notes one property of the answer.
 *
 * @param property what must hold, as a short sentence
 * @param holds whether it did
 * @param evidence what was seen, with the figures; shown in both cases
 * @returns `holds`, so that a judge can stop where the rest would have no meaning
 */
export type Note = (property: string, holds: boolean, evidence: string) => boolean;

/** All that makes one exercise. */
export interface Definition<in Answer> {
  /** Lesson and number: `06.1`. */
  readonly id: string;
  readonly title: string;
  /** What is asked, in a sentence or two; the notebook tells the story around it. */
  readonly task: string;
  /** The answer as the notebook gives it, to be filled in. An answer that still equals it is not attempted. */
  readonly stub: unknown;
  /** From a nudge to nearly the answer. */
  readonly hints: readonly string[];
  /** Source of one right answer: a function expression in JavaScript that is also TypeScript. Tests run it. */
  readonly solution: string;
  /** Runs the answer and notes what held. Must itself survive answers that throw, hang or leave workers running. */
  readonly judge: (answer: Answer, that: Note) => Promise<void>;
}
