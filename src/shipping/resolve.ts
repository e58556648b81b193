import { environmentId, here } from './identity.ts';
import type { Surroundings } from './inspect.ts';
import { meaningOf } from './names.ts';
import type { Refusal } from './refusal.ts';
import type { Source, Use } from './source.ts';

/** A variable that a shipped function uses. */
export interface Variable {
  readonly environment: string;
  readonly name: string;
  readonly value: unknown;
  /** Which function uses it where. */
  readonly used: string;
}

/** A variable whose value stands in an object that we can read. */
export interface Member {
  readonly of: object;
  readonly name: string;
  readonly value: unknown;
}

/** What the names that a function uses stand for. */
interface Resolved {
  readonly refusals: Refusal[];
  readonly variables: Variable[];
  /** Names that the compiled function finds in the environment of its script. */
  readonly captured: Set<string>;
  /** Names of objects whose members are variables, each with its environment. */
  readonly environments: [name: string, environment: string][];
  readonly requireFrom: string | undefined;
  /** The variables that can change, where that can be seen, and by name where it cannot. */
  readonly members: Member[];
  readonly unknown: Map<string, unknown>;
}

/** The environment of the variables of a script, which the function names without a prefix. */
export const scriptEnvironment = ({ script }: Surroundings): string => `script ${here}.${script}`;

/** Finds out what each name stands for that a function uses. */
export function resolveNames(fn: string, source: Source, at: Surroundings): Resolved {
  const refusals: Refusal[] = source.obstacles.map(({ name, reason, use }) => ({
    name,
    text: `${reason} (${usedAt(fn, use)}). ${ways[name] ?? 'Send an instance, and call the method there.'}`,
  }));
  const variables: Variable[] = [];
  const captured = new Set<string>();
  const environments: [string, string][] = [];
  const members: Member[] = [];
  const unknown = new Map<string, unknown>();
  let requireFrom: string | undefined;
  for (const [name, use] of source.names) {
    if (given.has(name)) continue;
    const meaning = meaningOf(name, at);
    const used = usedAt(fn, use.first);
    switch (meaning.kind) {
      case 'refused':
        refusals.push({ name, text: `${meaning.reason} (${used}). ${meaning.wayOut}` });
        break;
      case 'require':
        requireFrom = meaning.folder;
        break;
      case 'members': {
        if (use.members === undefined) {
          refusals.push({ name, text: `is used as a whole (${used}). Use the names themselves.` });
          break;
        }
        const environment = environmentId(meaning.of);
        environments.push([name, environment]);
        for (const member of use.members) {
          const value: unknown = Reflect.get(meaning.of, member);
          members.push({ of: meaning.of, name: member, value });
          variables.push({ environment, name: member, value, used });
        }
        break;
      }
      case 'value': {
        const { changes, value } = meaning;
        captured.add(name);
        variables.push({ environment: scriptEnvironment(at), name, value, used });
        if (changes === 'unknown') unknown.set(name, value);
        else if (changes !== 'never') members.push({ of: changes.with, name, value });
      }
    }
  }
  return { refusals, variables, captured, environments, requireFrom, members, unknown };
}

/** Names that shipping itself puts into sources. */
const given = new Set(['$bare', '$extends', '$import']);

const ways: Readonly<Record<string, string>> = {
  this: 'Pass the object as an argument.',
  arguments: 'Name the parameters, or pass the values as arguments.',
  'new.target': 'Pass it as an argument.',
  'import.meta': 'Pass what you need of it as an argument.',
};

const usedAt = (fn: string, { line, text }: Use): string => `used in ${fn}, line ${line}: "${text}"`;
