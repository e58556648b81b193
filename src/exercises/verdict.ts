import { Card } from './card.ts';

/** One judged property: what must hold, whether it did, and what was seen. */
export interface Finding {
  readonly property: string;
  readonly holds: boolean;
  readonly evidence: string;
}

/** What `check` found. It shows itself in a cell; in code, read `outcome` and `findings`. */
export class Verdict extends Card {
  readonly outcome: 'correct' | 'wrong' | 'not attempted';
  readonly findings: readonly Finding[];

  /** @internal */
  constructor(id: string, outcome: Verdict['outcome'], findings: readonly Finding[], unsaved?: string) {
    const rows = findings.map(({ property, holds, evidence }) => ({
      'what must hold': property,
      holds: holds ? '✓ yes' : '✗ no',
      'what was seen': evidence,
    }));
    super(() => ({ title: `Exercise ${id}: ${headline(outcome)}`, rows, lines: advice(outcome, unsaved) }));
    this.outcome = outcome;
    this.findings = findings;
  }
}

function headline(outcome: Verdict['outcome']): string {
  if (outcome === 'correct') return 'correct ✓';
  if (outcome === 'wrong') return 'not yet ✗';
  return 'not attempted yet';
}

function advice(outcome: Verdict['outcome'], unsaved: string | undefined): string[] {
  const lines: string[] = [];
  if (outcome === 'wrong') lines.push('Change your answer and check again, or ask for a hint().');
  if (outcome === 'not attempted') lines.push('Fill in the function above and run both cells again.');
  if (unsaved) lines.push(`Your progress could not be saved (${unsaved}).`);
  return lines;
}
